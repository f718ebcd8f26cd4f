// What was told of receipts, against what was said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/loadgen/receipts_story.hpp"

namespace hubbub {
namespace {

using testing::Contains;
using testing::Not;

using namespace test::judge_case;
INSTANTIATE_TEST_SUITE_P(Workers, JudgeOfReceipts, testing::Values(1U, 4U));

TEST_P(JudgeOfReceipts, WhatIsToldAsItWasSaidIsNotAccused) {
    h.says(a(), q2, q1, 10);
    h.hears(b(), a(), q2, q1, 200);
    h.hears(c(), a(), q2, q1, 201);
    h.says(a(), q3, q3, 400);
    h.hears(b(), a(), q3, q2, 600);  // what comes together may be told in parts
    h.hears(b(), a(), q3, q3, 800);
    h.reads_list(a(), {{a(), q3, q3}}, {q3, q3}, 900);
    h.reads_list(b(), {{a(), q3, q3}}, {}, 900);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.unverified, 0U);
    EXPECT_THAT(judgement.not_checked, Not(Contains("receipts")));
}

TEST_P(JudgeOfReceipts, WhatWasSaidOnALinkThatDiedMayBeTold) {
    h.says(a(), q2, q2, 10);
    h.of(a()).disconnected(a());
    h.hears(b(), a(), q2, q2, 200);
    EXPECT_EQ(h.accused(), "");
}

TEST_P(JudgeOfReceipts, WhatAnEarlierRunMayHaveSaidIsToldUpToWhereThisOneBegan) {
    for (const DeviceIndex member : h.members)
        h.book(member).said_before(h.stream(member), HandHistory::base);
    h.hears(b(), a(), HandHistory::base, HandHistory::base, 10);
    h.says(a(), q1, 0, 20);
    h.hears(b(), a(), q1, HandHistory::base, 200);
    EXPECT_EQ(h.accused(), "");
    h.hears(b(), a(), q1, q1, 400);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, ADeliveredWatermarkThatFallsIsAccused) {
    h.says(a(), q3, q1, 10);
    h.hears(b(), a(), q3, q1, 200);
    h.hears(b(), a(), q2, q1, 400);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, AReadWatermarkThatFallsIsAccusedOnceAtItsReceiver) {
    h.says(a(), q3, q3, 10);
    h.hears(b(), a(), q3, q3, 200);
    h.hears(c(), a(), q3, q2, 200);  // its first, so it fell for nobody
    h.hears(b(), a(), q3, q2, 400);
    h.hears(b(), a(), q3, q3, 600);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "receipts=1 ");
    EXPECT_EQ(judgement.evidence.at(0).receiver, h.plan().label(b()));
    EXPECT_EQ(judgement.evidence.at(0).sender, h.plan().label(a()));
    EXPECT_EQ(judgement.evidence.at(0).sequence, q2);
}

TEST_P(JudgeOfReceipts, WhoReadHasReceived) {
    h.says(a(), q2, q2, 10);
    h.hears(b(), a(), q1, q2, 200);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, WhatNobodyEverSaidIsAccused) {
    h.says(a(), q2, q1, 10);
    h.hears(b(), a(), q2, q2, 200);  // received, not read
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, WhatIsDeliveredToNobodyIsAccused) {
    h.says(a(), q1, 0, 10);
    h.hears(b(), a(), q2, 0, 200);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, TooHighAndThenRightIsOneWrong) {
    h.says(a(), q1, q1, 10);
    h.hears(b(), a(), q1 + 100, q1 + 100, 200);
    h.hears(b(), a(), q1, q1, 400);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, TooHighAndThenListedRightIsOneWrong) {
    h.says(a(), q1, q1, 10);
    h.hears(b(), a(), q1 + 100, q1 + 100, 200);
    h.reads_list(b(), {{a(), q1, q1}}, {}, 900);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, ReceiptsOfWhoIsNoMemberAreAccused) {
    h.hears(b(), h.stranger, q1, q1, 200);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, AtAStrangerTheyAreALeak) {
    h.book(h.stranger).told_to_stranger(h.stranger, h.at(200));
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "leaked=1 ");
    EXPECT_EQ(judgement.evidence.at(0).receiver, h.plan().label(h.stranger));
}

