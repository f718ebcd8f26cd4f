// Strategies of delivery: what becomes of a send that is repeated, and of entries that were missed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

WorldOptions delivering(DeliveryStrategy strategy) {
    WorldOptions options;
    options.commit_latency = 5ms;
    options.server.delivery = strategy;
    return options;
}

struct Delivery : ::testing::Test {
    explicit Delivery(DeliveryStrategy strategy) : world(delivering(strategy)) {}

    World world;
    ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    void SetUp() override {
        for (Client* const client : {&ann, &bob}) {
            client->connect(0);
            client->resume({{c, 1, 1}}, false);
        }
        world.settle();
    }
};

struct AtLeastOnce : Delivery {
    AtLeastOnce() : Delivery(DeliveryStrategy::at_least_once) {}
};

TEST_F(AtLeastOnce, ARepeatedSendIsStoredAndDeliveredAgain) {
    ann.send(c, 1, "one");
    world.settle();
    ann.send(c, 1, "one");
    world.settle();
    EXPECT_THAT(bob.stream(c), ElementsAre(2U, 3U));
    EXPECT_THAT(bob.bodies(c), ElementsAre("one", "one"));
    EXPECT_EQ(bob.said[1].number, 1U);
    EXPECT_EQ(world.counters().stored_again.get(), 1U);
}

TEST_F(AtLeastOnce, EachOfThemIsAcknowledgedUnderItsOwnPlace) {
    ann.send(c, 1, "one");
    world.pass(1ms);
    ann.send(c, 1, "one");  // the first one waits for its commit
    ann.send(c, 2, "two");
    world.settle();
    ASSERT_THAT(ann.said, SizeIs(3));
    for (const Said& one : ann.said) EXPECT_TRUE(one.ack);
    EXPECT_EQ(ann.said[0].number, 1U);
    EXPECT_EQ(ann.said[1].number, 1U);
    EXPECT_EQ(ann.said[2].number, 2U);
    EXPECT_THAT(ann.stream(c), ElementsAre(2U, 3U, 4U));
}

TEST_F(AtLeastOnce, ANumberAheadIsStillOutOfOrder) {
    ann.send(c, 2, "two");
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::out_of_order);
    EXPECT_THAT(bob.said, IsEmpty());
}

struct AtMostOnce : Delivery {
    AtMostOnce() : Delivery(DeliveryStrategy::at_most_once) {}
    /// Bob is away while ann says so many.
    void miss(WireNumber count) {
        bob.reset();
        world.settle();
        for (WireNumber n = 1; n <= count; ++n) ann.send(c, n, "missed");
        world.settle();
        bob.forget();
        bob.connect(0);
    }
    ResumedPosition back(Epoch epoch, Sequence sequence) {
        bob.resume({{c, epoch, sequence}}, false);
        world.settle();
        return bob.resumed.at(0).positions.at(0);
    }
};

TEST_F(AtMostOnce, WhatWasMissedIsGoneAndOnlyLiveEntriesFollow) {
    miss(3);
    const ResumedPosition answer = back(1, 1);
    EXPECT_EQ(answer.status, ResumeStatus::gone);
    EXPECT_EQ(answer.epoch, 1U);
    EXPECT_EQ(answer.from, 2U);
    EXPECT_EQ(answer.head, 4U);
    EXPECT_THAT(bob.stream(c), IsEmpty());
    ann.send(c, 4, "live");
    world.settle();
    EXPECT_THAT(bob.stream(c), ElementsAre(5U));
    EXPECT_EQ(world.counters().gone_entries.get(), 3U);
    EXPECT_EQ(world.counters().catch_up_entries.get(), 0U);
}

TEST_F(AtMostOnce, WhoMissedNothingIsToldSo) {
    miss(0);
    const ResumedPosition answer = back(1, 1);
    EXPECT_EQ(answer.status, ResumeStatus::ok);
    EXPECT_EQ(answer.from, 2U);
    EXPECT_EQ(answer.head, 1U);
}

TEST_F(AtMostOnce, ALogThatTheDeviceDoesNotKnowIsToldFromItsBeginning) {
    miss(1);
    const ResumedPosition answer = back(9, 1);
    EXPECT_EQ(answer.status, ResumeStatus::reset);
    EXPECT_THAT(bob.stream(c), ElementsAre(1U, 2U));
}

TEST_F(AtMostOnce, ARepeatedSendGetsItsOriginalAck) {
    ann.send(c, 1, "one");
    world.settle();
    ann.forget();
    ann.send(c, 1, "one");
    world.settle();
    EXPECT_THAT(ann.stream(c), ElementsAre(2U));
    EXPECT_THAT(bob.stream(c), ElementsAre(2U));
    EXPECT_EQ(world.counters().stored_again.get(), 0U);
}

TEST_F(AtMostOnce, TheHistoryHasItAll) {
    miss(2);
    back(1, 1);
    bob.read(c, 2);
    world.settle();
    ASSERT_THAT(bob.pages, SizeIs(1));
    EXPECT_THAT(bob.pages[0].entries, SizeIs(2));
}

}  // namespace
}  // namespace hubbub::testing
