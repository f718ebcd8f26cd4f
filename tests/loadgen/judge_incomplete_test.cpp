// What is said when not everything is known: unverified, never a pass and never an accusation.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfIncompleteEvidence = test::JudgeCase;

TEST_F(JudgeOfIncompleteEvidence, WhatAnUnreachableDeviceIsOwedIsUnverifiedAndStillMissing) {
    const Message message = h.say(a(), 10);
    h.ack(message, q1, 15);
    h.deliver(b(), message, q1, 30);
    h.of(c()).unreachable(c());
    h.audit({h.entry_of(message, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.unverified, 1u);
    EXPECT_EQ(judgement.totals.missing, 1u);
    EXPECT_EQ(judgement.latency.at({"delivery", ""}).missing(), 1u);
    EXPECT_EQ(judgement.latency.at({"delivery_last", ""}).missing(), 1u);
    EXPECT_EQ(judgement.latency.at({"delivery_first", ""}).count(), 1u);
}

TEST_F(JudgeOfIncompleteEvidence, WithoutADrainNothingIsLostAndNothingIsProven) {
    const Message message = h.say(a(), 10);
    h.ack(message, q1, 15);
    h.deliver(b(), message, q1, 30);  // to c it was on the way when the run was broken off
    const Judgement judgement = h.judge(false);
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.unverified, 2u) << "one delivery, and one history that nobody read";
    EXPECT_EQ(judgement.totals.missing, 1u);
}

// A target that is slow beyond the drain: its last acks come while the history is read already, and the run
// ends before the same messages have reached the others.
TEST_F(JudgeOfIncompleteEvidence, NobodyWaitedForWhatWasAcknowledgedAfterTheHeadsWereTaken) {
    const Message first = h.talk(a(), q1, 10);
    const Message slow = h.say(b(), 30);
    h.audit({h.entry_of(first, q1)}, q1);
    h.ack(slow, q2, 60'000);
    h.deliver(a(), slow, q2, 60'010);  // to c it was on the way when the run ended
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.unverified, 1u);
    EXPECT_EQ(judgement.totals.missing, 1u);
}

TEST_F(JudgeOfIncompleteEvidence, NobodyLookedForWhatWasSaidToBeTakenLongAgoAfterTheHeadsWereTaken) {
    const Message first = h.talk(a(), q1, 10);
    const Message slow = h.say(b(), 30);
    h.audit({h.entry_of(first, q1)}, q1);
    h.of(b()).acked_unknown(slow.row, HandHistory::at(60'000));
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.unverified, 2u);
}

TEST_F(JudgeOfIncompleteEvidence, ALateAckBelowTheHeadsWasWaitedFor) {
    const Message slow = h.say(b(), 10);
    h.deliver(a(), slow, q1, 20);  // and not to c
    const Message last = h.say(a(), 30);
    h.ack(last, q2, 35);
    h.deliver(b(), last, q2, 40);
    h.deliver(c(), last, q2, 40);
    h.audit({h.entry_of(slow, q1), h.entry_of(last, q2)}, q2);
    h.ack(slow, q1, 60'000, true);
    EXPECT_EQ(accused(h.judge()), "lost=1 gap_live=1 ");
}

TEST_F(JudgeOfIncompleteEvidence, AHistoryThatNobodyCouldReadIsUnverified) {
    h.talk(a(), q1, 10);
    h.of(a()).audit_failed(HandHistory::group);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.unverified, 1u);
}

TEST_F(JudgeOfIncompleteEvidence, ARefusedReaderFoundAnEmptyHistory) {
    h.talk(a(), q1, 10);
    h.audit({}, 0);
    EXPECT_EQ(accused(h.judge()), "history=1 ");
}

}  // namespace
}  // namespace hubbub
