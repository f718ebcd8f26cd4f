#include "protocol/utf8.hpp"

#include <cstring>

#include "protocol/websocket.hpp"

namespace hubbub {
namespace {

/// Most chat is mostly ASCII: 16 bytes a step.
std::size_t ascii_prefix(const char* bytes, std::size_t size) {
    std::size_t at = 0;
    for (; at + 16 <= size; at += 16) {
        std::uint64_t words[2];
        std::memcpy(words, bytes + at, sizeof words);
        if (((words[0] | words[1]) & 0x8080808080808080ULL) != 0) break;
    }
    while (at < size && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
    return at;
}

}  // namespace

bool Utf8Checker::feed(std::string_view piece) {
    std::size_t at = 0;
    while (at < piece.size()) {
        if (missing_ == 0) {
            at += ascii_prefix(piece.data() + at, piece.size() - at);
            if (at == piece.size()) return true;
            if (!lead(static_cast<unsigned char>(piece[at++]))) return false;
            continue;
        }
        const auto byte = static_cast<unsigned char>(piece[at++]);
        if (byte < low_ || byte > high_) return false;
        low_ = 0x80;
        high_ = 0xBF;
        --missing_;
    }
    return true;
}

// The table "Syntax of UTF-8 Byte Sequences" of RFC 3629 section 4.
bool Utf8Checker::lead(unsigned char byte) {
    if (byte < 0xC2 || byte > 0xF4) return false;
    missing_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    if (byte == 0xE0) low_ = 0xA0;
    if (byte == 0xED) high_ = 0x9F;
    if (byte == 0xF0) low_ = 0x90;
    if (byte == 0xF4) high_ = 0x8F;
    return true;
}

namespace websocket {

bool valid_utf8(std::string_view text) {
    Utf8Checker checker;
    return checker.feed(text) && checker.complete();
}

}  // namespace websocket
}  // namespace hubbub
