// Messages that nobody sent, and messages that were altered on the way.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfContents = test::JudgeCase;

TEST_F(JudgeOfContents, AnotherRunsMessageIsForeign) {
    Message message{a(), 0, 1, "", HandHistory::group};
    Stamp stamp;
    stamp.run = HandHistory::key().run + 1;
    append_stamped_body(message.body, stamp, 60, HandHistory::key().hash_key);
    h.deliver(b(), message, q1, 20);
    h.deliver(c(), message, q1, 20);
    h.audit({h.entry_of(message, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.foreign, 1u);
}

TEST_F(JudgeOfContents, ARejectedMessageThatAppearsIsAPhantom) {
    const Message message = h.say(a(), 10);
    h.of(a()).rejected(message.row, ErrorCode::forbidden);
    h.deliver_to_all(message, q1, 20);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.phantom, 1u);
    EXPECT_EQ(judgement.totals.rejected, 1u);
}

TEST_F(JudgeOfContents, ARefusedResendLeavesTheFirstAttemptOpen) {
    const Message message = h.say(a(), 10);
    h.resend(message, 500);
    h.of(a()).rejected(message.row, ErrorCode::overloaded);
    h.deliver_to_all(message, q1, 600);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.indeterminate, 1u);
    EXPECT_EQ(judgement.totals.rejected, 0u);
}

TEST_F(JudgeOfContents, AnIndefiniteErrorLeavesTheOutcomeOpen) {
    const Message message = h.say(a(), 10);
    h.of(a()).rejected(message.row, ErrorCode::unknown_outcome);
    h.deliver_to_all(message, q1, 20);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.indeterminate, 1u);
}

TEST_F(JudgeOfContents, WhatWasNotTakenIsSentAgainUnderItsNewNumberAndKnownByIt) {
    HandHistory one{2, BackendAbilities{true, true, false, true}};  // no history: the ledger's word counts
    Message message = one.say(one.members[0], 10);
    one.of(message.sender).not_taken(message.row, one.at(20));
    EXPECT_EQ(one.of(message.sender).live().sent, 0u);
    message.number = 7;
    one.of(message.sender).attempted(message.row, message.number, one.at(30));
    one.ack(message, q1, 40);
    Message altered = message;
    altered.number = 8;
    one.deliver(one.members[1], altered, q1, 50);
    one.deliver(one.members[2], message, q1, 50);
    EXPECT_EQ(accused(one.judge()), "disagreement=1 ");
    one.of(message.sender).not_taken(message.row, one.at(60));  // too late: it was acknowledged
    EXPECT_EQ(one.of(message.sender).live().sent, 1u);
}

TEST_F(JudgeOfContents, AMessageThatWasNeverSentAndAppearsIsAPhantom) {
    Message message = h.intend(a(), 10);
    h.of(a()).body(message.row, 60, h.at(10), message.body);
    message.number = 1;
    h.deliver_to_all(message, q1, 20);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.phantom, 1u);
    EXPECT_EQ(judgement.totals.unsent, 1u);
}

TEST_F(JudgeOfContents, ABrokenMessageOfUnknownFateIsCorruptAndAnInventedOneIsAPhantom) {
    Message broken = h.say(a(), 10);
    broken.body.back() = broken.body.back() == 'x' ? 'y' : 'x';
    h.deliver_to_all(broken, q1, 20);
    EXPECT_EQ(accused(h.judge()), "corrupt=1 ");

    HandHistory other{2};
    const Message sound = other.talk(other.members[0], q1, 10);
    Message invented = sound;  // in the same name, under the same n, but the real one stands elsewhere
    invented.body = "never said";
    for (const DeviceIndex to : other.members) other.deliver(to, invented, q2, 40);
    EXPECT_EQ(other.judge().violations.phantom, 1u);
    EXPECT_EQ(other.judge().violations.corrupt, 0u);
}

TEST_F(JudgeOfContents, AStampOfAnotherConversationIsCorrupt) {
    Message message{a(), 0, 1, "", HandHistory::group};
    Stamp stamp;
    stamp.run = HandHistory::key().run;
    stamp.device = a();
    stamp.conversation = HandHistory::other;
    stamp.k = 1;
    append_stamped_body(message.body, stamp, 60, HandHistory::key().hash_key);
    h.deliver_to_all(message, q1, 20);
    EXPECT_EQ(accused(h.judge()), "corrupt=1 ");
}

TEST_F(JudgeOfContents, AnImpossibleNumberIsCorruptAndFillsNoMemory) {
    const Message message = h.say(a(), 10);
    h.deliver(b(), message, 4'000'000'000'000, 20);
    h.deliver(b(), message, 0, 20);
    h.ack(message, 4'000'000'000'000, 30);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.corrupt, 3u);
    EXPECT_EQ(judgement.violations.lost, 2u) << "acknowledged, and nowhere";
}

}  // namespace
}  // namespace hubbub
