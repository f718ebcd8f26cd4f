// Appends the fields of one binary message in order. Lengths and bounds are the caller's promise, as in JSON.
// On the codec's stack; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/messages.hpp"

namespace hubbub::binary {

class Writer {
  public:
    explicit Writer(std::string& out) : out_(out) {}

    void number(std::string_view, std::uint64_t value, std::uint64_t = 0) {
        while (value >= 0x80) {
            out_.push_back(static_cast<char>(value | 0x80));
            value >>= 7;
        }
        out_.push_back(static_cast<char>(value));
    }
    void text(std::string_view, std::string_view value, std::size_t = 0, std::size_t = 0) {
        number({}, value.size());
        out_.append(value);
    }
    void name(std::string_view, std::string_view value, std::size_t = 0) { text({}, value); }
    void conversation(std::string_view, const ConversationId& value) {
        for (const std::uint64_t word : {value.high, value.low})
            for (int shift = 56; shift >= 0; shift -= 8) out_.push_back(static_cast<char>(word >> shift));
    }
    void flag(std::string_view, bool value) { out_.push_back(value ? '\1' : '\0'); }
    template <class Enumeration>
    void word(std::string_view, Enumeration value, Enumeration) {
        number({}, static_cast<std::uint64_t>(value));
    }
    void names(std::string_view, const std::vector<std::string_view>& values, std::size_t) {
        number({}, values.size());
        for (const std::string_view one : values) text({}, one);
    }
    template <class Item>
    void list(std::string_view, const std::vector<Item>& items, std::size_t) {
        number({}, items.size());
        for (const Item& one : items) shape(*this, one);
    }
    void refuse_send(const ConversationId&, WireNumber) {}
    void refuse_request(RequestId) {}

  private:
    std::string& out_;
};

}  // namespace hubbub::binary
