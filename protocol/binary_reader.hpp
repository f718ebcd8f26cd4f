// Reads the fields of one binary message in order, with their types and bounds.
// On the codec's stack; one thread. Views point into the payload.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/codec.hpp"
#include "protocol/limits.hpp"

namespace hubbub::binary {

/// The first wrong field is kept as the error; after it nothing is read and fields keep their defaults.
class Reader {
  public:
    explicit Reader(std::string_view payload) : rest_(payload) {}

    template <class Integer>
    void number(std::string_view name, Integer& value, std::uint64_t least) {
        static_assert(sizeof(Integer) == 8 || sizeof(Integer) == 4);
        value = static_cast<Integer>(varint(name, least, sizeof(Integer) == 8 ? UINT64_MAX : UINT32_MAX));
    }
    void text(std::string_view name, std::string_view& value, std::size_t least, std::size_t most);
    void name(std::string_view name, std::string_view& value, std::size_t most = limits::name_bytes_max);
    void conversation(std::string_view name, ConversationId& value);
    void flag(std::string_view name, bool& value) { value = varint(name, 0, 1) != 0; }
    template <class Enumeration>
    void word(std::string_view name, Enumeration& value, Enumeration last) {
        value = static_cast<Enumeration>(varint(name, 0, static_cast<std::uint64_t>(last)));
    }
    void names(std::string_view name, std::vector<std::string_view>& values, std::size_t most);
    template <class Item>
    void list(std::string_view name, std::vector<Item>& items, std::size_t most) {
        const std::size_t count = length(name, most, " elements");
        // Every element has a byte at least: a count beyond the payload reserves nothing.
        items.reserve(std::min(count, rest_.size()));
        for (std::size_t i = 0; i < count && ok(); ++i) shape(*this, items.emplace_back());
    }
    void refuse_send(const ConversationId& conversation, WireNumber number) {
        if (!ok()) return;
        error_.conversation = conversation;
        error_.number = number;
    }
    void refuse_request(RequestId id) {
        if (ok()) error_.id = id;
    }

    [[nodiscard]] bool ok() const { return !failed_; }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }
    /// Keeps the first error only.
    void fail(ErrorCode code, std::string_view name, std::string_view what);
    DecodeError take_error() { return std::move(error_); }

  private:
    /// LEB128 in its shortest form.
    std::uint64_t varint(std::string_view name, std::uint64_t least, std::uint64_t most);
    std::size_t length(std::string_view name, std::size_t most, std::string_view of_what);
    std::string_view bytes(std::string_view name, std::size_t count);

    std::string_view rest_;
    bool failed_ = false;
    DecodeError error_;
};

}  // namespace hubbub::binary
