#include "loadgen/client/frame_cache.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace hubbub {
namespace {

std::uint64_t hash_of_payload(std::string_view payload) {
    return XXH3_64bits(payload.data(), payload.size());
}

}  // namespace

const CachedEntry* FrameCache::find(std::string_view payload) {
    if (slots_.empty() || payload.size() > payload_bytes_max) return nullptr;
    const std::uint64_t hash = hash_of_payload(payload);
    const Slot& slot = slots_[hash % slots];
    if (slot.hash != hash || slot.payload.empty() || slot.payload != payload) return nullptr;
    ++hits_;
    return &slot.cached;
}

const CachedEntry& FrameCache::store(std::string_view payload, const CachedEntry& entry) {
    if (payload.size() > payload_bytes_max) {
        unkept_.cached = entry;
        return unkept_.cached;
    }
    if (slots_.empty()) slots_.resize(slots);
    const std::uint64_t hash = hash_of_payload(payload);
    Slot& slot = slots_[hash % slots];
    slot.hash = hash;
    slot.payload.assign(payload);
    slot.cached = entry;
    return slot.cached;
}

}  // namespace hubbub
