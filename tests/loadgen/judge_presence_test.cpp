// Presence by hand: two users who share a conversation, one watches the other; each story is told event by
// event, with beats of 1 s and a TTL of 3 s. So a farewell is due within 2 s, away within 4, silence within
// 5; what a prompt watcher was sent, it has seen after 1.5 s more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/loadgen/presence_story.hpp"

namespace hubbub {
namespace {

TEST_F(JudgePresence, AcceptsAWatcherThatSeesWhatIs) {
    live(ann, 200, 20'000);
    live(bob(), 200, 20'000);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_THAT(judgement.not_checked, testing::Not(testing::Contains("presence")));
}

TEST_F(JudgePresence, CondemnsAFalseOfflineOnce) {
    live(ann, 200, 20'000);
    live(bob(), 200, 20'000);
    told(offline, 8000);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "presence=1 ");
    EXPECT_EQ(why(judgement), "sees offline whose signs of life arrived in time");
    EXPECT_EQ(judgement.evidence.front().sender, "u1");
    EXPECT_EQ(judgement.evidence.front().receiver, "u0");
}

TEST_F(JudgePresence, CondemnsASightThatStaysWrongOnlyOnce) {
    live(ann, 200, 20'000);
    live(bob(), 200, 20'000);
    told(offline, 8000);
    wish(online, 11'000, 11'010);  // said again: what was certain begins anew
    EXPECT_EQ(accused(judge()), "presence=1 ");
}

TEST_F(JudgePresence, ClaimsNothingOfALinkThatEndedBehindAnUnansweredFrameAfterAReturn) {
    live(ann, 200, 20'000);
    live(bob(), 200, 4000);
    leave(bob(), 4500);
    told(offline, 5600);
    greet(bob(), 7000);
    wish(online, 7050, 7060);
    live(bob(), 7100, 10'300);
    told(online, 7100);
    last_said_[bob().value] = 10'400;
    lost(bob(), 10'500);
    EXPECT_EQ(accused(judge()), "");
}

TEST_F(JudgePresence, CondemnsAFalseAwayThatIsTakenBackBeforeTheNextPing) {
    live(ann, 200, 20'000);
    live(bob(), 200, 20'000);
    told(away, 8100);
    told(online, 8200);
    EXPECT_EQ(accused(judge()), "presence=1 ");
}

TEST_F(JudgePresence, BelievesAnAwayWhileThePongsAreLate) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6000);
    live(bob(), 6800, 12'000, 1900);  // the way took so long that the beats may have come too late
    live(bob(), 12'800, 20'000);
    told(away, 9000);
    told(online, 12'900);
    EXPECT_EQ(accused(judge()), "");
}

TEST_F(JudgePresence, BelievesAnAwayAfterBeatsThatWereNotSaid) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6000);
    live(bob(), 9200, 20'000);
    told(away, 8000);
    told(online, 9300);
    EXPECT_EQ(accused(judge()), "");
}

TEST_F(JudgePresence, ForgivesAWatcherWhoseOwnLinkIsSlow) {
    live(ann, 200, 6000);
    live(ann, 6900, 20'000, 900);
    live(bob(), 200, 20'000);
    told(offline, 8000);  // who knows when that was sent
    EXPECT_EQ(accused(judge()), "");
}

TEST_F(JudgePresence, CondemnsANoticeAboutSomebodyWhoIsNotWatched) {
    live(ann, 200, 20'000);
    live(bob(), 200, 20'000);
    book(0).told_a_stranger(ann, UserIndex{1}, at(5000));
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "presence=1 ");
    EXPECT_EQ(why(judgement), "was told of somebody whom it does not watch");
}

TEST_F(JudgePresence, MeasuresAFarewellFromItsFrame) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6000);
    leave(bob(), 6500);
    told(offline, 7600);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(latency(judgement, "kind=graceful").count(), 1U);
    EXPECT_NEAR(latency(judgement, "kind=graceful").max() / 1e6, 1.1, 0.02);
    EXPECT_EQ(latency(judgement, "phase=steady").count(), 1U);
    EXPECT_EQ(latency(judgement, "kind=silent").count(), 0U);
}

TEST_F(JudgePresence, CondemnsAFarewellThatIsToldTooLate) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6000);
    leave(bob(), 6500);
    told(offline, 6520 + 2000 + 1500 + 1000);  // the bound, the way, and a beat for the watcher's next ping
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "presence=1 ");
    EXPECT_EQ(why(judgement), "sees online who was silent, hidden or gone for long");
    EXPECT_EQ(latency(judgement, "kind=graceful").count(), 1U);
}

TEST_F(JudgePresence, CondemnsAFarewellThatIsNeverToldAndCountsItAsMissing) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6000);
    leave(bob(), 6500);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "presence=1 ");
    EXPECT_EQ(latency(judgement, "kind=graceful").missing(), 1U);
}

TEST_F(JudgePresence, AFarewellThatMayHaveBeenLostCountsAsSilence) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6000);
    lost(bob(), 6500, true);  // nobody answered it
    told(offline, 6500 + 3000 + 1900);
    EXPECT_EQ(accused(judge()), "");
}

TEST_F(JudgePresence, ComingBackAtOnceMayHideAFarewell) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6000);
    leave(bob(), 6500);
    greet(bob(), 7200);
    wish(online, 7250, 7260);
    live(bob(), 7300, 20'000);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(latency(judgement, "kind=graceful").missing(), 0U);
}

TEST_F(JudgePresence, AWatcherWhoseLinkBrokeIsOwedNothing) {
    live(ann, 200, 7000);
    live(bob(), 200, 6000);
    leave(bob(), 6500);
    lost(ann, 7500);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(latency(judgement, "").missing(), 0U);
}

TEST_F(JudgePresence, AWatchThatCameAfterTheEventIsShownTheStateAndMeasuredByNothing) {
    live(bob(), 200, 4000);
    leave(bob(), 4500);
    lost(ann, 1000);
    greet(ann, 8000);
    live(ann, 8100, 20'000);
    watching(8100);
    told(offline, 8105);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(latency(judgement, "").count() + latency(judgement, "").missing(), 0U);
}

TEST_F(JudgePresence, CondemnsAWatchThatWasGrantedAndShowsNothing) {
    live(bob(), 200, 20'000);
    lost(ann, 1000);
    greet(ann, 2000);
    live(ann, 2100, 20'000);
    watching(2100);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "presence=1 ");
    EXPECT_EQ(why(judgement), "was told nothing of a user that it watches");
}

TEST_F(JudgePresence, MeasuresADeviceThatFallsSilentAsAwayAndThenAsSilent) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6600);
    lost(bob(), 9700);  // the server gave it up
    told(away, 6600 + 2100);
    told(offline, 6600 + 3100);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_NEAR(latency(judgement, "kind=away").max() / 1e6, 2.1, 0.03);
    EXPECT_NEAR(latency(judgement, "kind=silent").max() / 1e6, 3.1, 0.05);
}

TEST_F(JudgePresence, CondemnsASilenceThatIsNeverTold) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6600);
    lost(bob(), 9700);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "presence=1 ");
    EXPECT_EQ(latency(judgement, "kind=away").missing(), 1U);
    EXPECT_EQ(latency(judgement, "kind=silent").missing(), 1U);
}

