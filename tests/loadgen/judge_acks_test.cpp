// What an acknowledgement says, and what becomes of a message that has one.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfAcks = test::JudgeCase;

TEST_F(JudgeOfAcks, APeacefulConversationIsAccusedOfNothing) {
    const Message first = h.talk(a(), q1, 10), second = h.talk(b(), q2, 50);
    h.audit({h.entry_of(first, q1), h.entry_of(second, q2)}, q2);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.sent, 2u);
    EXPECT_EQ(judgement.totals.acked, 2u);
    EXPECT_EQ(judgement.totals.expected, 4u);
    EXPECT_EQ(judgement.totals.delivered, 4u);
    EXPECT_EQ(judgement.totals.unverified, 0u);
}

TEST_F(JudgeOfAcks, TakenLongAgoIsFoundByItsStamp) {
    const Message message = h.say(a(), 10);
    h.deliver_to_all(message, q1, 20);
    h.of(a()).acked_unknown(message.row, h.at(30));
    h.audit({h.entry_of(message, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.acked, 1u);
    EXPECT_EQ(judgement.totals.delivered, 2u);
}

TEST_F(JudgeOfAcks, TakenLongAgoAndNowhereIsLost) {
    h.of(a()).acked_unknown(h.say(a(), 10).row, h.at(30));
    h.audit({}, HandHistory::base);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "lost=2 history=1 ");
    EXPECT_EQ(judgement.totals.missing, 2u);
}

TEST_F(JudgeOfAcks, TakenLongAgoAndMissedByOneIsLostOnce) {
    const Message message = h.say(a(), 10);
    h.deliver(b(), message, q1, 20);
    h.of(a()).acked_unknown(message.row, h.at(30));
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "lost=1 ");
}

TEST_F(JudgeOfAcks, TwoAcksUnderTwoNumbersAreADuplicate) {
    const Message message = h.talk(a(), q1, 10);
    h.ack(message, q2, 40, true);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(h.judge().violations.duplicate, 1u);
}

TEST_F(JudgeOfAcks, TheSameAckTwiceIsHarmless) {
    const Message message = h.talk(a(), q1, 10);
    h.ack(message, q1, 40, true);
    h.audit({h.entry_of(message, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.acked, 1u);
    EXPECT_EQ(judgement.latency.at({"ack", ""}).count(), 1u);
}

TEST_F(JudgeOfAcks, AnAckThatNobodyWaitsForIsHeldAgainstTheFirst) {
    const Message message = h.talk(a(), q1, 10);
    EXPECT_TRUE(h.of(a()).acked_again(h.stream(a()), message.number, q1, h.at(40)));
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "");
    EXPECT_TRUE(h.of(a()).acked_again(h.stream(a()), message.number, q2, h.at(50)));
    EXPECT_EQ(accused(h.judge()), "duplicate=1 ");
}

TEST_F(JudgeOfAcks, AnAckOfWhatWasNeverSentIsNobodys) {
    const Message message = h.talk(a(), q1, 10);
    EXPECT_FALSE(h.of(a()).acked_again(h.stream(a()), message.number + 1, q2, h.at(40)));
    EXPECT_FALSE(h.of(b()).acked_again(h.stream(b()), message.number, q2, h.at(40)));
}

}  // namespace
}  // namespace hubbub
