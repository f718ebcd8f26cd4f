#include "base/base64url.hpp"
#include "protocol/codec.hpp"

namespace hubbub {
namespace {

constexpr std::size_t id_bytes = 16;
constexpr std::size_t id_characters = base64url_length(id_bytes);

void put_big_endian(std::uint64_t value, char* out) {
    for (int shift = 56; shift >= 0; shift -= 8) *out++ = static_cast<char>(value >> shift & 0xFF);
}

std::uint64_t big_endian(const char* bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

}  // namespace

void append_conversation_id(std::string& out, const ConversationId& id) {
    char bytes[id_bytes];
    char text[id_characters];
    put_big_endian(id.high, bytes);
    put_big_endian(id.low, bytes + 8);
    base64url_encode({bytes, id_bytes}, text);
    out.append(text, id_characters);
}

std::string to_string(const ConversationId& id) {
    std::string out;
    append_conversation_id(out, id);
    return out;
}

bool parse_conversation_id(std::string_view text, ConversationId& id) {
    char bytes[id_bytes];
    if (text.size() != id_characters || !base64url_decode(text, bytes)) return false;
    id = {big_endian(bytes), big_endian(bytes + 8)};
    return true;
}

}  // namespace hubbub
