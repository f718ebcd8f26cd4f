#include "protocol/json_writer.hpp"

#include <charconv>
#include <cstring>

#include "protocol/codec.hpp"

namespace hubbub::json {
namespace {

constexpr std::uint64_t each_byte = 0x0101010101010101ULL;
constexpr std::uint64_t high_bits = 0x8080808080808080ULL;

constexpr bool needs_escape(unsigned char byte) {
    return byte < 0x20 || byte == '"' || byte == '\\';
}

/// Bit 7 of each byte of the result is set where a byte is zero; above the first such byte it may lie.
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
    return (word - each_byte) & ~word & high_bits;
}

constexpr bool any_needs_escape(std::uint64_t word) {
    const std::uint64_t control = (word - each_byte * 0x20) & ~word & high_bits;
    return (control | zero_bytes(word ^ each_byte * '"') | zero_bytes(word ^ each_byte * '\\')) != 0;
}

/// How many bytes from the start may stand as they are.
std::size_t plain_prefix(std::string_view text) {
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        if (any_needs_escape(word)) break;
    }
    while (at < text.size() && !needs_escape(static_cast<unsigned char>(text[at]))) ++at;
    return at;
}

void append_escape(std::string& out, char byte) {
    constexpr const char* hex = "0123456789abcdef";
    switch (byte) {
        case '"':
            out.append("\\\"");
            break;
        case '\\':
            out.append("\\\\");
            break;
        case '\n':
            out.append("\\n");
            break;
        case '\r':
            out.append("\\r");
            break;
        case '\t':
            out.append("\\t");
            break;
        default:
            out.append("\\u00");
            out.push_back(hex[byte >> 4 & 15]);
            out.push_back(hex[byte & 15]);
    }
}

}  // namespace

Writer& Writer::number(std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out_.append(digits, end);
    return *this;
}

Writer& Writer::text(std::string_view value) {
    out_.push_back('"');
    while (true) {
        const std::size_t plain = plain_prefix(value);
        out_.append(value.substr(0, plain));
        if (plain == value.size()) break;
        append_escape(out_, value[plain]);
        value.remove_prefix(plain + 1);
    }
    out_.push_back('"');
    return *this;
}

Writer& Writer::conversation(const ConversationId& id) {
    out_.push_back('"');
    append_conversation_id(out_, id);
    out_.push_back('"');
    return *this;
}

}  // namespace hubbub::json
