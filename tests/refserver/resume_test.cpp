// Resume: what each position is answered, and that live entries follow without a gap or a repeat.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/resume_fixture.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(Resuming, AnswersFromQPlus1AndTheEntriesFollowBeforeLiveOnes) {
    say(4);
    const ResumedPosition answer = resume_at(1, 3);
    EXPECT_EQ(answer.status, ResumeStatus::ok);
    EXPECT_EQ(answer.from, 4U);
    EXPECT_EQ(answer.head, 5U);
    EXPECT_EQ(answer.epoch, 1U);
    EXPECT_THAT(ann.stream(c), ElementsAre(4U, 5U));
    EXPECT_THAT(ann.order, ElementsAre("welcome", "resumed", "entry", "entry"));
    say(1);
    EXPECT_THAT(ann.stream(c), ElementsAre(4U, 5U, 6U));
}

TEST_F(Resuming, AtTheHeadNothingIsMissing) {
    say(2);
    const ResumedPosition answer = resume_at(1, 3);
    EXPECT_EQ(answer.status, ResumeStatus::ok);
    EXPECT_EQ(answer.from, 4U);
    EXPECT_EQ(answer.head, 3U);
    EXPECT_THAT(ann.said, IsEmpty());
}

TEST_F(Resuming, AnotherEpochIsResetAndTheWholeLogFollows) {
    say(2);
    const ResumedPosition answer = resume_at(9, 2);
    EXPECT_EQ(answer.status, ResumeStatus::reset);
    EXPECT_EQ(answer.epoch, 1U);
    EXPECT_EQ(answer.from, 1U);
    EXPECT_EQ(answer.head, 3U);
    EXPECT_THAT(ann.stream(c), ElementsAre(1U, 2U, 3U));
}

TEST_F(Resuming, APositionBeyondTheLogIsReset) {
    say(1);
    EXPECT_EQ(resume_at(1, 3).status, ResumeStatus::reset);
    EXPECT_THAT(ann.stream(c), ElementsAre(1U, 2U));
    ann.forget();
    EXPECT_EQ(resume_at(1, UINT64_MAX).status, ResumeStatus::reset);
    EXPECT_THAT(ann.stream(c), ElementsAre(1U, 2U));
}

