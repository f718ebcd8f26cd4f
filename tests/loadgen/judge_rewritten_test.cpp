// Logs that lost or rewrote what they had.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfRewrittenLogs = test::JudgeCase;

TEST_F(JudgeOfRewrittenLogs, ALogThatLostItsTailAndWentOnIsLossAndNoEpochFault) {
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

TEST_F(JudgeOfRewrittenLogs, AfterAResetAReceiverHoldsOnlyWhatItSaw) {
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

TEST_F(JudgeOfRewrittenLogs, AnAckThatNamesAnothersPlaceIsAHistoryFault) {
    const Message first = h.talk(a(), q1, 10);
    const Message second = h.say(b(), 20);
    h.ack(second, q1, 30);  // where the first stands; the log has it at q2
    h.deliver(a(), second, q2, 40);
    h.deliver(c(), second, q2, 40);
    h.audit({h.entry_of(first, q1), h.entry_of(second, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "history=1 ");
}

TEST_F(JudgeOfRewrittenLogs, AnAckedMessageInWhosePlaceTheHistoryShowsAnotherIsLost) {
    const Message first = h.say(a(), 10), second = h.say(b(), 20);
    h.ack(first, q1, 30);
    h.ack(second, q1, 30);
    for (const DeviceIndex to : {a(), c()}) h.deliver(to, second, q1, 40);
    h.audit({h.entry_of(second, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.lost, 2u);
    EXPECT_EQ(judgement.violations.history, 1u);
}

TEST_F(JudgeOfRewrittenLogs, AReaderFarBehindIsSentToThePagesOfTheNewLogAndNobodyIsAccusedForIt) {
    const Message kept = h.talk(a(), q1, 10);
    const Message gone = h.talk(a(), q2, 20);
    for (const DeviceIndex d : {a(), b()}) {
        h.resumed(d, q2, ResumeStatus::reset, 1, q1, 4);
        h.deliver(d, kept, q1, 2050, ArrivedBy::catch_up);
    }
    const Message anew = h.say(b(), 2100), next = h.say(b(), 2110);
    h.ack(anew, q2, 2110);
    h.ack(next, q3, 2120);
    h.deliver(a(), anew, q2, 2120);
    h.deliver(a(), next, q3, 2130);
    // c was away all the while: the log has outgrown what it held, and holds another entry at q2.
    h.resumed(c(), q2, ResumeStatus::too_old, 1, q3, 4);
    EXPECT_EQ(h.of(c()).position(h.stream(c())).sequence, HandHistory::base) << "all is to be read again";
    h.page(c(), kept, q1, 2200);
    h.page(c(), anew, q2, 2210);
    h.page(c(), next, q3, 2220);
    EXPECT_EQ(h.of(c()).position(h.stream(c())).sequence, q3);
    h.audit({h.entry_of(kept, q1), h.entry_of(anew, q2), h.entry_of(next, q3)}, q3);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.resume, 0u);
    EXPECT_EQ(judgement.violations.lost, 0u) << "everybody saw everything, the lost one too";
    EXPECT_EQ(judgement.violations.history, 1u) << gone.body;
    EXPECT_EQ(judgement.violations.gap_live + judgement.violations.duplicate_raw, 0u);
}

TEST_F(JudgeOfRewrittenLogs, WhatAReaderHeldOfTheOldLogDoesNotStandForTheNewOne) {
    for (const bool cut : {true, false}) {
        HandHistory one{2};
        const DeviceIndex talker = one.members[0], other = one.members[1], away = one.members[2];
        const Message kept = one.talk(talker, q1, 10);
        one.talk(talker, q2, 20);  // seen by all, then gone
        for (const DeviceIndex d : {talker, other}) {
            one.resumed(d, q2, ResumeStatus::reset, 1, q1, 4);
            one.deliver(d, kept, q1, 2050, ArrivedBy::catch_up);
        }
        const Message anew = one.say(other, 2100);
        one.ack(anew, q2, 2110);
        one.deliver(talker, anew, q2, 2120);
        // `away` is pushed the new log, but q2 of it never reaches it.
        one.resumed(away, q2, ResumeStatus::reset, 1, q2, 4);
        one.deliver(away, kept, q1, 2130, ArrivedBy::catch_up);
        if (cut) {
            one.of(away).disconnected(away);
            EXPECT_EQ(one.of(away).position(one.stream(away)).sequence, q1) << "the rest is asked for again";
            one.resumed(away, q1, ResumeStatus::ok, q2, q2, 4, 4);
            one.deliver(away, anew, q2, 2140, ArrivedBy::catch_up);
        }
        one.audit({one.entry_of(kept, q1), one.entry_of(anew, q2)}, q2);
        const Judgement judgement = one.judge();
        EXPECT_EQ(judgement.violations.lost, cut ? 0u : 1u);
        EXPECT_EQ(judgement.violations.resume, cut ? 0u : 1u) << "announced, and left out";
    }
}

TEST_F(JudgeOfRewrittenLogs, ASendersOwnCopyDoesNotStandForAnothersDelivery) {
    const Message kept = h.say(a(), 10);
    h.ack(kept, q1, 15);
    h.deliver(b(), kept, q1, 20);  // c never gets it
    h.talk(a(), q2, 30);           // seen by all, then gone
    for (const DeviceIndex d : {a(), b()}) {
        h.resumed(d, q2, ResumeStatus::reset, 1, q1, 4);
        h.deliver(d, kept, q1, 2050, ArrivedBy::catch_up);
    }
    h.audit({h.entry_of(kept, q1)}, q1);
    EXPECT_EQ(h.judge().violations.lost, 1u);
}

TEST_F(JudgeOfRewrittenLogs, AHoleThatTheResetFoundIsADeliveryWhenItIsFilled) {
    // c holds q2 and not q1 when the log is found to have lost q2 and gone on.
    const Message first = h.say(a(), 10), gone = h.say(b(), 20);
    h.ack(first, q1, 15);
    h.deliver(b(), first, q1, 20);
    h.ack(gone, q2, 30);
    h.deliver(a(), gone, q2, 35);
    h.resumed(c(), HandHistory::base, ResumeStatus::too_old, q1, q1);
    h.deliver(c(), gone, q2, 2010);  // live; q1 is to be paged, and the link breaks before
    for (const DeviceIndex d : h.members)
        h.resumed(d, d == c() ? HandHistory::base : q2, ResumeStatus::reset, 1, q1, 4);
    for (const DeviceIndex d : h.members) h.deliver(d, first, q1, 2050, ArrivedBy::catch_up);
    h.audit({h.entry_of(first, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.lost, 0u);
    EXPECT_EQ(judgement.violations.resume, 0u);
    EXPECT_EQ(judgement.totals.missing, 0u);
}

// ---- whoever could not be brought back

TEST_F(JudgeOfRewrittenLogs, WhatAnUnreachableDeviceIsOwedIsUnverifiedAfterARewindToo) {
    for (const bool reachable : {true, false}) {
        for (const bool rewound_itself : {true, false}) {
            HandHistory one{2};
            const DeviceIndex talker = one.members[0], other = one.members[1], gone = one.members[2];
            const Message kept = one.talk(talker, q1, 10);
            one.talk(talker, q2, 20);  // seen by all, then lost
            for (const DeviceIndex d : one.members) {
                if (d == gone && !rewound_itself) continue;
                one.resumed(d, q2, ResumeStatus::reset, 1, q1, 4);
                one.deliver(d, kept, q1, 2050, ArrivedBy::catch_up);
            }
            const Message anew = one.say(talker, 2100);
            one.ack(anew, q2, 2110);
            one.deliver(other, anew, q2, 2120);  // the third never gets it
            if (!reachable) one.of(gone).unreachable(gone);
            one.audit({one.entry_of(kept, q1), one.entry_of(anew, q2)}, q2);
            const Judgement judgement = one.judge();
            EXPECT_EQ(judgement.violations.lost, reachable ? 1u : 0u) << rewound_itself;
            EXPECT_EQ(judgement.totals.unverified, reachable ? 0u : 1u) << rewound_itself;
            EXPECT_EQ(judgement.totals.missing, 1u);
        }
    }
}

TEST_F(JudgeOfRewrittenLogs, AnUnreachableDeviceThatHoldsTheMessageExcusesNobodyElse) {
    const Message kept = h.say(a(), 10);
    h.ack(kept, q1, 15);
    h.deliver(c(), kept, q1, 20);  // b never gets it
    h.talk(a(), q2, 30);           // seen by all, then gone
    h.resumed(a(), q2, ResumeStatus::reset, 1, q1, 4);
    h.deliver(a(), kept, q1, 2050, ArrivedBy::catch_up);
    h.of(c()).unreachable(c());
    h.audit({h.entry_of(kept, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.lost, 1u) << "b's";
    EXPECT_EQ(judgement.totals.unverified, 0u);
}

}  // namespace
}  // namespace hubbub
