// Readers that are slower than what they are told: what each policy gives up, and that nothing of the log is
// missing in silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/slow_readers_fixture.hpp"

namespace hubbub::testing {
namespace {

using ::testing::SizeIs;

struct DropOldest : SlowReaders {
    DropOldest() : SlowReaders(SlowReaderPolicy::drop_oldest) {}
};

TEST_F(DropOldest, AnnouncesTheDroppedEntriesOnceInTheirPlaceAndTheRestFollows) {
    say(100);  // about 60 KB into 16 KB
    bob_reads();
    EXPECT_TRUE(bob.connected());
    ASSERT_THAT(bob.skipped, SizeIs(1));
    EXPECT_EQ(bob.skipped[0].conversation, c);
    EXPECT_FALSE(heard[c].broken);
    EXPECT_EQ(heard[c].last, 101U);
    EXPECT_EQ(heard[c].announced, total(&ShardCounters::slow_dropped_entries));
    EXPECT_GT(heard[c].announced, 50U);
    EXPECT_EQ(total(&ShardCounters::skipped_notices), 1U);
    EXPECT_EQ(total(&ShardCounters::outbox_overflows), 0U);
    EXPECT_EQ(total(&ShardCounters::slow_reader_times), 1U);
    EXPECT_EQ(total(&ShardCounters::slow_readers), 0U) << "it has read all of it";
}

TEST_F(DropOldest, WhatWasSkippedStandsInTheHistory) {
    say(100);
    bob_reads();
    ASSERT_THAT(bob.skipped, SizeIs(1));
    bob.read(c, bob.skipped[0].from, 200);
    world.settle();
    ASSERT_THAT(bob.pages, SizeIs(1));
    EXPECT_EQ(bob.pages[0].entries.front().sequence, bob.skipped[0].from);
    EXPECT_GE(bob.pages[0].entries.back().sequence, bob.skipped[0].until);
}

TEST_F(DropOldest, KeepsWhatWaitsWithinTheBound) {
    say(500);
    std::size_t bytes = 0;
    bob.also = [&](const ServerMessage& message) {
        if (const auto* entry = std::get_if<Entry>(&message)) bytes += entry->body.size();
    };
    bob_reads();
    EXPECT_LE(bytes, bound);
    EXPECT_GT(bytes, bound / 2) << "the newest are kept";
}

TEST_F(DropOldest, NeverDropsAnAckNorChangesItsPlace) {
    for (int i = 0; i < 15; ++i) {
        say(5);
        bob.send(c, static_cast<WireNumber>(i + 1), "mine");
        world.settle();
    }
    bob_reads();
    EXPECT_FALSE(heard[c].broken);
    EXPECT_EQ(heard[c].last, 91U);
    std::vector<WireNumber> acks;
    for (const Said& one : bob.said)
        if (one.ack) acks.push_back(one.number);
    ASSERT_THAT(acks, SizeIs(15));
    for (std::size_t i = 0; i < acks.size(); ++i) EXPECT_EQ(acks[i], i + 1);
    EXPECT_GT(heard[c].announced, 20U);
    EXPECT_GT(bob.skipped.size(), 1U) << "an ack between dropped entries parts the announcements";
}

TEST_F(DropOldest, CutsAReaderWhoseAnswersAloneAreTooMuch) {
    say(12);
    for (int i = 0; i < 8 && bob.connected(); ++i) {
        bob.read(c, 2, 200);  // about 7 KB each
        world.settle();
    }
    EXPECT_FALSE(bob.connected());
    EXPECT_EQ(total(&ShardCounters::outbox_overflows), 1U);
    EXPECT_EQ(total(&ShardCounters::slow_readers), 0U);
}

TEST_F(DropOldest, IsToldOfItsOwnLeavingHoweverMuchWaits) {
    const ConversationId d = world.conversation("d", {"ann", "bob"});
    for (Client* client : {&ann, &bob}) client->resume({{d, 1, 1}}, false);
    world.settle();
    world.client("maker").kick(c, {"bob"});
    world.settle();
    for (WireNumber n = 1; n <= 100; ++n) {
        ann.send(d, n, std::string(500, 'x'));
        world.settle();
    }
    bob_reads();
    ASSERT_THAT(bob.stream(c), SizeIs(1));
    EXPECT_EQ(bob.said.front().kind, EntryKind::left);
}

TEST_F(DropOldest, GivesAllThatWaitsToWhoIsSentAwayInOrder) {
    say(20);  // less than the bound: nothing is dropped
    world.shard(1).drain(1s, world.now());
    world.settle();
    bob.reads = true;
    world.settle();
    EXPECT_EQ(heard[c].last, 21U);
    EXPECT_FALSE(heard[c].broken);
    EXPECT_EQ(bob.close_code, 3004);
}

TEST_F(DropOldest, ASecondBacklogBeginsAnew) {
    for (int round = 0; round < 3; ++round) {
        bob.reads = false;
        say(60);
        bob_reads();
        EXPECT_EQ(heard[c].last, sent + 1);
    }
    EXPECT_FALSE(heard[c].broken);
    EXPECT_THAT(bob.skipped, SizeIs(3));
    EXPECT_EQ(total(&ShardCounters::slow_reader_times), 3U);
}

TEST_F(DropOldest, AReaderThatIsGoneLeavesNothingBehind) {
    say(60);
    bob.reset();
    world.settle();
    EXPECT_EQ(total(&ShardCounters::slow_readers), 0U);
    bob.connect(1);
    bob.reads = true;
    bob.resume({{c, 1, 1}});
    world.settle();
    EXPECT_EQ(heard[c].last, 61U);
    EXPECT_FALSE(heard[c].broken);
}

// ---- shed

class AnyReaders : public ::testing::TestWithParam<std::tuple<SlowReaderPolicy, std::uint64_t>> {};

TEST_P(AnyReaders, EveryEntryIsShownOrAnnouncedOnceAndInOrder) {
    const auto [policy, seed] = GetParam();
    World world(with(policy, 3, seed));
    const std::vector<std::string> names{"ann", "bob", "cem"};
    std::vector<ConversationId> rooms;
    for (int i = 0; i < 3; ++i) rooms.push_back(world.conversation("k" + std::to_string(i), names));
    std::map<std::string, Coverages> heard;
    std::map<std::pair<std::string, ConversationId>, WireNumber> numbers;
    for (std::uint32_t i = 0; i < 3; ++i) {
        Client& client = world.client(names[i]);
        client.connect(i);
        std::vector<Position> at;
        for (const ConversationId& c : rooms) at.push_back({c, 1, 1});
        client.resume(at);
        for (const ConversationId& c : rooms) heard[names[i]][c].last = 1;
        watch(client, heard[names[i]]);
    }
    world.settle();
    Random draw = world.random().child("story");
    for (int step = 0; step < 400; ++step) {
        Client& client = world.client(names[draw.below(3)]);
        const ConversationId& c = rooms[draw.below(3)];
        const std::uint64_t what = draw.below(12);
        if (what == 0) client.reads = !client.reads;
        if (what == 1) client.say(Typing{c, draw.chance(0.5)});
        if (what == 2) client.say(Receipt{c, 1 + draw.below(20), 0});
        if (what > 2) client.send(c, ++numbers[{client.user, c}], std::string(draw.below(900), 'x'));
        if (draw.chance(0.5)) world.settle(1ms);
    }
    for (const std::string& one : names) world.client(one).reads = true;
    world.settle(1s);
    std::uint64_t announced = 0;
    for (const std::string& one : names) {
        ASSERT_TRUE(world.client(one).connected());
        for (const ConversationId& c : rooms) {
            Sequence head = 1;
            for (const std::string& sender : names) head += numbers[{sender, c}];
            EXPECT_FALSE(heard[one][c].broken) << one;
            EXPECT_EQ(heard[one][c].last, head) << one;
            announced += heard[one][c].announced;
        }
    }
    EXPECT_EQ(announced, world.total(&ShardCounters::slow_dropped_entries));
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyReaders,
                         ::testing::Combine(::testing::Values(SlowReaderPolicy::drop_oldest,
                                                              SlowReaderPolicy::shed),
                                            ::testing::Range<std::uint64_t>(1, 21)));

}  // namespace
}  // namespace hubbub::testing
