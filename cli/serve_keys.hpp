// Every setting of `hubbub serve` as one table: it drives the flags, the environment, the file, `hubbub
// config explain` and the table in docs/OPERATIONS.md. Constants; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cli/commands.hpp"

namespace hubbub::cli {

/// The value as its kind parsed it; the other fields are empty.
struct ServeValue {
    std::string text;
    std::uint64_t count = 0;
    Duration span{};
    bool flag = false;
};

struct ServeKey {
    enum class Kind : std::uint8_t { text, count, bytes, duration, flag, choice, address };

    std::string_view
        name;  ///< as in the file; --drain-deadline and HUBBUB_SERVE_DRAIN_DEADLINE follow from it
    Kind kind = Kind::text;
    std::string_view fallback;  ///< as one would write it
    std::string_view doc;
    void (*set)(ServeOptions&, const ServeValue&) = nullptr;
    std::string_view words{};  ///< choice: "a|b|c"
    bool secret = false;       ///< never shown
};

std::span<const ServeKey> serve_keys();
const ServeKey* find_serve_key(std::string_view name);

std::string flag_of(const ServeKey& key);         ///< "--drain-deadline"
std::string environment_of(const ServeKey& key);  ///< "HUBBUB_SERVE_DRAIN_DEADLINE"

/// The error says what was expected, and shows the text only when it is no secret.
Result<ServeValue> parse_serve_value(const ServeKey& key, std::string_view text);

/// The table as Markdown, for docs/OPERATIONS.md.
std::string describe_serve_keys();

}  // namespace hubbub::cli
