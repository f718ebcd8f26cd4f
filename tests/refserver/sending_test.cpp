// The wire number n of a (device, conversation): what is accepted, repeated, refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Sending : ::testing::Test {
    World world{{.commit_latency = 5ms}};
    ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& ann = world.client("ann");
    void SetUp() override {
        ann.connect(0);
        ann.resume({});
        world.settle();
    }
};

TEST_F(Sending, ARepeatedNumberGetsItsOriginalAck) {
    ann.send(c, 1, "one");
    ann.send(c, 2, "two");
    world.settle();
    ann.forget();
    ann.send(c, 1, "one");
    world.settle();
    EXPECT_THAT(ann.stream(c), ElementsAre(2U));
    EXPECT_EQ(ann.said[0].number, 1U);
    EXPECT_EQ(world.counters().sends.get(), 2U);
    EXPECT_EQ(world.counters().resends.get(), 1U);
}

TEST_F(Sending, ARepeatBeforeTheCommitIsAnsweredByThatCommitOnce) {
    ann.send(c, 1, "one");
    world.pass(1ms);
    ann.send(c, 1, "one");
    EXPECT_THAT(ann.said, IsEmpty());
    world.settle();
    EXPECT_THAT(ann.stream(c), ElementsAre(2U));
}

TEST_F(Sending, ANumberAheadIsOutOfOrderAndConsumesNothing) {
    ann.send(c, 2, "two");
    ann.send(c, 1, "one");
    ann.send(c, 2, "two");
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::out_of_order);
    EXPECT_EQ(ann.rejected[0].number, 2U);
    EXPECT_THAT(ann.stream(c), ElementsAre(2U, 3U));
}

TEST_F(Sending, TheLast64NumbersAreRememberedAndOlderOnesWereSent) {
    for (WireNumber n = 1; n <= 65; ++n) {
        ann.send(c, n, "x");
        world.settle();
    }
    ann.forget();
    ann.send(c, 1, "x");
    ann.send(c, 2, "x");
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::already_sent);
    EXPECT_EQ(ann.rejected[0].number, 1U);
    EXPECT_THAT(ann.stream(c), ElementsAre(3U));
}

TEST_F(Sending, AtMost16WaitForTheirAnswerAndTheRefusedOneMayComeAgain) {
    for (WireNumber n = 1; n <= 17; ++n) ann.send(c, n, "x");
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::too_many_in_flight);
    EXPECT_EQ(ann.rejected[0].number, 17U);
    EXPECT_THAT(ann.stream(c), SizeIs(16));
    ann.send(c, 17, "x");
    world.settle();
    EXPECT_EQ(ann.stream(c).back(), 18U);
}

TEST_F(Sending, AbsentAndForbiddenLookTheSame) {
    Client& eve = world.client("eve");
    eve.connect(0);
    eve.send(c, 1, "x");
    eve.send(ConversationId{1, 2}, 1, "x");
    world.settle();
    ASSERT_THAT(eve.rejected, SizeIs(2));
    EXPECT_EQ(eve.rejected[0].code, ErrorCode::forbidden);
    EXPECT_EQ(eve.rejected[1].code, ErrorCode::forbidden);
    EXPECT_THAT(eve.said, IsEmpty());
}

TEST_F(Sending, DevicesOfAUserCountApart) {
    Client& phone = world.client("ann", "phone");
    phone.connect(0);
    ann.send(c, 1, "a");
    phone.send(c, 1, "p");
    world.settle();
    EXPECT_THAT(phone.stream(c), ElementsAre(3U));
    EXPECT_EQ(phone.said[0].number, 1U);
}

TEST_F(Sending, AnAckGoesToTheSessionThatAskedLast) {
    ann.send(c, 1, "one");
    ann.reset();
    ann.connect(0);
    ann.resume({{c, 1, 1}});
    ann.send(c, 1, "one");
    world.settle();
    // Uncommitted when the resume was answered: not caught up, so the ack comes, once, in its place.
    EXPECT_THAT(ann.stream(c), ElementsAre(2U));
    EXPECT_TRUE(ann.said[0].ack);
}

TEST_F(Sending, ARetryOnANewSessionGetsItsAckEvenBeforeTheCommit) {
    ann.send(c, 1, "one");
    ann.reset();
    ann.connect(0);
    ann.send(c, 1, "one");
    world.settle();
    EXPECT_THAT(ann.stream(c), ElementsAre(2U));
}

TEST_F(Sending, ARepeatedAckNeverOvertakesEntriesOnTheirWay) {
    // A slow fan-out: entries wait for their slice while the repeat is answered.
    World slow({.server = {.fanout_slice = 1}});
    const ConversationId d = slow.conversation("k", {"ann", "bob", "cem"});
    Client& bob = slow.client("bob");
    Client& cem = slow.client("cem");
    Client& amy = slow.client("ann");
    for (Client* one : {&bob, &cem, &amy}) {
        one->connect(0);
        one->resume({});
    }
    slow.settle();
    bob.send(d, 1, "b");
    cem.send(d, 1, "c");
    amy.send(d, 1, "a");
    for (int i = 0; i < 30; ++i) {
        slow.step();
        amy.send(d, 1, "a");
    }
    slow.settle();
    const auto stream = amy.stream(d);
    ASSERT_GE(stream.size(), 3U);
    EXPECT_THAT(std::vector<Sequence>(stream.begin(), stream.begin() + 3), ElementsAre(2U, 3U, 4U));
}

TEST_F(Sending, TooManyUncommittedEntriesAreRefusedForNow) {
    // One committer round takes for ever; 4,097 devices fill the shard with 16 each.
    World stuck({.commit_latency = 1h});
    Client& maker = stuck.client("maker");
    maker.connect(0);
    maker.create("k", {"ann"});
    stuck.pass(1h + 1s);
    maker.connect(0);
    maker.create("k", {});  // the first connection did not live to hear it
    stuck.settle(1ms);
    const ConversationId d = maker.created.at(0).conversation;
    for (int i = 0; i < 4'096; ++i) {
        Client& one = stuck.client("ann", "d" + std::to_string(i));
        one.connect(0);
        for (WireNumber n = 1; n <= limits::in_flight_max; ++n) one.send(d, n, "x");
    }
    EXPECT_EQ(stuck.counters().uncommitted.get(), limits::uncommitted_max);
    Client& last = stuck.client("ann", "last");
    last.connect(0);
    last.send(d, 1, "x");
    stuck.settle(1ms);
    ASSERT_THAT(last.rejected, SizeIs(1));
    EXPECT_EQ(last.rejected[0].code, ErrorCode::overloaded);
    EXPECT_GT(last.rejected[0].retry_after_ms, 0U);
}

}  // namespace
}  // namespace hubbub::testing
