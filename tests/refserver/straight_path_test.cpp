// The straight way through one shard: hello, resume, send, commit, ack and delivery.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(StraightPath, AWelcomeStatesBeatAndTtl) {
    World world;
    Client& ann = world.client("ann");
    ann.connect(0);
    world.settle();
    ASSERT_THAT(ann.welcomes, SizeIs(1));
    EXPECT_EQ(ann.welcomes[0].beat_ms, 5'000U);
    EXPECT_EQ(ann.welcomes[0].ttl_ms, 15'000U);
    EXPECT_EQ(ann.welcomes[0].in_flight, 16U);
}

TEST(StraightPath, AMessageIsAckedAndDeliveredUnderTheNextNumber) {
    World world;
    const ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    ann.connect(0);
    bob.connect(0);
    ann.resume({});
    bob.resume({});
    world.settle();
    ann.send(c, 1, "hello");
    world.settle();
    ASSERT_THAT(ann.said, SizeIs(1));
    EXPECT_TRUE(ann.said[0].ack);
    EXPECT_EQ(ann.said[0].number, 1U);
    EXPECT_EQ(ann.said[0].sequence, 2U);
    ASSERT_THAT(bob.said, SizeIs(1));
    EXPECT_EQ(bob.said[0].sequence, 2U);
    EXPECT_EQ(bob.said[0].user, "ann");
    EXPECT_EQ(bob.said[0].device, "d");
    EXPECT_EQ(bob.said[0].number, 1U);
    EXPECT_EQ(bob.said[0].body, "hello");
}

TEST(StraightPath, NothingIsAckedOrDeliveredBeforeTheCommit) {
    World world({.commit_latency = 50ms});
    const ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    ann.connect(0);
    bob.connect(0);
    ann.resume({});
    bob.resume({});
    world.settle();
    ann.send(c, 1, "hello");
    world.pass(49ms);
    EXPECT_THAT(ann.said, IsEmpty());
    EXPECT_THAT(bob.said, IsEmpty());
    world.pass(1ms);
    EXPECT_THAT(ann.said, SizeIs(1));
    EXPECT_THAT(bob.said, SizeIs(1));
}

TEST(StraightPath, AllDevicesButTheSendingOneGetTheMessage) {
    World world;
    const ConversationId c = world.conversation("k", {"ann"});
    Client& phone = world.client("ann", "phone");
    Client& desk = world.client("ann", "desk");
    phone.connect(0);
    desk.connect(0);
    phone.resume({});
    desk.resume({});
    world.settle();
    phone.send(c, 1, "note");
    world.settle();
    EXPECT_THAT(phone.bodies(c), IsEmpty());
    EXPECT_THAT(phone.stream(c), ElementsAre(2U));
    EXPECT_THAT(desk.bodies(c), ElementsAre("note"));
}

TEST(StraightPath, TheAckStandsAtItsPlaceInTheSendersStream) {
    World world;
    const ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    ann.connect(0);
    bob.connect(0);
    ann.resume({});
    bob.resume({});
    world.settle();
    ann.send(c, 1, "a1");
    bob.send(c, 1, "b1");
    bob.send(c, 2, "b2");
    ann.send(c, 2, "a2");
    world.settle();
    EXPECT_THAT(ann.stream(c), ElementsAre(2U, 3U, 4U, 5U));
    EXPECT_THAT(bob.stream(c), ElementsAre(2U, 3U, 4U, 5U));
    EXPECT_THAT(ann.bodies(c), ElementsAre("b1", "b2"));
    EXPECT_THAT(bob.bodies(c), ElementsAre("a1", "a2"));
}

TEST(StraightPath, ATurnsSendsGoToTheStoreAsOneBatch) {
    World world;
    const ConversationId c = world.conversation("k", {"ann"});
    Client& ann = world.client("ann");
    ann.connect(0);
    world.settle();
    const std::uint64_t before = world.counters().commit_batches.get();
    for (WireNumber n = 1; n <= 5; ++n) ann.send(c, n, "x");
    world.settle();
    EXPECT_EQ(world.counters().commit_batches.get(), before + 1);
    EXPECT_EQ(world.counters().sends.get(), 5U);
}

TEST(StraightPath, ASenderThatHasNotResumedIsAckedDirectly) {
    World world;
    const ConversationId c = world.conversation("k", {"ann"});
    Client& ann = world.client("ann");
    ann.connect(0);
    ann.send(c, 1, "x");
    world.settle();
    EXPECT_THAT(ann.stream(c), ElementsAre(2U));
}

}  // namespace
}  // namespace hubbub::testing
