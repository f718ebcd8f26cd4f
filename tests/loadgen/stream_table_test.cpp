// One stream, every way in which an entry can come, stay away, come late or come again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/loadgen/stream_fixture.hpp"

namespace hubbub {
namespace {

TEST_F(Stream, InStepOwnsNoAnomaly) {
    for (Seq32 q = 11; q < 20; ++q) {
        const StreamOutcome outcome = q % 3 == 0 ? ack(q) : live(q);
        expect_clean(outcome);
        EXPECT_TRUE(outcome.first_time);
        EXPECT_EQ(outcome.step, StreamStep::in_step);
    }
    EXPECT_EQ(table.next(0), 20u);
    EXPECT_EQ(table.anomaly(0), nullptr);
}

TEST_F(Stream, AnOvertakenEntryIsAGapAndComesLate) {
    live(11);
    const StreamOutcome jump = live(14);
    EXPECT_EQ(jump.gaps, 2u);
    EXPECT_EQ(jump.gap_at, 12u);
    EXPECT_EQ(jump.step, StreamStep::gap);
    EXPECT_EQ(table.missing_from(0), 12u);
    expect_clean(live(15));
    EXPECT_EQ(live(13).healed, 1u);
    EXPECT_EQ(page(12).healed, 1u);
    EXPECT_EQ(table.missing_from(0), 16u);
}

TEST_F(Stream, TheSameEntryTwiceIsADuplicate) {
    live(11);
    live(12);
    const StreamOutcome again = live(11);
    EXPECT_TRUE(again.duplicate);
    EXPECT_FALSE(again.first_time);
    EXPECT_EQ(again.step, StreamStep::repeated);
    EXPECT_TRUE(live(base).duplicate) << "what the device had before the load is a duplicate too";
}

TEST_F(Stream, ThePushOfAPagedEntryIsExcusedOnce) {
    live(11);
    live(15);
    for (const Seq32 q : {12u, 13u, 14u}) EXPECT_EQ(page(q).healed, 1u);
    for (const Seq32 q : {13u, 12u, 14u}) EXPECT_FALSE(live(q).duplicate);
    for (const Seq32 q : {12u, 13u, 14u}) EXPECT_TRUE(live(q).duplicate);
    EXPECT_EQ(table.anomaly(0), nullptr) << "in step again";
}

TEST_F(Stream, ReadingAPageTwiceIsNobodysFault) {
    live(12);
    EXPECT_EQ(page(11).healed, 1u);
    expect_clean(page(11));
    expect_clean(page(12));
}

TEST_F(Stream, APageAheadOfTheStreamDoesNotStandForThePush) {
    const StreamOutcome outcome = page(11);
    EXPECT_FALSE(outcome.first_time);
    EXPECT_EQ(table.next(0), 11u);
}

TEST_F(Stream, AJumpIsToleratedWhileOwnSendsAreUnanswered) {
    expect_clean(live(12, 5));
    expect_clean(ack(13, 5));
    EXPECT_EQ(table.missing_from(0), 11u);
    expect_clean(resent_ack(11));
    EXPECT_EQ(table.missing_from(0), 14u);
}

TEST_F(Stream, WhatOwnSendsDoNotExplainIsAGapWhenTheyAreAnswered) {
    live(13, 5);
    expect_clean(resent_ack(11));
    expect_clean(table.own_answered(0, 5));
    const StreamOutcome judged = table.own_answered(0, 6);
    EXPECT_EQ(judged.gaps, 1u);
    EXPECT_EQ(judged.gap_at, 12u);
    EXPECT_EQ(judged.step, StreamStep::gap);
}

TEST_F(Stream, AnothersEntryInAToleratedHoleHadBeenOvertakenAfterAll) {
    live(12, 5);
    const StreamOutcome late = live(11, 5);
    EXPECT_EQ(late.gaps, 1u);
    EXPECT_EQ(late.healed, 1u);
}

TEST_F(Stream, OwnCopyOutOfACatchUpFillsAToleratedHole) {
    live(12, 5);
    table.disconnected(0);
    table.resumed(0, 11, 12, Follows::pushed);
    expect_clean(catch_up(11, true));
    expect_clean(catch_up(12));
    EXPECT_EQ(table.anomaly(0), nullptr);
}

TEST_F(Stream, AResumeBringsWhatADisconnectCutOff) {
    live(11);
    table.disconnected(0);
    table.resumed(0, 12, 14, Follows::pushed);
    EXPECT_EQ(table.missing_from(0), 12u);
    for (const Seq32 q : {12u, 13u, 14u}) {
        const StreamOutcome outcome = catch_up(q);
        expect_clean(outcome);
        EXPECT_TRUE(outcome.first_time);
    }
    expect_clean(live(15));
    EXPECT_EQ(missed(), 0u);
    EXPECT_EQ(table.anomaly(0), nullptr);
}

TEST_F(Stream, WhatTheOverlapRepeatsIsExcusedOnce) {
    live(11);
    live(13);  // 12 is overtaken
    table.disconnected(0);
    table.resumed(0, 12, 14, Follows::pushed);
    EXPECT_EQ(catch_up(12).healed, 1u);
    expect_clean(catch_up(13));
    EXPECT_TRUE(catch_up(13).duplicate);
    expect_clean(catch_up(14));
    EXPECT_TRUE(live(14).duplicate);
}

TEST_F(Stream, AnEntryBelowTheAnnouncedStartIsADuplicate) {
    live(11);
    table.disconnected(0);
    table.resumed(0, 12, 13, Follows::pushed);
    EXPECT_TRUE(catch_up(11).duplicate);
    expect_clean(catch_up(12));
}

TEST_F(Stream, APromisedEntryThatTheCatchUpSkipsIsMissedAndNoGap) {
    table.resumed(0, 11, 13, Follows::pushed);
    catch_up(11);
    const StreamOutcome after = catch_up(13);
    EXPECT_EQ(after.gaps, 0u);
    EXPECT_EQ(after.step, StreamStep::gap) << "it is to be paged";
    EXPECT_EQ(missed(), 1u);
    expect_clean(live(14));
    EXPECT_EQ(missed(), 1u);
    expect_clean(page(12));
}

TEST_F(Stream, APromisedLastEntryIsMissedAtTheNextLiveOne) {
    table.resumed(0, 11, 12, Follows::pushed);
    catch_up(11);
    EXPECT_EQ(missed(), 0u);
    EXPECT_EQ(live(13).gaps, 0u);
    EXPECT_EQ(missed(), 1u);
}

TEST_F(Stream, APromiseThatADisconnectCutOffIsNotMissed) {
    table.resumed(0, 11, 13, Follows::pushed);
    catch_up(11);
    table.disconnected(0);
    table.resumed(0, 12, 14, Follows::pushed);
    for (const Seq32 q : {12u, 13u, 14u}) expect_clean(catch_up(q));
    EXPECT_EQ(missed(), 0u);
}

TEST_F(Stream, WhatACatchUpLeavesOutIsMissedEvenIfItWasKnown) {
    for (const Seq32 q : {12u, 13u, 15u, 16u, 17u}) live(q);  // 11 and 14 are overtaken
    table.disconnected(0);
    table.resumed(0, 11, 18, Follows::pushed);
    catch_up(11);
    EXPECT_EQ(missed(), 0u);
    catch_up(17);  // 12, 13, 15 and 16 known, 14 not
    EXPECT_EQ(missed(), 5u);
    live(19);  // 18 not known
    EXPECT_EQ(missed(), 6u);
}

TEST_F(Stream, AnOldGapThatTheResumeSkipsAgainIsMissedToo) {
    live(12);
    table.disconnected(0);
    table.resumed(0, 11, 13, Follows::pushed);
    catch_up(12);
    EXPECT_EQ(missed(), 1u);
    catch_up(13);
    EXPECT_EQ(missed(), 1u);
    EXPECT_EQ(table.missing_from(0), 11u);
}

TEST_F(Stream, TooOldLeavesTheRestToPages) {
    table.resumed(0, 11, 13, Follows::paged);
    EXPECT_EQ(table.missing_from(0), 11u);
    expect_clean(live(14));
    for (const Seq32 q : {11u, 12u, 13u}) {
        const StreamOutcome outcome = page(q);
        expect_clean(outcome);
        EXPECT_TRUE(outcome.first_time);
    }
    EXPECT_EQ(missed(), 0u);
    EXPECT_EQ(table.missing_from(0), 15u);
}

TEST_F(Stream, TheAnswerToAResendMayRunAheadOfTheCatchUp) {
    table.resumed(0, 11, 13, Follows::pushed);
    expect_clean(resent_ack(12));
    expect_clean(catch_up(11));
    expect_clean(catch_up(12, true));
    expect_clean(catch_up(13));
    expect_clean(resent_ack(15));
    expect_clean(live(14));
    expect_clean(live(16));
    EXPECT_EQ(missed(), 0u);
}

TEST_F(Stream, WhatAResentAnswerSkippedAndALiveEntryOvertakesIsAGap) {
    expect_clean(resent_ack(12));
    EXPECT_EQ(live(13).gaps, 1u);
}

TEST_F(Stream, AResetThatLosesTheTailMovesTheStreamBack) {
    for (Seq32 q = 11; q <= 15; ++q) live(q);
    table.disconnected(0);
    table.resumed(0, 1, 12, Follows::pushed);
    EXPECT_EQ(table.missing_from(0), 13u);
    for (Seq32 q = 1; q <= 12; ++q) expect_clean(catch_up(q));
    const StreamOutcome other = live(13);
    expect_clean(other);
    EXPECT_FALSE(other.first_time) << "the stream held another 13 before";
    for (Seq32 q = 14; q <= 15; ++q) EXPECT_FALSE(live(q).first_time);
    EXPECT_TRUE(live(16).first_time);
}

TEST_F(Stream, AHoleInALostTailIsNoPositionAnyMore) {
    for (const Seq32 q : {11u, 12u, 14u, 16u}) live(q);  // 13 and 15 are overtaken
    table.disconnected(0);
    table.resumed(0, 1, 13, Follows::pushed);
    EXPECT_EQ(table.missing_from(0), 13u) << "the hole below the new head stays";
    catch_up(13);
    for (Seq32 q = 14; q <= 16; ++q) live(q);
    EXPECT_EQ(table.missing_from(0), 17u);
}

TEST_F(Stream, TheNextLiveEntryEndsTheOverlap) {
    live(11);
    live(13);  // 12 is overtaken
    table.disconnected(0);
    table.resumed(0, 12, 13, Follows::pushed);
    catch_up(12);
    live(14);  // 13 was promised, and is known
    EXPECT_EQ(missed(), 1u);
    live(15);
    EXPECT_EQ(missed(), 1u) << "accused once";
    EXPECT_TRUE(live(13).duplicate);
}

TEST_F(Stream, WhatIsOverdueOnAnOpenConnectionIsAGap) {
    live(11);
    const StreamOutcome late = table.overdue(0, 13, 0);
    EXPECT_EQ(late.gaps, 2u);
    EXPECT_EQ(table.overdue(0, 13, 0).gaps, 0u) << "accused once";
    table.resumed(0, 12, 13, Follows::pushed);
    EXPECT_EQ(catch_up(12).healed, 1u);
    EXPECT_EQ(catch_up(13).healed, 1u);
    EXPECT_EQ(table.anomaly(0), nullptr);
}

TEST_F(Stream, NothingIsOverdueInStep) {
    live(11);
    EXPECT_EQ(table.overdue(0, 11, 0).gaps, 0u);
    EXPECT_EQ(table.anomaly(0), nullptr);
}

TEST_F(Stream, EveryMissingRangeIsVisited) {
    live(13);
    live(15);
    std::vector<std::pair<Seq32, Seq32>> seen;
    table.for_each_missing(0, 18, [&](SeqRange range) { seen.emplace_back(range.first, range.last); });
    EXPECT_EQ(seen, (std::vector<std::pair<Seq32, Seq32>>{{11, 12}, {14, 14}, {16, 18}}));
    seen.clear();
    table.for_each_missing(0, 11, [&](SeqRange range) { seen.emplace_back(range.first, range.last); });
    EXPECT_EQ(seen, (std::vector<std::pair<Seq32, Seq32>>{{11, 11}}));
}

}  // namespace
}  // namespace hubbub