TEST_F(Resuming, MoreThan1000MissingIsTooOldAndOnlyLiveEntriesFollow) {
    say(1'001);
    const ResumedPosition answer = resume_at(1, 1);
    EXPECT_EQ(answer.status, ResumeStatus::too_old);
    EXPECT_EQ(answer.from, 2U);
    EXPECT_EQ(answer.head, 1'002U);
    EXPECT_THAT(ann.said, IsEmpty());
    say(1);
    EXPECT_THAT(ann.stream(c), ElementsAre(1'003U));
}

TEST_F(Resuming, ALogOfMoreThan1000ThatBeginsAnewIsTooOldFromTheMembersFirstEntry) {
    say(1'001);
    for (const auto& [epoch, sequence] : {std::pair<Epoch, Sequence>{9, 500}, {9, 0}, {1, 1'003}}) {
        const ResumedPosition answer = resume_at(epoch, sequence);
        EXPECT_EQ(answer.status, ResumeStatus::too_old);
        EXPECT_EQ(answer.epoch, 1U);
        EXPECT_EQ(answer.from, 1U) << "not after the entry that was named: that one is of another log";
        EXPECT_EQ(answer.head, 1'002U);
        EXPECT_THAT(ann.said, IsEmpty());
        ann.forget();
    }
}

TEST_F(Resuming, Exactly1000MissingAreCaughtUpFromMemoryAndDisk) {
    say(1'000);
    const ResumedPosition answer = resume_at(1, 1);
    EXPECT_EQ(answer.status, ResumeStatus::ok);
    const auto stream = ann.stream(c);
    ASSERT_THAT(stream, SizeIs(1'000));
    for (std::size_t i = 0; i < stream.size(); ++i) EXPECT_EQ(stream[i], i + 2);
    EXPECT_EQ(ann.said[0].body, "x");
    EXPECT_EQ(ann.said[999].number, 1'000U);
}

TEST_F(Resuming, ACatchUpLargerThanTheOutboxIsPulledAndLiveEntriesFollowIt) {
    // 200 x 16,000 bytes: three times what an outbox holds. The reader is fast, so nobody is cut.
    say(200, std::string(16'000, 'x'));
    ann.connect(0);
    ann.resume({{c, 1, 1}}, false);
    bob.send(c, ++sent, "live");
    world.settle();
    EXPECT_EQ(ann.cuts, 0U);
    const auto stream = ann.stream(c);
    ASSERT_THAT(stream, SizeIs(201));
    for (std::size_t i = 0; i < stream.size(); ++i) EXPECT_EQ(stream[i], i + 2);
    EXPECT_EQ(ann.resumed.front().positions.at(0).from, 2U);
    EXPECT_GT(ann.resumed.front().pending, 0U) << "not all is live yet";
    EXPECT_EQ(ann.resumed.back().pending, 0U);
    EXPECT_EQ(world.counters().outbox_overflows.get(), 0U);
}

TEST_F(Resuming, ASlowReaderOfALongCatchUpIsServedAsItReads) {
    say(200, std::string(16'000, 'x'));
    ann.connect(0);
    world.settle();
    ann.reads = false;
    ann.resume({{c, 1, 1}}, false);
    world.settle();
    EXPECT_TRUE(ann.connected());
    ann.reads = true;
    world.settle();
    EXPECT_THAT(ann.stream(c), SizeIs(200));
}

TEST_F(Resuming, OwnSendsDuringALongCatchUpAreAckedInTheirPlace) {
    say(200, std::string(16'000, 'x'));
    ann.connect(0);
    world.settle();
    ann.reads = false;
    ann.resume({{c, 1, 1}}, false);
    world.settle();
    ann.send(c, 1, "mine");
    world.settle();
    ann.reads = true;
    world.settle();
    const auto stream = ann.stream(c);
    ASSERT_THAT(stream, SizeIs(201));
    for (std::size_t i = 0; i < stream.size(); ++i) EXPECT_EQ(stream[i], i + 2);
    EXPECT_TRUE(ann.said.back().ack);
}

TEST_F(Resuming, StrangersAndAbsentConversationsAreForbiddenAndSilent) {
    Client& eve = world.client("eve");
    eve.connect(0);
    eve.resume({{c, 1, 0}, {ConversationId{1, 2}, 1, 0}});
    world.settle();
    std::size_t answers = 0;
    for (const Resumed& one : eve.resumed)
        for (const ResumedPosition& position : one.positions) {
            EXPECT_EQ(position.status, ResumeStatus::forbidden);
            EXPECT_EQ(position.head, 0U) << "an absent one and a foreign one must look the same";
            ++answers;
        }
    EXPECT_EQ(answers, 2U);
    say(1);
    EXPECT_THAT(eve.said, IsEmpty());
}

TEST_F(Resuming, AConversationThatWasNotNamedIsAttachedAtItsHead) {
    say(3);
    ann.connect(0);
    ann.resume({}, true);
    world.settle();
    ASSERT_THAT(ann.resumed, SizeIs(1));
    ASSERT_THAT(ann.resumed[0].positions, SizeIs(1));
    EXPECT_EQ(ann.resumed[0].positions[0].from, 5U);
    EXPECT_EQ(ann.resumed[0].positions[0].head, 4U);
    EXPECT_EQ(ann.resumed[0].pending, 0U);
    say(1);
    EXPECT_THAT(ann.stream(c), ElementsAre(5U));
}

TEST_F(Resuming, WithoutCompleteOnlyNamedConversationsAreLive) {
    const ConversationId d = world.conversation("other", {"ann", "bob"});
    ann.connect(0);
    ann.resume({{c, 1, 1}}, false);
    world.settle();
    bob.send(c, ++sent, "x");
    bob.send(d, 1, "y");
    world.settle();
    EXPECT_THAT(ann.stream(c), ElementsAre(2U));
    EXPECT_THAT(ann.stream(d), IsEmpty());
}

TEST_F(Resuming, NothingToResumeIsAnsweredAtOnce) {
    Client& cem = world.client("cem");
    cem.connect(0);
    cem.resume({}, true);
    world.settle();
    ASSERT_FALSE(cem.resumed.empty());
    EXPECT_EQ(cem.resumed.back().pending, 0U);
    cem.forget();
    cem.resume({}, false);
    world.settle();
    ASSERT_THAT(cem.resumed, SizeIs(1));
    EXPECT_EQ(cem.resumed[0].pending, 0U);
}

TEST_F(Resuming, ACaughtUpEntryOfOnesOwnCarriesItsNumber) {
    ann.connect(0);
    ann.resume({{c, 1, 1}}, false);
    world.settle();
    ann.reads = false;  // the ack is lost on the way
    ann.send(c, 1, "mine");
    world.settle();
    ann.reset();
    ann.reads = true;
    ann.connect(0);
    ann.resume({{c, 1, 1}}, false);
    world.settle();
    ASSERT_THAT(ann.said, SizeIs(1));
    EXPECT_FALSE(ann.said[0].ack);
    EXPECT_EQ(ann.said[0].sequence, 2U);
    EXPECT_EQ(ann.said[0].user, "ann");
    EXPECT_EQ(ann.said[0].device, "d");
    EXPECT_EQ(ann.said[0].number, 1U);
}

TEST_F(Resuming, NamedAgainOnALiveConnectionItStartsOverWithoutAGap) {
    say(3);
    ann.connect(0);
    ann.resume({{c, 1, 1}}, false);
    world.settle();
    ann.resume({{c, 1, 2}}, false);
    bob.send(c, ++sent, "x");
    world.settle();
    EXPECT_THAT(ann.stream(c), ElementsAre(2U, 3U, 4U, 3U, 4U, 5U));
    ASSERT_THAT(ann.resumed, SizeIs(2));
    EXPECT_EQ(ann.resumed[1].positions.at(0).from, 3U);
}

TEST_F(Resuming, AMembersLogBeginsWithItsOwnJoin) {
    say(3);
    world.client("maker").add(c, {"cem"});
    world.settle();
    Client& cem = world.client("cem");
    cem.connect(0);
    cem.resume({{c, 0, 0}}, false);
    world.settle();
    ASSERT_THAT(cem.resumed, SizeIs(1));
    EXPECT_EQ(cem.resumed[0].positions.at(0).status, ResumeStatus::reset);
    EXPECT_EQ(cem.resumed[0].positions.at(0).from, 5U);
    EXPECT_THAT(cem.stream(c), ElementsAre(5U));
}

TEST(ResumeOverShards, PendingCountsDownToZeroAndEachPositionIsAnsweredOnce) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        World world({.shards = 3, .seed = seed});
        std::vector<ConversationId> all;
        for (int i = 0; i < 200; ++i) all.push_back(world.conversation("k" + std::to_string(i), {"ann"}));
        std::vector<Position> named;
        for (int i = 0; i < 150; ++i) named.push_back({all[static_cast<std::size_t>(i)], 1, 0});
        Client& ann = world.client("ann");
        ann.connect(1);
        ann.resume({named.begin(), named.begin() + 100}, false);
        ann.resume({named.begin() + 100, named.end()}, true);
        world.settle();
        std::map<ConversationId, int> answers;
        for (std::size_t i = 0; i < ann.resumed.size(); ++i) {
            EXPECT_EQ(ann.resumed[i].pending == 0, i + 1 == ann.resumed.size());
            for (const ResumedPosition& position : ann.resumed[i].positions) ++answers[position.conversation];
        }
        EXPECT_THAT(answers, SizeIs(200));
        for (const auto& [conversation, times] : answers) EXPECT_EQ(times, 1);
        // Named from 0: each has its first entry. Not named: attached at the head.
        EXPECT_THAT(ann.said, SizeIs(150));
        EXPECT_EQ(world.counters(1).subscriptions.get(), 200U);
    }
}

TEST(ResumeOverShards, WhenTheLastSubscriberLeavesTheOwnerStopsSending) {
    World world({.shards = 2});
    const ConversationId c = world.conversation("k", {"ann", "bob"});
    const std::uint32_t away = Shard::owner_of(c, 2).value == 0 ? 1 : 0;
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    ann.connect(away);
    bob.connect(1 - away);
    ann.resume({});
    world.settle();
    ann.reset();
    world.settle();
    EXPECT_EQ(world.counters(away).subscriptions.get(), 0U);
    bob.send(c, 1, "x");
    world.settle();
    // Back again: nothing was missed.
    ann.connect(away);
    ann.resume({{c, 1, 1}}, false);
    bob.send(c, 2, "y");
    world.settle();
    EXPECT_THAT(ann.bodies(c), ElementsAre("x", "y"));
}

}  // namespace
}  // namespace hubbub::testing
