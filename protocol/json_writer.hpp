// Writes JSON values behind each other into one string; shapes are the caller's literals. No allocation
// beyond the string's own. A value on the caller's stack.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace hubbub::json {

class Writer {
  public:
    explicit Writer(std::string& out) : out_(out) {}
    Writer& raw(std::string_view json) {
        out_.append(json);
        return *this;
    }
    Writer& number(std::uint64_t value);
    /// A string with its quotes. `value` is UTF-8; only what JSON demands is escaped (RFC 8259 section 7).
    Writer& text(std::string_view value);
    Writer& conversation(const ConversationId& id);
    Writer& flag(bool value) { return raw(value ? "true" : "false"); }

    /// ["a","b"], each element written by `write_one`.
    template <class Range, class WriteOne>
    Writer& list(const Range& elements, WriteOne&& write_one) {
        char before = '[';
        for (const auto& element : elements) {
            out_.push_back(before);
            write_one(element);
            before = ',';
        }
        return raw(before == '[' ? "[]" : "]");
    }

  private:
    std::string& out_;
};

}  // namespace hubbub::json
