// The masking of RFC 6455 section 5.3, eight bytes at a time. Used by the reader and the writer only.
// Owned by nobody; any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace hubbub::websocket {

static_assert(std::endian::native == std::endian::little, "the mask is rotated as a little-endian word");

/// Copies `size` bytes masked; masking twice is unmasking. `from` may be `to`. The first byte meets the
/// lowest byte of `mask`.
inline void apply_mask(const char* from, char* to, std::size_t size, std::uint32_t mask) {
    const std::uint64_t wide = mask | (static_cast<std::uint64_t>(mask) << 32);
    std::size_t at = 0;
    for (; at + 8 <= size; at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, from + at, 8);
        word ^= wide;
        std::memcpy(to + at, &word, 8);
    }
    for (; at < size; ++at)
        to[at] = static_cast<char>(static_cast<unsigned char>(from[at]) ^
                                   static_cast<unsigned char>(mask >> (8 * (at % 4))));
}

/// The mask that the byte after `size` masked ones begins with.
inline std::uint32_t rotate_mask(std::uint32_t mask, std::size_t size) {
    return std::rotr(mask, static_cast<int>(8 * (size % 4)));
}

}  // namespace hubbub::websocket
