// Single stories, each told event by event, for what whole histories meet rarely or never.
#include <gmock/gmock.h>

#include "hand_history.hpp"

namespace hubbub {
namespace {

using test::HandHistory;
using Message = HandHistory::Message;

constexpr Sequence q1 = HandHistory::base + 1, q2 = q1 + 1, q3 = q1 + 2, q4 = q1 + 3;

std::string accused(const Judgement& judgement) {
    std::string out;
    for (const auto& [name, count] : by_name(judgement.violations))
        if (count > 0) out += name + "=" + std::to_string(count) + " ";
    return out;
}

class JudgeCase : public testing::Test {
  protected:
    DeviceIndex a() { return h.members[0]; }
    DeviceIndex b() { return h.members[1]; }
    DeviceIndex c() { return h.members[2]; }
    HandHistory h{2};
};

TEST_F(JudgeCase, APeacefulConversationIsAccusedOfNothing) {
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

// ---- acknowledged without a position

TEST_F(JudgeCase, TakenLongAgoIsFoundByItsStamp) {
    const Message message = h.say(a(), 10);
    h.deliver_to_all(message, q1, 20);
    h.of(a()).acked_unknown(message.row, h.at(30));
    h.audit({h.entry_of(message, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.acked, 1u);
    EXPECT_EQ(judgement.totals.delivered, 2u);
}

TEST_F(JudgeCase, TakenLongAgoAndNowhereIsLost) {
    h.of(a()).acked_unknown(h.say(a(), 10).row, h.at(30));
    h.audit({}, HandHistory::base);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "lost=2 history=1 ");
    EXPECT_EQ(judgement.totals.missing, 2u);
}

TEST_F(JudgeCase, TakenLongAgoAndMissedByOneIsLostOnce) {
    const Message message = h.say(a(), 10);
    h.deliver(b(), message, q1, 20);
    h.of(a()).acked_unknown(message.row, h.at(30));
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "lost=1 ");
}

TEST_F(JudgeCase, TwoAcksUnderTwoNumbersAreADuplicate) {
    const Message message = h.talk(a(), q1, 10);
    h.ack(message, q2, 40, true);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(h.judge().violations.duplicate, 1u);
}

TEST_F(JudgeCase, TheSameAckTwiceIsHarmless) {
    const Message message = h.talk(a(), q1, 10);
    h.ack(message, q1, 40, true);
    h.audit({h.entry_of(message, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.acked, 1u);
    EXPECT_EQ(judgement.latency.at({"ack", ""}).count(), 1u);
}

// ---- incomplete evidence

TEST_F(JudgeCase, WhatAnUnreachableDeviceIsOwedIsUnverifiedAndStillMissing) {
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

TEST_F(JudgeCase, WithoutADrainNothingIsLostAndNothingIsProven) {
    const Message message = h.say(a(), 10);
    h.ack(message, q1, 15);
    h.deliver(b(), message, q1, 30);  // to c it was on the way when the run was broken off
    const Judgement judgement = h.judge(false);
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.unverified, 2u) << "one delivery, and one history that nobody read";
    EXPECT_EQ(judgement.totals.missing, 1u);
}

TEST_F(JudgeCase, AHistoryThatNobodyCouldReadIsUnverified) {
    h.talk(a(), q1, 10);
    h.of(a()).audit_failed(HandHistory::group);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.unverified, 1u);
}

TEST_F(JudgeCase, ARefusedReaderFoundAnEmptyHistory) {
    h.talk(a(), q1, 10);
    h.audit({}, 0);
    EXPECT_EQ(accused(h.judge()), "history=1 ");
}

// ---- phantoms and corruption

TEST_F(JudgeCase, AnotherRunsMessageIsForeign) {
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

TEST_F(JudgeCase, ARejectedMessageThatAppearsIsAPhantom) {
    const Message message = h.say(a(), 10);
    h.of(a()).rejected(message.row, ErrorCode::forbidden);
    h.deliver_to_all(message, q1, 20);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.phantom, 1u);
    EXPECT_EQ(judgement.totals.rejected, 1u);
}

TEST_F(JudgeCase, ARefusedResendLeavesTheFirstAttemptOpen) {
    const Message message = h.say(a(), 10);
    h.resend(message, 500);
    h.of(a()).rejected(message.row, ErrorCode::overloaded);
    h.deliver_to_all(message, q1, 600);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.indeterminate, 1u);
    EXPECT_EQ(judgement.totals.rejected, 0u);
}

TEST_F(JudgeCase, AnIndefiniteErrorLeavesTheOutcomeOpen) {
    const Message message = h.say(a(), 10);
    h.of(a()).rejected(message.row, ErrorCode::unknown_outcome);
    h.deliver_to_all(message, q1, 20);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.indeterminate, 1u);
}

TEST_F(JudgeCase, WhatWasNotTakenIsSentAgainUnderItsNewNumberAndKnownByIt) {
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

TEST_F(JudgeCase, AMessageThatWasNeverSentAndAppearsIsAPhantom) {
    Message message = h.intend(a(), 10);
    h.of(a()).body(message.row, 60, h.at(10), message.body);
    message.number = 1;
    h.deliver_to_all(message, q1, 20);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.phantom, 1u);
    EXPECT_EQ(judgement.totals.unsent, 1u);
}

TEST_F(JudgeCase, ABrokenMessageOfUnknownFateIsCorruptAndAnInventedOneIsAPhantom) {
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

TEST_F(JudgeCase, AStampOfAnotherConversationIsCorrupt) {
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

TEST_F(JudgeCase, AnImpossibleNumberIsCorruptAndFillsNoMemory) {
    const Message message = h.say(a(), 10);
    h.deliver(b(), message, 4'000'000'000'000, 20);
    h.deliver(b(), message, 0, 20);
    h.ack(message, 4'000'000'000'000, 30);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.corrupt, 3u);
    EXPECT_EQ(judgement.violations.lost, 2u) << "acknowledged, and nowhere";
}

// ---- order

TEST_F(JudgeCase, AnUnansweredMessageThatShowsUpCountsForTheOrder) {
    const Message first = h.say(a(), 10), second = h.say(a(), 20);
    h.ack(second, q1, 30);
    h.deliver_to_all(second, q1, 40);
    h.deliver_to_all(first, q2, 50);
    EXPECT_EQ(h.judge().violations.order, 1u);
}

TEST_F(JudgeCase, OneSwapIsOneInversion) {
    const Message first = h.say(a(), 10), second = h.say(a(), 20), third = h.say(a(), 30);
    h.ack(second, q1, 40);
    h.ack(first, q2, 40);
    h.ack(third, q3, 40);
    h.deliver_to_all(second, q1, 50);
    h.deliver_to_all(first, q2, 50);
    h.deliver_to_all(third, q3, 50);
    h.audit({h.entry_of(second, q1), h.entry_of(first, q2), h.entry_of(third, q3)}, q3);
    EXPECT_EQ(accused(h.judge()), "order=1 ");
}

TEST_F(JudgeCase, TwoDevicesHaveNoOrderBetweenThem) {
    const Message early = h.say(b(), 10), late = h.say(a(), 20);
    h.ack(late, q1, 30);
    h.deliver_to_all(late, q1, 40);
    h.ack(early, q2, 50);
    h.deliver_to_all(early, q2, 60);
    h.audit({h.entry_of(late, q1), h.entry_of(early, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "");
}

TEST_F(JudgeCase, AnAnswerBeforeItsQuestionBreaksCausality) {
    for (const bool answered_first : {true, false}) {
        HandHistory one{2};
        const DeviceIndex asker = one.members[0], answerer = one.members[1];
        const Message question = one.say(asker, 10);
        Message answer = one.say(answerer, 20);
        Stamp stamp = read_stamp(answer.body, HandHistory::key().run, HandHistory::key().hash_key).stamp;
        stamp.parent_device = asker;
        stamp.parent_k = 1;
        answer.body.clear();
        append_stamped_body(answer.body, stamp, 60, HandHistory::key().hash_key);
        const Sequence question_at = answered_first ? q2 : q1, answer_at = answered_first ? q1 : q2;
        for (const Sequence q : {q1, q2})
            for (const DeviceIndex to : one.members)
                one.deliver(to, q == question_at ? question : answer, q, 30);
        EXPECT_EQ(one.judge().violations.causality, answered_first ? 1u : 0u);
        EXPECT_EQ(question_at < answer_at, !answered_first);
    }
}

// ---- the log rewritten

TEST_F(JudgeCase, ALogThatLostItsTailAndWentOnIsLossAndNoEpochFault) {
    const Message kept = h.talk(a(), q1, 10);
    const Message gone = h.say(a(), 20);
    h.ack(gone, q2, 25);
    h.deliver(b(), gone, q2, 30);  // c never got it
    for (const DeviceIndex d : h.members) h.resumed(d, d == c() ? q1 : q2, ResumeStatus::reset, 1, q1, 4);
    for (const DeviceIndex d : h.members) h.deliver(d, kept, q1, 2050, ArrivedBy::catch_up);
    const Message anew = h.say(b(), 2100);
    h.ack(anew, q2, 2110);
    h.deliver(a(), anew, q2, 2120);
    h.deliver(c(), anew, q2, 2120);
    h.audit({h.entry_of(kept, q1), h.entry_of(anew, q2)}, q2);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.lost, 1u) << "the lost message at c; b saw it before it went";
    EXPECT_EQ(judgement.violations.history, 1u);
    EXPECT_EQ(judgement.violations.resume, 0u) << "the epoch had to change";
    EXPECT_GE(judgement.violations.disagreement, 1u);
}

TEST_F(JudgeCase, AfterAResetAReceiverHoldsOnlyWhatItSaw) {
    const Message kept = h.say(a(), 10);
    h.ack(kept, q1, 15);
    h.deliver(b(), kept, q1, 20);  // c never gets it
    h.talk(a(), q2, 30);           // seen by all, then gone
    for (const DeviceIndex d : h.members) h.resumed(d, d == c() ? q1 - 1 : q2, ResumeStatus::reset, 1, q1, 4);
    h.audit({h.entry_of(kept, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.lost, 1u);
    EXPECT_EQ(judgement.violations.history, 1u);
}

TEST_F(JudgeCase, AnAckThatNamesAnothersPlaceIsAHistoryFault) {
    const Message first = h.talk(a(), q1, 10);
    const Message second = h.say(b(), 20);
    h.ack(second, q1, 30);  // where the first stands; the log has it at q2
    h.deliver(a(), second, q2, 40);
    h.deliver(c(), second, q2, 40);
    h.audit({h.entry_of(first, q1), h.entry_of(second, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "history=1 ");
}

TEST_F(JudgeCase, AnAckedMessageInWhosePlaceTheHistoryShowsAnotherIsLost) {
    const Message first = h.say(a(), 10), second = h.say(b(), 20);
    h.ack(first, q1, 30);
    h.ack(second, q1, 30);
    for (const DeviceIndex to : {a(), c()}) h.deliver(to, second, q1, 40);
    h.audit({h.entry_of(second, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.lost, 2u);
    EXPECT_EQ(judgement.violations.history, 1u);
}

// ---- resumes

TEST_F(JudgeCase, AnotherEpochAlthoughNothingWasLostIsAFaultOnce) {
    const Message message = h.talk(a(), q1, 10);
    h.resumed(b(), q1, ResumeStatus::reset, 1, q1, 9);
    h.resumed(b(), q1, ResumeStatus::reset, 1, q1, HandHistory::epoch, 9);  // back to the first: no news
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "resume=1 ");
}

TEST_F(JudgeCase, AResetUnderTheSameEpochIsAFault) {
    const Message message = h.talk(a(), q1, 10);
    h.resumed(b(), q1, ResumeStatus::reset, 1, q1);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "resume=1 ");
}

TEST_F(JudgeCase, ARefusedMemberIsAFault) {
    const Message message = h.talk(a(), q1, 10);
    h.resumed(b(), q1, ResumeStatus::forbidden, 0, 0);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "resume=1 ");
}

TEST_F(JudgeCase, AnotherEpochInAConversationThatNobodyReadIsNotAccused) {
    h.talk(a(), q1, 10);
    h.resumed(b(), q1, ResumeStatus::reset, 1, q1, 9);
    h.of(a()).audit_failed(HandHistory::group);
    EXPECT_EQ(accused(h.judge()), "");
}

TEST_F(JudgeCase, AHeadBelowTheClientsIsAFaultOnceUnlessSomethingWasLost) {
    for (const bool is_lost : {false, true}) {
        HandHistory one{2};
        const Message first = one.talk(one.members[0], q1, 10), second = one.talk(one.members[0], q2, 40);
        one.resumed(one.members[1], q2, ResumeStatus::ok, q3, q1);
        std::vector<Entry> history = {one.entry_of(first, q1)};
        if (!is_lost) history.push_back(one.entry_of(second, q2));
        one.audit(history, q1);
        EXPECT_EQ(one.judge().violations.resume, is_lost ? 0u : 1u);
    }
}

TEST_F(JudgeCase, APromiseThatADisconnectCutOffIsNotBroken) {
    const Message message = h.say(a(), 10);
    h.ack(message, q1, 15);
    h.deliver(c(), message, q1, 20);
    h.resumed(b(), HandHistory::base, ResumeStatus::ok, q1, q1);
    h.of(b()).disconnected(b());
    h.of(b()).unreachable(b());
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "");
}

TEST_F(JudgeCase, ACatchUpThatStartsTooLateIsAFault) {
    const Message first = h.talk(a(), q1, 10);
    const Message second = h.say(a(), 40);
    h.ack(second, q2, 45);
    h.deliver(c(), second, q2, 50);
    h.resumed(b(), q1, ResumeStatus::ok, q3, q2);
    h.audit({h.entry_of(first, q1), h.entry_of(second, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "lost=1 resume=1 ");
}

TEST_F(JudgeCase, APromisedEntryThatNeverCameIsAFaultOnlyIfItExists) {
    const Message message = h.say(a(), 10);
    h.ack(message, q1, 15);
    h.deliver(c(), message, q1, 20);
    h.resumed(b(), HandHistory::base, ResumeStatus::ok, q1, q2);  // q2 exists nowhere
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "lost=1 resume=1 ");
}

// ---- holes that own sends could explain

TEST_F(JudgeCase, AHoleBesideAnUnansweredSendIsJudgedByTheLog) {
    const auto story = [](bool anothers_entry, bool own_entry) {
        HandHistory one{2};
        const DeviceIndex sender = one.members[0], talker = one.members[1], third = one.members[2];
        const Message mine = one.say(sender, 10);  // never answered
        const Message hidden = one.say(talker, 15), seen = one.say(talker, 20);
        std::vector<Entry> history;
        if (own_entry) history.push_back(one.entry_of(mine, q1));
        if (anothers_entry) history.push_back(one.entry_of(hidden, q1));
        if (!history.empty()) one.deliver(third, history[0], 25);
        one.deliver(sender, seen, q2, 30);
        one.deliver(third, seen, q2, 30);
        history.push_back(one.entry_of(seen, q2));
        one.audit(history, q2);
        const Judgement judgement = one.judge();
        const auto of_sender = [&](const Evidence& e) {
            return e.kind == "gap_live" && e.receiver == one.plan().user_name(one.plan().user_of(sender));
        };
        return std::count_if(judgement.evidence.begin(), judgement.evidence.end(), of_sender);
    };
    EXPECT_EQ(story(false, true), 0) << "its own send stands there";
    EXPECT_EQ(story(true, false), 1) << "another's entry was overtaken";
    EXPECT_EQ(story(false, false), 1) << "nothing stands there: the number was burned";
}

TEST_F(JudgeCase, WhatTheAnswersDoNotExplainIsAGapAtOnce) {
    const Message mine = h.say(a(), 10), hidden = h.say(b(), 15), seen = h.say(b(), 20);
    h.deliver(a(), seen, q2, 30);
    EXPECT_EQ(h.of(a()).live().gap_live, 0u) << "the own send may stand at q1";
    EXPECT_EQ(h.ack(mine, q3, 40), StreamStep::gap);
    EXPECT_EQ(h.of(a()).live().gap_live, 1u);
    EXPECT_EQ(h.of(a()).missing_from(h.stream(a())), q1);
    h.of(a()).repaired(h.stream(a()), h.of(a()).examine(h.entry_of(hidden, q1), HandHistory::group),
                       h.at(50));
    EXPECT_EQ(h.of(a()).live().gap_healed, 1u);
}

TEST_F(JudgeCase, AnothersMessageInTheOwnNameIsNotTheOwn) {
    h.say(a(), 10);  // unanswered: it may stand at q1
    const Message seen = h.say(b(), 20);
    Message stolen = h.say(b(), 15);
    stolen.sender = a();  // b's stamp under a's name
    h.deliver(a(), seen, q2, 30);
    h.deliver(a(), stolen, q1, 40);
    EXPECT_EQ(h.of(a()).live().gap_live, 1u) << "it was overtaken";
}

// ---- history

TEST_F(JudgeCase, WhatTheServersOwnHeadPromisesMustBeInTheHistory) {
    const Message message = h.talk(a(), q1, 10);
    h.audit({h.entry_of(message, q1)}, q3);
    EXPECT_EQ(accused(h.judge()), "history=2 ");
}

TEST_F(JudgeCase, WhatWasDeliveredBeforeTheAuditMustBeInTheHistory) {
    const Message message = h.talk(a(), q1, 10);
    const Message unanswered = h.say(b(), 30);
    h.deliver(a(), unanswered, q2, 40);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "history=1 ");
}

TEST_F(JudgeCase, WhatCameAfterTheAuditNeedNotBeInIt) {
    const Message message = h.talk(a(), q1, 10);
    h.audit({h.entry_of(message, q1)}, q1);
    h.talk(b(), q2, 3000);
    EXPECT_EQ(accused(h.judge()), "");
}

// ---- agreement

TEST_F(JudgeCase, WithoutAHistoryTheLedgerSaysWhoIsRight) {
    HandHistory one{2, BackendAbilities{true, true, false, true}};
    const Message first = one.talk(one.members[0], q1, 10);
    const Message second = one.say(one.members[0], 40);
    one.ack(second, q2, 45);
    one.deliver(one.members[1], first, q2, 50);  // the content of the entry before
    one.deliver(one.members[2], second, q2, 50);
    const Judgement judgement = one.judge();
    EXPECT_EQ(accused(judgement), "disagreement=1 ");
    EXPECT_THAT(judgement.not_checked, testing::Contains("history"));
    EXPECT_EQ(judgement.totals.unverified, 0u);
}

TEST_F(JudgeCase, TheHistorysWordIsTheLast) {
    const Message message = h.talk(a(), q1, 10);
    Message rewritten = message;
    ++rewritten.number;  // the same message, but not what anybody saw or sent
    h.audit({h.entry_of(rewritten, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "disagreement=2 ");
}

TEST_F(JudgeCase, APageThatContradictsThePushIsADisagreement) {
    const Message first = h.talk(a(), q1, 10), second = h.talk(a(), q2, 40);
    h.of(b()).repaired(h.stream(b()), h.of(b()).examine(h.entry_of(second, q1), HandHistory::group),
                       h.at(60));
    h.audit({h.entry_of(first, q1), h.entry_of(second, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "disagreement=1 ");
}

// ---- leaks

TEST_F(JudgeCase, AStrangersEntryIsALeakAtOnce) {
    const Message message = h.talk(a(), q1, 10);
    Checker& checker = h.of(h.stranger);
    checker.received_by_stranger(h.stranger, checker.examine(h.entry_of(message, q1), HandHistory::group),
                                 h.at(30));
    EXPECT_EQ(checker.live().leaked, 1u);
    h.audit({h.entry_of(message, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "leaked=1 ");
    EXPECT_EQ(judgement.evidence.at(0).receiver, "u" + std::to_string(h.stranger.value));
}

}  // namespace
}  // namespace hubbub
