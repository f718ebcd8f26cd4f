#include "base/base64url.hpp"

#include <array>
#include <cstdint>

namespace hubbub {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Values below 64; invalid characters have the bit that no value has, so that a whole text is judged at once.
constexpr std::uint32_t invalid = 0x80;

constexpr std::array<std::uint8_t, 256> make_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(static_cast<std::uint8_t>(invalid));
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return values;
}

constexpr auto values = make_values();

std::uint32_t value_of(char character) {
    return values[static_cast<unsigned char>(character)];
}

std::uint32_t byte_of(char byte) {
    return static_cast<unsigned char>(byte);
}

}  // namespace

void base64url_encode(std::string_view bytes, char* out) {
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t group =
            byte_of(bytes[i]) << 16 | byte_of(bytes[i + 1]) << 8 | byte_of(bytes[i + 2]);
        *out++ = alphabet[group >> 18];
        *out++ = alphabet[group >> 12 & 63];
        *out++ = alphabet[group >> 6 & 63];
        *out++ = alphabet[group & 63];
    }
    const std::size_t left = bytes.size() - i;
    if (left == 0) return;
    const std::uint32_t group = byte_of(bytes[i]) << 16 | (left == 2 ? byte_of(bytes[i + 1]) << 8 : 0);
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[group >> 12 & 63];
    if (left == 2) *out++ = alphabet[group >> 6 & 63];
}

std::string base64url_encode(std::string_view bytes) {
    std::string out(base64url_length(bytes.size()), '\0');
    base64url_encode(bytes, out.data());
    return out;
}

bool base64url_decode(std::string_view text, char* out) {
    std::uint32_t seen = 0;
    std::size_t i = 0;
    for (; i + 4 <= text.size(); i += 4) {
        const std::uint32_t a = value_of(text[i]), b = value_of(text[i + 1]);
        const std::uint32_t c = value_of(text[i + 2]), d = value_of(text[i + 3]);
        seen |= a | b | c | d;
        *out++ = static_cast<char>(a << 2 | b >> 4);
        *out++ = static_cast<char>(b << 4 | c >> 2);
        *out++ = static_cast<char>(c << 6 | d);
    }
    const std::size_t left = text.size() - i;
    if (left == 0) return (seen & invalid) == 0;
    if (left == 1) return false;
    const std::uint32_t a = value_of(text[i]), b = value_of(text[i + 1]);
    const std::uint32_t c = left == 3 ? value_of(text[i + 2]) : 0;
    seen |= a | b | c;
    *out++ = static_cast<char>(a << 2 | b >> 4);
    if (left == 3) *out++ = static_cast<char>(b << 4 | c >> 2);
    const std::uint32_t unused = left == 3 ? c & 3 : b & 15;
    return (seen & invalid) == 0 && unused == 0;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    const auto length = base64url_decoded_length(text.size());
    if (!length) return std::nullopt;
    std::string out(*length, '\0');
    if (!base64url_decode(text, out.data())) return std::nullopt;
    return out;
}

}  // namespace hubbub
