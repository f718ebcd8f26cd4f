// How a message of a foreign backend is recognized and read: JSON pointers (RFC 6901) and what must stand
// there. Values, immutable once made; any thread.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hubbub {

class JsonPointer {
  public:
    /// "" is the whole message; else every part begins with a slash; ~1 stands for a slash, ~0 for a tilde.
    static Result<JsonPointer> make(std::string_view text);

    [[nodiscard]] std::optional<simdjson::dom::element> find(simdjson::dom::element in) const;
    /// A string; nothing when there is none.
    [[nodiscard]] std::optional<std::string_view> text(simdjson::dom::element in) const;
    /// A whole number from 0, or a string of digits.
    [[nodiscard]] std::optional<std::uint64_t> number(simdjson::dom::element in) const;
    [[nodiscard]] const std::string& written() const { return path_; }

  private:
    std::string path_;
};

/// `/type == "message"`, `/0 != 7`, `/error exists`, `/error absent`.
class JsonCondition {
  public:
    static Result<JsonCondition> make(std::string_view text);
    [[nodiscard]] bool holds(simdjson::dom::element in) const;

  private:
    enum class Test : std::uint8_t { equal, different, exists, absent };
    [[nodiscard]] bool equals(simdjson::dom::element found) const;

    JsonPointer pointer_;
    Test test_ = Test::exists;
    std::string expected_;               ///< minified JSON
    std::optional<std::string> text_{};  ///< the same, when it is a string: no copy to compare
};

/// All conditions must hold.
struct JsonPattern {
    std::vector<JsonCondition> when;
    [[nodiscard]] bool matches(simdjson::dom::element in) const {
        for (const JsonCondition& condition : when)
            if (!condition.holds(in)) return false;
        return true;
    }
};

}  // namespace hubbub
