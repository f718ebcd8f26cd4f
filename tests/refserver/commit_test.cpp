// The store's word: what is said after a commit, after a failed one, and after a crash at any point.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct FailedCommit : ::testing::Test {
    World world{{.commit_latency = 5ms}};
    ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    void SetUp() override {
        for (Client* one : {&ann, &bob}) {
            one->connect(0);
            one->resume({});
        }
        world.settle();
        ann.send(c, 1, "fine");
        world.settle();
        ann.forget();
        bob.forget();
        world.fails = [](CommitTicket) { return true; };
    }
};

TEST_F(FailedCommit, IsAnUnknownOutcomeForItsSendersAndReachesNobody) {
    ann.send(c, 2, "lost?");
    bob.send(c, 1, "lost too?");
    world.settle();
    for (const Client* one : {&ann, &bob}) {
        ASSERT_THAT(one->rejected, SizeIs(1));
        EXPECT_EQ(one->rejected[0].code, ErrorCode::unknown_outcome);
        EXPECT_EQ(one->rejected[0].conversation, c);
        EXPECT_THAT(one->said, IsEmpty());
    }
    EXPECT_EQ(ann.rejected[0].number, 2U);
}

TEST_F(FailedCommit, LeavesTheShardReadingOnly) {
    ann.send(c, 2, "x");
    world.settle();
    ann.forget();
    ann.send(c, 3, "y");
    bob.send(c, 1, "z");
    ann.create("other", {"ann"});
    world.client("maker").add(c, {"cem"});
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(2));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::read_only);
    EXPECT_EQ(ann.rejected[1].code, ErrorCode::read_only);
    EXPECT_EQ(world.counters().read_only.get(), 1U);
    ASSERT_FALSE(world.client("maker").rejected.empty());
    EXPECT_EQ(world.client("maker").rejected.back().code, ErrorCode::read_only);
    ann.read(c, 1);
    world.settle();
    ASSERT_THAT(ann.pages, SizeIs(1));
    EXPECT_EQ(ann.pages[0].page.head, 2U) << "what was never committed is not shown";
}

TEST_F(FailedCommit, IsNeverAcknowledgedLaterNotEvenToAResend) {
    ann.send(c, 2, "x");
    world.settle();
    ann.forget();
    ann.send(c, 2, "x");
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::unknown_outcome);
    ann.send(c, 1, "fine");
    world.settle();
    EXPECT_THAT(ann.stream(c), ElementsAre(2U)) << "what was committed before is still acknowledged";
}

TEST_F(FailedCommit, AfterARestartTheResendIsAcceptedOrAnsweredOnce) {
    ann.send(c, 2, "x");
    world.settle();
    world.fails = nullptr;
    world.kill();
    ann.connect(0);
    ann.resume({{c, 1, 2}});
    world.settle();
    ann.send(c, 2, "x");
    world.settle();
    bob.connect(0);
    bob.resume({{c, 1, 2}});
    world.settle();
    EXPECT_THAT(bob.bodies(c), ElementsAre("x"));
}

TEST(Crash, AtAnyPointARetryGetsItsOriginalNumberAndTheLogHasNoGap) {
    // The server dies after every possible number of events of one short story.
    for (int events = 0; events < 80; ++events) {
        World world({.shards = 2, .seed = 7, .commit_latency = 2ms});
        const ConversationId c = world.conversation("k", {"ann", "bob"});
        Client& ann = world.client("ann");
        Client& bob = world.client("bob");
        for (Client* one : {&ann, &bob}) {
            one->connect(one == &ann ? 0 : 1);
            one->resume({});
        }
        world.settle();
        for (WireNumber n = 1; n <= 3; ++n) {
            ann.send(c, n, "a" + std::to_string(n));
            bob.send(c, n, "b" + std::to_string(n));
        }
        for (int i = 0; i < events; ++i)
            if (!world.step()) world.pass(500us);
        std::map<WireNumber, Sequence> acked;
        for (const Said& one : ann.said)
            if (one.ack) acked[one.number] = one.sequence;
        world.kill();

        ann.forget();
        ann.connect(1);
        for (WireNumber n = 1; n <= 3; ++n) ann.send(c, n, "a" + std::to_string(n));
        world.settle();
        std::map<WireNumber, Sequence> again;
        for (const Said& one : ann.said)
            if (one.ack) again[one.number] = one.sequence;
        ASSERT_THAT(again, SizeIs(3)) << events;
        for (const auto& [number, sequence] : acked) EXPECT_EQ(again[number], sequence) << events;

        ann.read(c, 1);
        world.settle();
        const Page& page = ann.pages.at(0);
        std::map<std::string, int> times;
        for (std::size_t i = 0; i < page.entries.size(); ++i) {
            EXPECT_EQ(page.entries[i].sequence, i + 1) << events;
            ++times[page.entries[i].body];
        }
        for (const auto& [body, count] : times) EXPECT_EQ(count, 1) << body << " after " << events;
    }
}

TEST(Crash, RememberedNumbersSurviveIt) {
    World world;
    const ConversationId c = world.conversation("k", {"ann"});
    Client& ann = world.client("ann");
    ann.connect(0);
    for (WireNumber n = 1; n <= 70; ++n) {
        ann.send(c, n, "x");
        world.settle();
    }
    world.kill();
    ann.forget();
    ann.connect(0);
    ann.send(c, 6, "x");
    ann.send(c, 7, "x");
    ann.send(c, 71, "x");
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::already_sent);
    EXPECT_EQ(ann.rejected[0].number, 6U);
    EXPECT_THAT(ann.stream(c), ElementsAre(8U, 72U));
}

}  // namespace
}  // namespace hubbub::testing