TEST_F(JudgePresence, CondemnsWhoStaysAwayThatIsGone) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6600);
    lost(bob(), 9700);
    told(away, 6600 + 2100);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "presence=1 ");
    EXPECT_EQ(why(judgement), "sees away who has been offline for long");
}

TEST_F(JudgePresence, ADeviceThatBeatsTooSeldomIsAwayBetweenItsBeats) {
    live(ann, 200, 20'000);
    live(bob(), 200, 12'800, 20, 2500);
    for (int beat = 200; beat < 12'700; beat += 2500) {
        told(away, beat + 2050);
        told(online, beat + 2550);
    }
    lost(bob(), 15'820);
    told(away, 12'700 + 2050);
    told(offline, 12'700 + 3050);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(latency(judgement, "kind=away").count(), 6U);
    EXPECT_EQ(latency(judgement, "kind=silent").count(), 1U);
}

TEST_F(JudgePresence, WhatAnUnansweredFrameLeavesOpenIsNotClaimed) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6600);
    last_said_[bob().value] = 7000;  // a message, after the last answered ping
    lost(bob(), 9700);
    EXPECT_EQ(accused(judge()), "");
}

TEST_F(JudgePresence, MeasuresWishesAndCondemnsThoseThatAreNotSeen) {
    live(ann, 200, 20'000);
    live(bob(), 200, 20'000);
    wish(away, 5000, 5010);
    told(away, 5020);
    wish(online, 9000, 9010);
    told(online, 10'030);
    wish(invisible, 14'000, 14'010);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "presence=1 ");
    EXPECT_EQ(latency(judgement, "kind=away").count(), 1U);
    EXPECT_EQ(latency(judgement, "kind=graceful").missing(), 1U);
}

TEST_F(JudgePresence, AWishWithoutAnAnswerIsUnknown) {
    live(ann, 200, 20'000);
    live(bob(), 200, 20'000);
    wish(away, 5000, 0);
    told(away, 9000);
    EXPECT_EQ(accused(judge()), "");
}

// A server that died may have forgotten what it granted: only a link that outlived the grant vouches for it.
TEST_F(JudgePresence, AWishOfAnOlderLinkIsUnknown) {
    live(ann, 200, 20'000);
    live(bob(), 200, 4000);
    wish(invisible, 4100, 4110);
    told(offline, 4120);
    lost(bob(), 4200);
    greet(bob(), 4300);
    live(bob(), 4400, 20'000);
    told(online, 9000);
    EXPECT_EQ(accused(judge()), "");
}

TEST_F(JudgePresence, WhatIsStillUnderWayAtTheEndIsNotJudged) {
    live(ann, 200, 9000);
    live(bob(), 200, 6000);
    leave(bob(), 6500);
    EXPECT_EQ(accused(judge(9000)), "");
}

TEST_F(JudgePresence, IsNotCheckedWhereNoWatcherCouldBeHeldToAnything) {
    live(ann, 200, 2000);
    live(bob(), 200, 2000);
    EXPECT_THAT(judge(2500).not_checked, testing::Contains("presence"));
}

TEST_F(JudgePresence, IsNotCheckedWhereTheBackendDoesNotShowIt) {
    abilities_.presence = false;
    live(ann, 200, 20'000);
    live(bob(), 200, 20'000);
    told(offline, 8000);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_THAT(judgement.not_checked, testing::Contains("presence"));
    EXPECT_EQ(cannot_expect(*plan_->scenario, abilities_).size(), 1U);
    EXPECT_TRUE(cannot_expect(*plan_->scenario, {}).empty());
}

TEST_F(JudgePresenceOfDevices, OneDeviceThatLivesKeepsItsUserOnline) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6000);
    leave(bob(), 6500);
    live(bob2(), 200, 20'000);
    EXPECT_EQ(accused(judge()), "");
}

TEST_F(JudgePresenceOfDevices, CondemnsAnOfflineOfWhomOneDeviceIsThere) {
    live(ann, 200, 20'000);
    live(bob(), 200, 6000);
    leave(bob(), 6500);
    live(bob2(), 200, 20'000);
    told(offline, 9900);
    EXPECT_EQ(accused(judge()), "presence=1 ");
}

TEST_F(JudgePresenceOfDevices, TheLastOneThatLeavesMakesItOffline) {
    live(ann, 200, 20'000);
    live(bob(), 200, 4000);
    leave(bob(), 4500);
    live(bob2(), 200, 6000);
    leave(bob2(), 6500);
    told(offline, 7600);
    const Judgement judgement = judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(latency(judgement, "kind=graceful").count(), 1U);
    EXPECT_NEAR(latency(judgement, "kind=graceful").max() / 1e6, 1.1, 0.02);
}

}  // namespace
}  // namespace hubbub
