// Wrongs beside the push of an entry: acks, lateness, history, resumes, as docs/SABOTAGE.md defines them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/sabotage_fixture.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct WrongAnswers : Wrong {};
INSTANTIATE_TEST_SUITE_P(Shards, WrongAnswers, ::testing::Values(1U, 2U));

TEST_P(WrongAnswers, ReceiversAreThoseSubscribedAtThatMoment) {
    plan("burn_sequence:1x1");
    client("bob").reset();
    world->settle();
    speak(1);
    EXPECT_EQ(record(Kind::burn_sequence).receivers, 1U);
}

TEST_P(WrongAnswers, LoseAckIsHealedByAResend) {
    plan("lose_ack:1x1");
    speak(2);
    EXPECT_EQ(record(Kind::lose_ack).number, 1U);
    EXPECT_THAT(client("ann").stream(c), ElementsAre(3U));
    EXPECT_THAT(client("ann").bodies(c), IsEmpty()) << "no echo either";
    client("ann").send(c, 1, "message-1");
    world->settle();
    EXPECT_THAT(client("ann").stream(c), ElementsAre(3U, 2U));
    EXPECT_THAT(client("bob").stream(c), ElementsAre(2U, 3U));
}

TEST_P(WrongAnswers, LateDeliveryHoldsAnEntryAndWhatIsBehindItBack50Milliseconds) {
    plan("late_delivery:1x1");
    client("ann").send(c, 1, "a");
    world->pass(20ms);
    client("ann").send(c, 2, "b");
    world->pass(25ms);
    ASSERT_FALSE(world->truth.empty());
    EXPECT_THAT(client("bob").stream(c), IsEmpty());
    world->pass(10ms);
    for (const char* name : {"ann", "bob", "cem"})
        EXPECT_THAT(client(name).stream(c), ElementsAre(2U, 3U)) << name;
}

TEST_P(WrongAnswers, StaleHistoryEndsOneEntryEarlyFromItsFirstPageOn) {
    plan("stale_history:1x1");
    speak(2);
    Sequence head = 0;
    EXPECT_THAT(history("bob", &head), ElementsAre(1U, 2U));
    EXPECT_EQ(head, 2U);
    speak(1);
    EXPECT_THAT(history("cem", &head), ElementsAre(1U, 2U, 3U));
    EXPECT_EQ(head, 3U);
    record(Kind::stale_history);
}

TEST_P(WrongAnswers, HistorySkipLeavesOneEntryOutOfAllPages) {
    plan("history_skip:1x1");
    speak(3);
    const auto& told = record(Kind::history_skip);
    EXPECT_EQ(told.sequence, 2U);
    EXPECT_THAT(history("bob"), ElementsAre(1U, 3U, 4U));
    EXPECT_THAT(history("cem"), ElementsAre(1U, 3U, 4U));
    EXPECT_THAT(client("bob").stream(c), ElementsAre(2U, 3U, 4U));
}

TEST_P(WrongAnswers, ResumeSkipLeavesOutOneEntryThatIsNotTheLast) {
    plan("resume_skip:1x1");
    client("bob").reset();
    speak(4);
    client("bob").connect(0);
    client("bob").resume({{c, 1, 1}});
    world->settle();
    const auto& told = record(Kind::resume_skip);
    EXPECT_EQ(told.victim_user, "bob");
    EXPECT_NE(told.sequence, 5U);
    const auto stream = client("bob").stream(c);
    EXPECT_THAT(stream, SizeIs(3));
    EXPECT_EQ(std::count(stream.begin(), stream.end(), told.sequence), 0);
    EXPECT_EQ(stream.back(), 5U);
}

TEST_P(WrongAnswers, ResumeRepeatBeginsWithTheEntryBeforeItsStart) {
    plan("resume_repeat:1x1");
    speak(2);
    client("bob").reset();
    speak(2);
    client("bob").forget();
    client("bob").connect(0);
    client("bob").resume({{c, 1, 3}});
    world->settle();
    const auto& told = record(Kind::resume_repeat);
    EXPECT_EQ(told.sequence, 3U);
    EXPECT_EQ(client("bob").resumed.at(0).positions.at(0).from, 4U);
    EXPECT_THAT(client("bob").stream(c), ElementsAre(3U, 4U, 5U));
}

TEST_P(WrongAnswers, WrongEpochIsAnsweredOnceAndKeptToThatDevice) {
    plan("wrong_epoch:1x1");
    speak(2);
    client("bob").reset();
    client("bob").forget();
    client("bob").connect(0);
    client("bob").resume({{c, 1, 3}}, false);
    world->settle();
    EXPECT_EQ(record(Kind::wrong_epoch).victim_user, "bob");
    const ResumedPosition& first = client("bob").resumed.at(0).positions.at(0);
    EXPECT_EQ(first.status, ResumeStatus::reset);
    EXPECT_EQ(first.epoch, 2U);
    EXPECT_EQ(first.from, 1U);
    EXPECT_THAT(client("bob").stream(c), ElementsAre(1U, 2U, 3U));
    client("bob").forget();
    client("bob").connect(0);
    client("bob").resume({{c, 2, 3}}, false);
    world->settle();
    EXPECT_EQ(client("bob").resumed.at(0).positions.at(0).status, ResumeStatus::ok);
    client("cem").connect(0);
    client("cem").resume({{c, 1, 3}}, false);
    world->settle();
    EXPECT_EQ(client("cem").resumed.back().positions.at(0).epoch, 1U);
}

}  // namespace
}  // namespace hubbub::testing
