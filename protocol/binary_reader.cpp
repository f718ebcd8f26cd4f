#include "protocol/binary_reader.hpp"

#include <algorithm>

#include "protocol/websocket.hpp"

namespace hubbub::binary {

std::uint64_t Reader::varint(std::string_view name, std::uint64_t least, std::uint64_t most) {
    if (!ok()) return least;
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (rest_.empty()) break;
        const auto byte = static_cast<unsigned char>(rest_.front());
        rest_.remove_prefix(1);
        if (shift == 63 && byte > 1) break;
        value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) != 0) continue;
        if (byte == 0 && shift != 0) break;  // a longer form of a shorter number
        if (value < least || value > most) {
            fail(ErrorCode::bad_message, name,
                 "must be from " + std::to_string(least) + " to " + std::to_string(most));
            return least;
        }
        return value;
    }
    fail(ErrorCode::bad_message, name, "is no number");
    return least;
}

std::size_t Reader::length(std::string_view name, std::size_t most, std::string_view of_what) {
    const std::uint64_t count = varint(name, 0, UINT64_MAX);
    if (!ok() || count <= most) return static_cast<std::size_t>(count);
    fail(ErrorCode::too_large, name,
         "has " + std::to_string(count) + std::string(of_what) + ", at most " + std::to_string(most) +
             " are allowed");
    return 0;
}

std::string_view Reader::bytes(std::string_view name, std::size_t count) {
    if (!ok()) return {};
    if (count > rest_.size()) {
        fail(ErrorCode::bad_message, name, "ends beyond the message");
        return {};
    }
    const std::string_view found = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return found;
}

void Reader::text(std::string_view name, std::string_view& value, std::size_t least, std::size_t most) {
    const std::string_view found = bytes(name, length(name, most, " bytes"));
    if (!ok()) return;
    if (found.size() < least) return fail(ErrorCode::bad_message, name, "must not be empty");
    if (!websocket::valid_utf8(found)) return fail(ErrorCode::bad_message, name, "is not UTF-8");
    value = found;
}

void Reader::name(std::string_view name, std::string_view& value, std::size_t most) {
    std::string_view found;
    text(name, found, 1, most);
    if (!ok()) return;
    const auto control = [](unsigned char byte) { return byte < 0x20 || byte == 0x7F; };
    if (std::ranges::any_of(found, control))
        return fail(ErrorCode::bad_message, name, "must not hold control characters");
    value = found;
}

void Reader::conversation(std::string_view name, ConversationId& value) {
    const std::string_view found = bytes(name, 16);
    if (!ok()) return;
    const auto word = [&found](std::size_t from) {
        std::uint64_t out = 0;
        for (std::size_t i = 0; i < 8; ++i) out = out << 8 | static_cast<unsigned char>(found[from + i]);
        return out;
    };
    value = ConversationId{word(0), word(8)};
}

void Reader::names(std::string_view name_of_list, std::vector<std::string_view>& values, std::size_t most) {
    const std::size_t count = length(name_of_list, most, " elements");
    values.reserve(std::min(count, rest_.size()));
    for (std::size_t i = 0; i < count && ok(); ++i) name(name_of_list, values.emplace_back());
}

void Reader::fail(ErrorCode code, std::string_view name, std::string_view what) {
    if (failed_) return;
    failed_ = true;
    error_.code = code;
    error_.detail.append("\"").append(name).append("\" ").append(what);
}

}  // namespace hubbub::binary
