// Fan-out: slices, fairness between conversations, and the place of each entry in each stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> some_users(int count) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.push_back("u" + std::to_string(i));
    return names;
}

/// A conversation of `count` users, all of them listening on shard 0, and nothing under way.
struct Room {
    Room(World& world, int count) {
        id = world.conversation("room", {"speaker"}, ConversationClass::channel);
        Client& maker = world.client("maker");
        const auto names = some_users(count);
        for (std::size_t from = 0; from < names.size(); from += 1'000) {
            const auto to = std::min(names.size(), from + 1'000);
            maker.add(id, {names.begin() + static_cast<std::ptrdiff_t>(from),
                           names.begin() + static_cast<std::ptrdiff_t>(to)});
        }
        world.settle();
        for (const std::string& name : names) listeners.push_back(&world.client(name));
        listeners.push_back(&world.client("speaker"));
        for (Client* one : listeners) {
            one->connect(0);
            one->resume({});
        }
        world.settle();
        for (Client* one : listeners) one->forget();
    }
    ConversationId id;
    std::vector<Client*> listeners;
};

TEST(FanOut, TwentyFiveThousandSubscribersAreServedInSlices) {
    World world;
    Room room(world, 25'000);
    const std::uint64_t slices = world.counters().fanout_slices.get();
    const std::uint64_t deliveries = world.counters().deliveries.get();
    Client& speaker = world.client("speaker");
    speaker.send(room.id, 1, "to all");
    world.settle();
    for (const Client* one : room.listeners) ASSERT_THAT(one->said, SizeIs(1)) << one->user;
    EXPECT_TRUE(speaker.said[0].ack);
    EXPECT_EQ(world.counters().deliveries.get() - deliveries, 25'000U);
    // 25,001 subscribers in slices of 64.
    EXPECT_EQ(world.counters().fanout_slices.get() - slices, 391U);
    EXPECT_LE(world.counters().fanout_slice_max.get(), limits::fanout_slice);
}

TEST(FanOut, TheDeadlineIsNowWhileSlicesAreLeft) {
    World world({.server = {.fanout_slice = 4}});
    Room room(world, 10);
    world.client("speaker").send(room.id, 1, "x");
    const std::uint64_t before = world.counters().deliveries.get();
    while (world.counters().deliveries.get() == before)
        if (!world.step()) world.advance();
    // 11 subscribers in slices of 4: two more turns.
    EXPECT_LE(world.shard(0).next_deadline(), world.now());
    world.shard(0).turn(world.now());
    EXPECT_LE(world.shard(0).next_deadline(), world.now());
    world.shard(0).turn(world.now());
    EXPECT_GT(world.shard(0).next_deadline(), world.now());
    EXPECT_EQ(world.counters().deliveries.get() - before, 10U);
}

TEST(FanOut, AllEntriesPendingAtItsStartGoTogetherToARecipient) {
    World world({.server = {.fanout_slice = 4}});
    Room room(world, 10);
    Client& speaker = world.client("speaker");
    for (WireNumber n = 1; n <= 5; ++n) speaker.send(room.id, n, "x");
    const std::uint64_t slices = world.counters().fanout_slices.get();
    world.settle();
    for (const Client* one : room.listeners)
        EXPECT_THAT(one->stream(room.id), ElementsAre(3U, 4U, 5U, 6U, 7U));
    // 11 subscribers in slices of 4, once for all five entries. The speaker is served ahead of its slice.
    EXPECT_EQ(world.counters().fanout_slices.get() - slices, 3U);
}

TEST(FanOut, ASmallConversationIsServedInItsTurnWhileALargeOneIsSwept) {
    World world({.server = {.fanout_slice = 8}});
    Room room(world, 400);
    const ConversationId direct = world.conversation("direct", {"ann", "bob"});
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    for (Client* one : {&ann, &bob}) {
        one->connect(0);
        one->resume({});
    }
    world.settle();
    world.client("speaker").send(room.id, 1, "x");
    ann.send(direct, 1, "y");
    while (bob.said.empty())
        if (!world.step()) world.advance();
    std::size_t served = 0;
    for (const Client* one : room.listeners) served += one->said.size();
    EXPECT_LE(served, 40U) << "the direct message waited for the channel";
    world.settle();
    for (const Client* one : room.listeners) EXPECT_THAT(one->said, SizeIs(1));
}

/// A bulk room of 400 in slices of 2, and a direct conversation beside it.
struct BulkSweep {
    BulkSweep() : world({.server = {.fanout_slice = 2, .fanout_bulk_listeners = 20}}), room(world, 400) {
        direct = world.conversation("direct", {"ann", "bob"});
        world.client("ann").connect(0);
        world.client("ann").resume({});
        world.settle();
        world.pass(limits::fanout_quiet * 2);
        before = world.counters().deliveries.get();
    }
    void others() {
        world.client("ann").send(direct, ++number, "y");
        world.pass(1ms);
    }
    /// How long the sweep of one message takes, from its first delivery.
    Duration sweep(bool with_others) {
        if (with_others) others();
        world.client("speaker").send(room.id, 1, "x");
        while (delivered() == 0)
            if (!world.step()) world.advance();
        const Time began = world.now();
        while (delivered() < 400) {
            if (with_others) {
                others();
            } else if (!world.step()) {
                world.advance();
            }
        }
        return world.now() - began;
    }
    std::uint64_t delivered() { return world.counters().deliveries.get() - before; }
    World world;
    Room room;
    ConversationId direct;
    WireNumber number = 0;
    std::uint64_t before = 0;
};

TEST(FanOut, ABulkSweepAloneDoesNotPause) {
    EXPECT_LT(BulkSweep().sweep(false), limits::fanout_pause);
}

TEST(FanOut, ABulkSweepGivesWayToOthersButNotForEver) {
    // 200 slices with a pause after each would take 240 ms; it has patience for 200.
    const Duration took = BulkSweep().sweep(true);
    EXPECT_GE(took, limits::fanout_patience - limits::fanout_pause);
    EXPECT_LT(took, 200 * limits::fanout_pause);
}

TEST(FanOut, ASenderInALargeConversationDoesNotWaitForTheSweep) {
    World world({.server = {.fanout_slice = 8}});
    Room room(world, 400);
    Client& speaker = world.client("speaker");  // in the last slot
    speaker.send(room.id, 1, "x");
    while (speaker.said.empty())
        if (!world.step()) world.advance();
    std::size_t served = 0;
    for (const Client* one : room.listeners) served += one->said.size();
    EXPECT_LE(served, 40U);
}

TEST(FanOut, SubscribersThatComeAndGoDuringASweepMissNothingAndGetNothingTwice) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        World world({.seed = seed, .server = {.fanout_slice = 4}});
        Room room(world, 40);
        Client& speaker = world.client("speaker");
        WireNumber n = 0;
        std::map<Client*, Sequence> seen;
        for (Client* one : room.listeners) seen[one] = 2;
        for (int round = 0; round < 200; ++round) {
            if (world.random().chance(0.2)) speaker.send(room.id, ++n, "x");
            Client* const one = room.listeners[world.random().below(40)];
            const auto stream = one->stream(room.id);
            if (one->connected() && world.random().chance(0.5)) {
                one->reset();
            } else if (!one->connected()) {
                one->connect(0);
                one->resume({{room.id, 1, stream.empty() ? 2 : stream.back()}}, false);
            }
            for (int i = 0; i < 4; ++i) world.step();
            if (round % 10 == 0) world.pass(1ms);
        }
        world.settle();
        for (Client* one : room.listeners) {
            if (one->connected()) continue;
            const auto stream = one->stream(room.id);
            one->connect(0);
            one->resume({{room.id, 1, stream.empty() ? 2 : stream.back()}}, false);
        }
        world.settle();
        for (const Client* one : room.listeners) {
            const auto stream = one->stream(room.id);
            ASSERT_EQ(stream.size(), n) << one->user << ", seed " << seed;
            for (std::size_t i = 0; i < stream.size(); ++i) ASSERT_EQ(stream[i], i + 3) << "seed " << seed;
        }
    }
}

TEST(FanOut, OneFrameIsSharedByAllRecipientsOfAShard) {
    // Two shards, all listeners on the one that does not own the conversation: one mail, whatever their
    // number.
    World world({.shards = 2});
    const ConversationId c = world.conversation("room", some_users(50));
    const std::uint32_t away = Shard::owner_of(c, 2).value == 0 ? 1 : 0;
    for (const std::string& name : some_users(50)) {
        world.client(name).connect(away);
        world.client(name).resume({});
    }
    world.settle();
    const std::uint64_t before = world.mails_posted;
    world.client("u7").send(c, 1, "x");
    world.settle();
    EXPECT_EQ(world.mails_posted - before, 2U);  // the send, and the committed entry with its ack
    for (const std::string& name : some_users(50)) EXPECT_THAT(world.client(name).said, SizeIs(1));
}

}  // namespace
}  // namespace hubbub::testing
