// What a resume must answer.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfResumes = test::JudgeCase;

TEST_F(JudgeOfResumes, AnotherEpochAlthoughNothingWasLostIsAFaultOnce) {
    const Message message = h.talk(a(), q1, 10);
    h.resumed(b(), q1, ResumeStatus::reset, 1, q1, 9);
    h.deliver(b(), message, q1, 2050, ArrivedBy::catch_up);
    h.resumed(b(), q1, ResumeStatus::reset, 1, q1, HandHistory::epoch, 9);  // back to the first: no news
    h.deliver(b(), message, q1, 2060, ArrivedBy::catch_up);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "resume=1 ");
}

TEST_F(JudgeOfResumes, AResetUnderTheSameEpochIsAFault) {
    const Message message = h.talk(a(), q1, 10);
    h.resumed(b(), q1, ResumeStatus::reset, 1, q1);
    h.deliver(b(), message, q1, 2050, ArrivedBy::catch_up);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "resume=1 ");
}

TEST_F(JudgeOfResumes, ARefusedMemberIsAFault) {
    const Message message = h.talk(a(), q1, 10);
    h.resumed(b(), q1, ResumeStatus::forbidden, 0, 0);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "resume=1 ");
}

TEST_F(JudgeOfResumes, AnotherEpochInAConversationThatNobodyReadIsNotAccused) {
    const Message message = h.talk(a(), q1, 10);
    h.resumed(b(), q1, ResumeStatus::reset, 1, q1, 9);
    h.deliver(b(), message, q1, 2050, ArrivedBy::catch_up);
    h.of(a()).audit_failed(HandHistory::group);
    EXPECT_EQ(accused(h.judge()), "");
}

TEST_F(JudgeOfResumes, AHeadBelowTheClientsIsAFaultOnceUnlessSomethingWasLost) {
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

TEST_F(JudgeOfResumes, APromiseThatADisconnectCutOffIsNotBroken) {
    const Message message = h.say(a(), 10);
    h.ack(message, q1, 15);
    h.deliver(c(), message, q1, 20);
    h.resumed(b(), HandHistory::base, ResumeStatus::ok, q1, q1);
    h.of(b()).disconnected(b());
    h.of(b()).unreachable(b());
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "");
}

TEST_F(JudgeOfResumes, ACatchUpThatStartsTooLateIsAFault) {
    const Message first = h.talk(a(), q1, 10);
    const Message second = h.say(a(), 40);
    h.ack(second, q2, 45);
    h.deliver(c(), second, q2, 50);
    h.resumed(b(), q1, ResumeStatus::ok, q3, q2);
    h.audit({h.entry_of(first, q1), h.entry_of(second, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "lost=1 resume=1 ");
}

TEST_F(JudgeOfResumes, APromisedEntryThatNeverCameIsAFaultOnlyIfItExists) {
    const Message message = h.say(a(), 10);
    h.ack(message, q1, 15);
    h.deliver(c(), message, q1, 20);
    h.resumed(b(), HandHistory::base, ResumeStatus::ok, q1, q2);  // q2 exists nowhere
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "lost=1 resume=1 ");
}

// ---- a log that begins anew: reset, or too_old where it is too long to be pushed

TEST_F(JudgeOfResumes, ALongResetUnderAnotherEpochIsOneFaultIfNothingWasLostAndItsStartIsNone) {
    const Message message = h.talk(a(), q1, 10), second = h.talk(a(), q2, 40);
    h.resumed(b(), q1, ResumeStatus::too_old, 1, q2, 9);
    for (const auto& [q, one] : {std::pair{q1, message}, {q2, second}}) h.page(b(), one, q, 2050);
    h.audit({h.entry_of(message, q1), h.entry_of(second, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "resume=1 ") << "the epoch; not the start";
}

TEST_F(JudgeOfResumes, ALogThatBeginsAnewMustBeginAtItsBeginning) {
    for (const ResumeStatus status : {ResumeStatus::reset, ResumeStatus::too_old}) {
        for (const Epoch answered : {HandHistory::epoch, HandHistory::epoch + 1}) {
            // b holds two of three; the log lost all of them and has one.
            HandHistory one{2};
            const DeviceIndex sender = one.members[0], reader = one.members[1];
            one.talk(sender, q1, 10);
            one.talk(sender, q2, 20);
            one.resumed(reader, q2, status, q2, q1, answered);
            EXPECT_EQ(one.of(reader).live().resume, 1u) << "from is q2, above the first entry";
            one.resumed(reader, q2, status, q1 - 3, q1, answered);
            EXPECT_EQ(one.of(reader).live().resume, 1u) << "the member's own first entry";
        }
    }
}

TEST_F(JudgeOfResumes, WhatIsTooOldAndNoMoreMustStartAfterTheEntryThatWasNamed) {
    h.talk(a(), q1, 10);
    h.talk(a(), q2, 40);
    h.resumed(b(), q1, ResumeStatus::too_old, 1, q2);
    EXPECT_EQ(h.of(b()).live().resume, 1u) << "the same epoch, a position within the log";
    h.resumed(b(), q1, ResumeStatus::too_old, q2, q2);
    EXPECT_EQ(h.of(b()).live().resume, 1u);
}

TEST_F(JudgeOfResumes, AnotherEpochMayNotPassForOk) {
    const Message kept = h.talk(a(), q1, 10);
    h.talk(a(), q2, 20);  // gone
    for (const DeviceIndex d : {a(), c()}) {
        h.resumed(d, q2, ResumeStatus::reset, 1, q1, 4);
        h.deliver(d, kept, q1, 2050, ArrivedBy::catch_up);
    }
    h.resumed(b(), q1, ResumeStatus::ok, q2, q1, 4);
    h.audit({h.entry_of(kept, q1)}, q1);
    EXPECT_EQ(h.judge().violations.resume, 1u) << "b was not told that its log is another now";
}

}  // namespace
}  // namespace hubbub
