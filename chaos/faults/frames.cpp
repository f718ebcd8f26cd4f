#include "chaos/faults/frames.hpp"

#include <algorithm>

namespace hubbub {
namespace {

std::uint64_t byte_at(std::span<const char> bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

FrameCutter::Cut FrameCutter::next(std::span<const char> bytes) {
    // A frame begins with a bit that no letter has; what begins with a letter is the HTTP head of the
    // upgrade.
    if (place_ == Place::start) place_ = byte_at(bytes, 0) >= 0x80 ? Place::frames : Place::head;
    if (place_ == Place::frames) return next_frame(bytes);
    constexpr char empty_line[] = "\r\n\r\n";
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        matched_ = bytes[i] == empty_line[matched_] ? matched_ + 1 : bytes[i] == '\r' ? 1 : 0;
        if (matched_ < 4) continue;
        place_ = Place::frames;
        return {i + 1, 0, false};
    }
    return {bytes.size(), 0, false};
}

// RFC 6455 section 5.2.
FrameCutter::Cut FrameCutter::next_frame(std::span<const char> bytes) {
    if (skipped_ > 0) {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(skipped_, bytes.size()));
        skipped_ -= size;
        return {size, 0, false};
    }
    if (bytes.size() < 2) return {};
    const std::uint64_t first = byte_at(bytes, 0), second = byte_at(bytes, 1);
    std::uint64_t length = second & 0x7f;
    const std::size_t length_bytes = length == 126 ? 2 : length == 127 ? 8 : 0;
    const std::size_t header = 2 + length_bytes + ((second & 0x80) != 0 ? 4 : 0);
    if (bytes.size() < header) return {};
    if (length_bytes > 0) length = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) length = length << 8 | byte_at(bytes, 2 + i);
    if (length > frame_bytes_max - header) {
        skipped_ = length;
        return {header, 0, false};
    }
    const std::size_t size = header + static_cast<std::size_t>(length);
    if (bytes.size() < size) return {};
    const bool whole = (first & 0x80) != 0, data = (first & 0x0f) == 1 || (first & 0x0f) == 2;
    return {size, header, whole && data};
}

FaultVerdict FrameFault::judge(const Chunk& chunk, Time now, Random& random) {
    const FrameCutter::Cut cut = cutter_.next(chunk.all);
    if (cut.size == 0)
        return chunk.end_behind ? FaultVerdict::pass(chunk.all.size(), chunk.arrived)
                                : FaultVerdict::hold(never);
    if (!chosen_ && !(cut.is_message && choice_(random))) return FaultVerdict::pass(cut.size, chunk.arrived);
    const FaultVerdict verdict = bite(chunk, cut, now, random);
    chosen_ = verdict.act == FaultVerdict::Act::hold || verdict.act == FaultVerdict::Act::copy;
    return verdict;
}

}  // namespace hubbub
