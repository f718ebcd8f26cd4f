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