TEST_P(JudgeOfReceipts, WhatWasSaidBeforeTheQuestionMustBeListed) {
    h.says(a(), q3, q2, 10);
    h.reads_list(a(), {{a(), q3, q1}}, {q3, q2}, 900);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, AMissingLineIsTheLowestOne) {
    h.says(a(), q3, q2, 10);
    h.reads_list(a(), {}, {q3, q2}, 900);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, AListBelowWhatWasToldIsAccused) {
    h.says(a(), q3, q2, 10);
    h.hears(b(), a(), q3, q2, 200);
    h.reads_list(b(), {{a(), q2, q2}}, {}, 900);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, AListAboveWhatWasSaidIsAccused) {
    h.says(a(), q1, q1, 10);
    h.reads_list(b(), {{a(), q2, q1}}, {}, 900);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, ANoticeThatWasOnItsWayWhenTheListCameMayBeLower) {
    h.says(a(), q3, q3, 10);
    h.reads_list(b(), {{a(), q3, q3}}, {}, 900);
    h.hears(b(), a(), q3, q2, 901);
    EXPECT_EQ(h.accused(), "");
}

TEST_P(JudgeOfReceipts, WhereTheLogBeganAnewTheyMayFall) {
    h.says(a(), q3, q3, 10);
    h.hears(b(), a(), q3, q3, 200);
    h.counts(b(), q1, 2, 1, 200);
    h.resumed(b(), q3, ResumeStatus::reset, 1, HandHistory::base, HandHistory::epoch + 1);
    h.hears(b(), a(), q1, q1, 3000);
    h.counts(b(), q1, 0, 0, 3000);
    // The reset and the counts of an entry that nobody sent are this story's price, no more.
    const auto receipts = h.judge().violations.receipts;
    EXPECT_EQ(receipts, 1U);
}

// A server may still hold a notice for a session that has taken another's place.
TEST_P(JudgeOfReceipts, OnANewConnectionWhatWasOnItsWayMayBeLower) {
    h.says(a(), q3, q3, 10);
    h.hears(b(), a(), q3, q3, 200);
    h.resumed(b(), HandHistory::base, ResumeStatus::ok, HandHistory::base + 1, HandHistory::base);
    h.book(b()).connected(b());
    h.hears(b(), a(), q1, q1, 3000);
    h.hears(b(), a(), q2, q1, 3001);
    EXPECT_EQ(h.accused(), "");
}

TEST_P(JudgeOfReceipts, OnANewConnectionTheyMayNotFallOnceTheyHaveComeUpAgain) {
    h.says(a(), q3, q3, 10);
    h.hears(b(), a(), q3, q3, 200);
    h.book(b()).connected(b());
    h.hears(b(), a(), q3, q3, 3000);
    h.hears(b(), a(), q3, q2, 3001);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, AListMayNotLieBelowWhatWasToldOnAnyConnection) {
    h.says(a(), q3, q3, 10);
    h.hears(b(), a(), q3, q3, 200);
    h.book(b()).connected(b());
    h.hears(b(), a(), q2, q2, 3000);
    h.reads_list(b(), {{a(), q2, q2}}, {}, 3001);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

// A target that tells slow readers only how it stands last puts the news in the place of what is old.
TEST_P(JudgeOfReceipts, AListMayBeOlderThanWhatWasToldAfterItWasAskedFor) {
    h.says(a(), q3, q3, 100);
    h.hears(b(), a(), q1, q1, 150);
    h.book(b()).asks(h.stream(b()));
    h.hears(b(), a(), q3, q3, 160);
    h.reads_list(b(), {{a(), q3, q2}}, {}, 200);
    EXPECT_EQ(h.accused(), "");
}

TEST_P(JudgeOfReceipts, AFallWhileAListIsUnderWayCountsOnce) {
    h.says(a(), q3, q3, 100);
    h.hears(b(), a(), q3, q3, 150);
    h.book(b()).asks(h.stream(b()));
    h.hears(b(), a(), q1, q1, 160);
    h.reads_list(b(), {{a(), q1, q1}}, {}, 200);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceipts, AListMustShowWhatWasToldBeforeItWasAskedFor) {
    h.says(a(), q3, q3, 100);
    h.hears(b(), a(), q2, q2, 150);
    h.book(b()).asks(h.stream(b()));
    h.hears(b(), a(), q3, q3, 160);
    h.reads_list(b(), {{a(), q3, q1}}, {}, 200);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

// One wrong is one count: what was on its way when the list was made comes behind it, and lies below it.
TEST_P(JudgeOfReceipts, ANoticeBehindAListThatFellIsNotAccusedAgain) {
    h.says(a(), q2, q2, 10);
    h.hears(b(), a(), q2, q2, 100);
    h.says(a(), q3, q3, 110);
    h.hears(b(), a(), q3 + 1000, q3 + 1000, 150);
    h.reads_list(b(), {{a(), q3, q3}}, {}, 200);
    h.hears(b(), a(), q2, q2, 201);
    h.hears(b(), a(), q3, q3, 202);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

}  // namespace
}  // namespace hubbub
