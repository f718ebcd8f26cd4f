// base64url without padding (RFC 4648 section 5), canonical only: one text for each run of bytes, so that ids
// compare as text. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hubbub {

/// Characters for so many bytes.
constexpr std::size_t base64url_length(std::size_t bytes) {
    return bytes / 3 * 4 + (bytes % 3 * 4 + 2) / 3;
}

/// Bytes in so many characters; nothing when no run of bytes has that length (4k + 1).
constexpr std::optional<std::size_t> base64url_decoded_length(std::size_t characters) {
    if (characters % 4 == 1) return std::nullopt;
    return characters / 4 * 3 + characters % 4 * 3 / 4;
}

/// Writes exactly base64url_length(bytes.size()) characters to `out`; no allocation, for hot paths.
void base64url_encode(std::string_view bytes, char* out);
std::string base64url_encode(std::string_view bytes);

/// Writes base64url_decoded_length(text.size()) bytes to `out`. False when `text` has a character outside the
/// alphabet (padding included), an impossible length, or unused bits that are not zero; `out` is then
/// garbage.
[[nodiscard]] bool base64url_decode(std::string_view text, char* out);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace hubbub
