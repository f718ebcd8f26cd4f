#include <gtest/gtest.h>

#include "loadgen/client/frame_cache.hpp"

namespace hubbub {
namespace {

TEST(FrameCache, FindsOnlyEqualBytes) {
    FrameCache cache;
    EXPECT_EQ(cache.find("one"), nullptr);
    CachedEntry entry;
    entry.entry.sequence = 1;
    cache.store("one", entry);
    entry.entry.sequence = 2;
    cache.store("two", entry);
    ASSERT_NE(cache.find("one"), nullptr);
    EXPECT_EQ(cache.find("one")->entry.sequence, 1U);
    EXPECT_EQ(cache.find("two")->entry.sequence, 2U);
    EXPECT_EQ(cache.find("on"), nullptr);
    EXPECT_EQ(cache.find(""), nullptr);
    EXPECT_EQ(cache.hits(), 3U);
}

TEST(FrameCache, NeverAnswersForOthersWhenItsPlacesAreTakenOver) {
    FrameCache cache;
    for (std::uint64_t i = 0; i < 3 * FrameCache::slots; ++i) {
        CachedEntry entry;
        entry.entry.sequence = i;
        cache.store("payload " + std::to_string(i), entry);
    }
    std::size_t found = 0;
    for (std::uint64_t i = 0; i < 3 * FrameCache::slots; ++i)
        if (const CachedEntry* cached = cache.find("payload " + std::to_string(i))) {
            ++found;
            EXPECT_EQ(cached->entry.sequence, i);
        }
    EXPECT_GT(found, FrameCache::slots / 2);
    EXPECT_LE(found, FrameCache::slots);
}

TEST(FrameCache, DoesNotKeepLongPayloads) {
    FrameCache cache;
    const std::string payload(FrameCache::payload_bytes_max + 1, 'x');
    CachedEntry entry;
    entry.entry.sequence = 9;
    EXPECT_EQ(cache.store(payload, entry).entry.sequence, 9U);
    EXPECT_EQ(cache.find(payload), nullptr);
}

}  // namespace
}  // namespace hubbub
