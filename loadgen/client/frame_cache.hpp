// What a worker made of recent frames: the second and later receivers of one fan-out skip the decoding.
// Owned by one worker core; its thread only. Equal bytes decode equally, so nothing is ever invalidated.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/check/checker.hpp"

namespace hubbub {

/// An entry as examined, and whether its conversation is one of the plan's.
struct CachedEntry {
    SeenEntry entry;
    bool known_conversation = false;
};

/// Direct-mapped by XXH3-64 of the payload; a hit is proven by comparing the bytes.
class FrameCache {
  public:
    /// As many distinct frames as a busy worker has in the air between the first and the last receiver.
    static constexpr std::size_t slots = 4096;
    /// Longer payloads are not kept: 4096 of the longest would be 70 MB a worker.
    static constexpr std::size_t payload_bytes_max = 4096;

    /// Nothing when these bytes are not here. Lives until the next store().
    [[nodiscard]] const CachedEntry* find(std::string_view payload);
    /// After a find() of the same payload that found nothing.
    const CachedEntry& store(std::string_view payload, const CachedEntry& entry);
    [[nodiscard]] std::uint64_t hits() const { return hits_; }

  private:
    struct Slot {
        std::uint64_t hash = 0;
        std::string payload;
        CachedEntry cached;
    };
    std::vector<Slot> slots_;  ///< empty until the first store
    Slot unkept_;
    std::uint64_t hits_ = 0;
};

}  // namespace hubbub
