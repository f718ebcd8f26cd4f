// The small parts of the server's core that have a promise of their own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "refserver/core/connection.hpp"
#include "refserver/core/counters.hpp"
#include "refserver/core/names.hpp"
#include "refserver/core/saboteur.hpp"
#include "refserver/core/shard.hpp"

namespace hubbub {
namespace {

TEST(OwnerOf, IsTheSameForEver) {
    // Stored data rests on it: computed by hand from hash_of() in base/ids.hpp.
    const auto by_hand = [](std::uint64_t high, std::uint64_t low) {
        std::uint64_t x = high ^ (low * 0x9e3779b97f4a7c15ULL);
        x ^= x >> 32;
        x *= 0xd6e8feb86659fd93ULL;
        return x ^ (x >> 32);
    };
    for (std::uint64_t i = 0; i < 100; ++i)
        for (std::uint32_t shards = 1; shards <= 5; ++shards)
            EXPECT_EQ(Shard::owner_of(ConversationId{i * 77, i}, shards).value, by_hand(i * 77, i) % shards);
}

TEST(OwnerOf, SpreadsConversationsEvenly) {
    Random random(1);
    std::array<int, 4> count{};
    for (int i = 0; i < 40'000; ++i)
        ++count[Shard::owner_of(ConversationId{random.next(), random.next()}, 4).index()];
    for (const int one : count) EXPECT_NEAR(one, 10'000, 400);  // 4.6 standard deviations
}

TEST(Names, UsersAndDevicesKeepTheirSlots) {
    Names names;
    EXPECT_FALSE(names.find_user("ann").has_value());
    const UserSlot ann = names.user("ann");
    const UserSlot bob = names.user("bob");
    const DeviceSlot phone = names.device(ann, "phone");
    EXPECT_NE(ann, bob);
    EXPECT_EQ(names.find_user("ann"), ann);
    EXPECT_NE(names.device(bob, "phone"), phone);
    EXPECT_EQ(names.device(ann, "phone"), phone);
    for (int i = 0; i < 1'000; ++i) names.device(names.user("user-" + std::to_string(i)), "d");
    EXPECT_EQ(names.name(ann), "ann");
    EXPECT_EQ(names.name(phone), "phone");
    EXPECT_EQ(names.user_of(phone), ann);
}

TEST(Names, AUserAndItsDeviceAreNotConfusedWithAnotherSplit) {
    std::string one, two;
    join_names(one, "ab", "c");
    join_names(two, "a", "bc");
    EXPECT_NE(one, two);
}

TEST(Counters, TheTableNamesEachOneOnce) {
    ShardCounters counters;
    std::set<std::string> names;
    std::set<const RelaxedCounter*> places;
    for (const CounterRow& row : counter_rows) {
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_TRUE(places.insert(&(counters.*row.counter)).second) << row.name;
        EXPECT_STRNE(row.help, "");
    }
    // All of the struct but the lengths and the arrays by error code and by token fault.
    EXPECT_EQ(places.size() * sizeof(RelaxedCounter), sizeof(ShardCounters) - sizeof(counters.commits) -
                                                          sizeof(counters.rejects) - sizeof(counters.auths));
}

TEST(ConnectionSize, AtRestCostsLittleMemory) {
    // The aim of 1.5 KB an idle connection leaves room for the allocator and for subscriptions.
    EXPECT_LE(sizeof(Connection) + sizeof(Session), 400U);
}

class Told final : public SabotageTruth {
  public:
    void about_to(const SabotageRecord& record) override { records.push_back(record); }
    std::vector<SabotageRecord> records;
};

SabotageRecord record_of(std::uint64_t conversation) {
    SabotageRecord record;
    record.kind = SabotageKind::phantom;
    record.conversation = ConversationId{conversation, 0};
    return record;
}

TEST(Saboteur, ActsAtItsRateAndNeverMoreThanPlanned) {
    Told truth;
    Saboteur half(parse_sabotage("phantom:0.5", 1).plan, ShardId(0), truth);
    int wanted = 0;
    for (std::uint64_t i = 0; i < 10'000; ++i)
        if (half.wants(SabotageKind::phantom, ConversationId{i, 0}, Time{})) ++wanted;
    EXPECT_NEAR(wanted, 5'000, 250);  // 5 standard deviations

    Saboteur three(parse_sabotage("phantom:1x3", 1).plan, ShardId(0), truth);
    for (std::uint64_t i = 0; i < 10; ++i)
        if (three.wants(SabotageKind::phantom, ConversationId{i, 0}, Time{}))
            three.tell(record_of(i), Time{});
    EXPECT_EQ(truth.records.size(), 3U);
    EXPECT_FALSE(half.wants(SabotageKind::drop_live, ConversationId{1, 0}, Time{})) << "not in the plan";
}

TEST(Saboteur, LetsAConversationRestAfterAnAct) {
    Told truth;
    Saboteur always(parse_sabotage("phantom:1", 1).plan, ShardId(0), truth);
    const ConversationId one{1, 0}, two{2, 0};
    ASSERT_TRUE(always.wants(SabotageKind::phantom, one, Time{}));
    always.tell(record_of(1), Time{});
    EXPECT_FALSE(always.wants(SabotageKind::phantom, one, Time{} + Saboteur::rest - Duration(1)));
    EXPECT_TRUE(always.wants(SabotageKind::phantom, two, Time{}));
    EXPECT_TRUE(always.wants(SabotageKind::phantom, one, Time{} + Saboteur::rest));
}

TEST(Saboteur, ShardsAndKindsDrawApart) {
    Told truth;
    const auto draws = [&](const char* plan, std::uint32_t shard) {
        Saboteur saboteur(parse_sabotage(plan, 9).plan, ShardId(shard), truth);
        std::string out;
        for (std::uint64_t i = 0; i < 64; ++i)
            out += saboteur.wants(SabotageKind::phantom, ConversationId{i, 0}, Time{}) ? 'x' : '.';
        return out;
    };
    EXPECT_EQ(draws("phantom:0.5", 0), draws("drop_live:0.1,phantom:0.5", 0));
    EXPECT_NE(draws("phantom:0.5", 0), draws("phantom:0.5", 1));
}

}  // namespace
}  // namespace hubbub
