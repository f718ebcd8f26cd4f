#include "base/ids.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <type_traits>

namespace hubbub {
namespace {

static_assert(!std::is_convertible_v<UserIndex, DeviceIndex> &&
              !std::is_constructible_v<UserIndex, DeviceIndex>);
static_assert(!std::is_convertible_v<std::uint32_t, UserIndex> &&
              !std::is_convertible_v<UserIndex, std::uint32_t>);
static_assert(sizeof(UserIndex) == 4 && sizeof(LinkId) == 8 && sizeof(ConversationId) == 16);

TEST(Ids, CompareByValue) {
    EXPECT_EQ(UserIndex(3), UserIndex(3));
    EXPECT_LT(UserIndex(3), UserIndex(4));
    EXPECT_EQ(UserIndex(), UserIndex(0));
    EXPECT_EQ(UserIndex(7).index(), 7u);
}

TEST(Ids, OrderConversationsByTheHighWordFirst) {
    EXPECT_LT((ConversationId{1, 9}), (ConversationId{2, 0}));
    EXPECT_LT((ConversationId{1, 1}), (ConversationId{1, 2}));
}

TEST(Ids, SpreadNeighboursOverTheHash) {
    std::set<std::size_t> low_bits;
    for (std::uint32_t i = 0; i < 1024; ++i) low_bits.insert(std::hash<UserIndex>()(UserIndex(i)) % 1024);
    EXPECT_GT(low_bits.size(), 512u);  // a random hash fills 647 of 1024
}

RC_GTEST_PROP(Ids, HashConversationsByEachOfTheir128Bits, (std::uint64_t high, std::uint64_t low)) {
    const std::uint64_t bit = std::uint64_t{1} << *rc::gen::inRange(0, 64);
    const auto hash = hash_of(ConversationId{high, low});
    RC_ASSERT(hash != hash_of(ConversationId{high ^ bit, low}));
    RC_ASSERT(hash != hash_of(ConversationId{high, low ^ bit}));
}

}  // namespace
}  // namespace hubbub
