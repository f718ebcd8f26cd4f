// Replies and edits: about the entry that they were sent about, behind it, and no part of the load.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfTalk = test::JudgeCase;

SendAbout reply_to(const Message& parent, Sequence q) {
    return {SendOp::reply, q, parent.sender, 1};
}

TEST_F(JudgeOfTalk, AReplyThatStandsAsItWasSentIsNotAccused) {
    const Message question = h.talk(a(), q1, 10);
    const Message answer = h.say_about(b(), reply_to(question, q1), 100);
    h.ack(answer, q2, 110);
    h.deliver_to_all(answer, q2, 120);
    h.audit({h.entry_of(question, q1), h.entry_of(answer, q2)}, q2);
    const Judgement judged = h.judge();
    EXPECT_EQ(accused(judged), "");
    EXPECT_EQ(judged.totals.delivered, 4U);
}

TEST_F(JudgeOfTalk, WhatStandsAboutAnotherEntryOrAsAnotherOperationIsCorrupt) {
    const std::vector<std::pair<SendOp, Sequence>> altered = {
        {SendOp::text, 0}, {SendOp::reply, q1 - 1}, {SendOp::edit, q1}, {SendOp::reply, 0}};
    for (const auto& [op, target] : altered) {
        HandHistory one{2};
        const Message question = one.talk(one.members[0], q1, 10);
        const Message answer = one.say_about(one.members[1], reply_to(question, q1), 100);
        Message shown = answer;
        shown.about.op = op;
        shown.about.target = target;
        one.ack(answer, q2, 110);
        one.deliver_to_all(shown, q2, 120);
        one.audit({one.entry_of(question, q1), one.entry_of(shown, q2)}, q2);
        EXPECT_EQ(accused(one.judge()), "corrupt=1 ") << name(op) << " on " << target;
    }
}

TEST_F(JudgeOfTalk, AMessageThatNobodyMeantAsAnEditIsCorruptAsOne) {
    const Message first = h.talk(a(), q1, 10);
    const Message second = h.say(a(), 30);
    Message shown = second;
    shown.about = {SendOp::edit, q1, DeviceIndex{UINT32_MAX}, 0};
    h.ack(second, q2, 40);
    h.deliver_to_all(shown, q2, 50);
    h.audit({h.entry_of(first, q1), h.entry_of(shown, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "corrupt=1 ");
}

TEST_F(JudgeOfTalk, ReceiversThatSawAnotherTargetDisagree) {
    const Message question = h.talk(a(), q1, 10);
    const Message answer = h.say_about(b(), reply_to(question, q1), 100);
    Message elsewhere = answer;
    elsewhere.about.target = q1 - 1;
    h.ack(answer, q2, 110);
    h.deliver(a(), answer, q2, 120);
    h.deliver(c(), elsewhere, q2, 120);
    h.audit({h.entry_of(question, q1), h.entry_of(answer, q2)}, q2);
    EXPECT_EQ(h.judge().violations.disagreement, 1U);
}

TEST_F(JudgeOfTalk, AReplyBeforeItsParentBreaksCausality) {
    const Message question = h.say(a(), 10);
    const Message answer = h.say_about(b(), reply_to(question, q2), 100);
    h.ack(answer, q1, 110);
    h.deliver_to_all(answer, q1, 110);
    h.ack(question, q2, 120);
    h.deliver_to_all(question, q2, 120);
    h.audit({h.entry_of(answer, q1), h.entry_of(question, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "causality=1 ");
}

TEST_F(JudgeOfTalk, APlainAnswerHasItsParentInTheStampAlone) {
    const Message question = h.say(a(), 10);
    const Message answer = h.say_about(b(), {SendOp::text, 0, question.sender, 1}, 100);
    h.ack(answer, q1, 110);
    h.deliver_to_all(answer, q1, 110);
    h.ack(question, q2, 120);
    h.deliver_to_all(question, q2, 120);
    h.audit({h.entry_of(answer, q1), h.entry_of(question, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "causality=1 ");
}

TEST_F(JudgeOfTalk, AResendHasTheSameBytesAndTheSameTarget) {
    const Message question = h.talk(a(), q1, 10);
    const Message plain = h.say(b(), 90);
    const Message answer = h.say_about(b(), reply_to(question, q1), 100);
    std::string again;
    h.of(b()).body(answer.row, 60, h.at(900), again);
    EXPECT_EQ(again, answer.body);
    EXPECT_EQ(h.of(b()).about(answer.row), answer.about);
    EXPECT_EQ(h.of(b()).about(plain.row), SendAbout{});
    const Stamp stamp = read_stamp(again, HandHistory::key().run, HandHistory::key().hash_key).stamp;
    EXPECT_EQ(stamp.parent_device, a());
    EXPECT_EQ(stamp.parent_k, 1U);
    EXPECT_EQ(stamp.k, 2U) << "replies count among the device's messages";
}

TEST_F(JudgeOfTalk, WhatWasInducedIsNoPartOfTheLoadAndBelongsToThePhaseOfItsTime) {
    const Message question = h.talk(a(), q1, 10);
    for (const auto& [ms, q] : {std::pair{500, q2}, {1500, q3}}) {
        const Message answer = h.say_about(b(), reply_to(question, q1), ms);
        h.ack(answer, q, ms + 10);
        h.deliver_to_all(answer, q, ms + 20);
    }
    const Message unsent{b(), h.of(b()).induced(h.stream(b()), reply_to(question, q1), h.at(600)), 0, ""};
    const Judgement judged = h.judge();
    EXPECT_EQ(judged.totals.sent, 3U);
    EXPECT_EQ(judged.totals.induced, 2U);
    EXPECT_EQ(judged.totals.unsent, 1U);
    EXPECT_EQ(judged.sent_by_phase[1], 1U);
    EXPECT_EQ(judged.sent_by_phase[2], 0U);
    EXPECT_EQ(judged.induced_by_phase[1], 1U);
    EXPECT_EQ(judged.induced_by_phase[2], 1U);
    // Phase 2 is not measured; the unsent one is.
    EXPECT_EQ(judged.latency.at({"delivery", ""}).count(), 4U);
    EXPECT_EQ(judged.latency.at({"ack", ""}).count(), 2U);
    EXPECT_EQ(judged.latency.at({"ack", ""}).missing(), 1U);
}

}  // namespace
}  // namespace hubbub
