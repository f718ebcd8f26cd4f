#include "refserver/store/wal_damage.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace hubbub {
namespace {

constexpr std::size_t block_bytes = 32 * 1024;
constexpr std::size_t header_bytes = 4 + 2 + 1;  // checksum, length, type

/// A logical record is one `whole`, or a `first`, any number of `middle`, and a `last`.
enum Type : std::uint8_t { nothing = 0, whole = 1, first = 2, middle = 3, last = 4 };

/// CRC-32C (Castagnoli), RFC 3720 appendix B.4.
constexpr std::array<std::uint32_t, 256> crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t crc = i;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? 0x82f63b78U : 0U);
        table[i] = crc;
    }
    return table;
}();

std::uint32_t crc32c(std::string_view bytes) {
    std::uint32_t crc = ~0U;
    for (const char byte : bytes)
        crc = (crc >> 8) ^ crc_table[(crc ^ static_cast<unsigned char>(byte)) & 0xff];
    return ~crc;
}

/// As logs store it, so that a checksum of bytes that hold checksums is no special case.
std::uint32_t masked(std::uint32_t crc) {
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t out = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) out = out << 8 | static_cast<unsigned char>(bytes[i]);
    return out;
}

struct Frame {
    Type type;
    std::size_t bytes;  ///< with its header
};

/// The frame that begins `block`, which ends where its block does; nothing: none that checks out.
std::optional<Frame> frame_of(std::string_view block) {
    if (block.size() < header_bytes) return std::nullopt;
    const std::size_t length = little_endian(block.substr(4, 2));
    const auto type = static_cast<unsigned char>(block[6]);
    if (type < whole || type > last || header_bytes + length > block.size()) return std::nullopt;
    // The checksum is over the type and what follows.
    if (masked(crc32c(block.substr(6, 1 + length))) != little_endian(block.substr(0, 4))) return std::nullopt;
    return Frame{static_cast<Type>(type), header_bytes + length};
}

/// Whether a record begins anywhere in the rest of a block, found byte by byte: behind damage nobody knows
/// where frames are.
bool record_begins_in(std::string_view rest) {
    for (; rest.size() >= header_bytes; rest.remove_prefix(1))
        if (const auto frame = frame_of(rest); frame && (frame->type == whole || frame->type == first))
            return true;
    return false;
}

/// What of the first block is behind its last whole frame: nothing but padding in one that checks out.
std::string_view behind_frames(std::string_view log) {
    std::string_view block = log.substr(0, block_bytes);
    while (const auto frame = frame_of(block)) block.remove_prefix(frame->bytes);
    return block;
}

bool is_padding(std::string_view rest) {
    return rest.size() < header_bytes;
}

std::string_view next_block(std::string_view log) {
    return log.substr(std::min(log.size(), block_bytes));
}

}  // namespace

bool checks_out(std::string_view log) {
    for (; !log.empty(); log = next_block(log))
        if (!is_padding(behind_frames(log))) return false;
    return true;
}

bool torn_at_its_end(std::string_view log) {
    for (; !log.empty(); log = next_block(log)) {
        const std::string_view rest = behind_frames(log);
        if (is_padding(rest)) continue;
        if (record_begins_in(rest)) return false;
        for (log = next_block(log); !log.empty(); log = next_block(log))
            if (record_begins_in(log.substr(0, block_bytes))) return false;
    }
    return true;
}

}  // namespace hubbub
