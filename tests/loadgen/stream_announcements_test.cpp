// One stream whose server announces what it left out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/loadgen/stream_fixture.hpp"

namespace hubbub {
namespace {

class AnnouncedStream : public Stream {};

TEST_F(AnnouncedStream, AnAnnouncedRangeIsPagedAndNobodyIsAccused) {
    live(11);
    const StreamOutcome said = table.skipped(0, 12, 14, 0);
    expect_clean(said);
    EXPECT_EQ(said.announced, 3u);
    expect_clean(live(15));
    EXPECT_EQ(table.missing_from(0), 12u);
    for (const Seq32 q : {12u, 13u, 14u}) {
        const StreamOutcome read = page(q);
        expect_clean(read);
        EXPECT_TRUE(read.first_time);
    }
    EXPECT_EQ(table.anomaly(0), nullptr) << "in step again";
    EXPECT_TRUE(live(13).duplicate) << "it was said that it would not be pushed";
}

TEST_F(AnnouncedStream, WhatIsMissingBelowAnAnnouncementIsAGap) {
    live(11);
    const StreamOutcome said = table.skipped(0, 14, 15, 0);
    EXPECT_EQ(said.gaps, 2u);
    EXPECT_EQ(said.gap_at, 12u);
    EXPECT_EQ(said.announced, 2u);
    expect_clean(live(16));
    EXPECT_EQ(table.missing_from(0), 12u);
}

TEST_F(AnnouncedStream, AnAnnouncementOvertakesWhatWaitedBelowIt) {
    expect_clean(resent_ack(13));  // 11 and 12 may still come
    EXPECT_EQ(table.skipped(0, 14, 14, 0).gaps, 2u);
}

TEST_F(AnnouncedStream, AnAnnouncementOfWhatWaitedExcusesIt) {
    expect_clean(resent_ack(13));
    const StreamOutcome said = table.skipped(0, 11, 12, 0);
    expect_clean(said);
    EXPECT_EQ(said.announced, 2u);
    expect_clean(live(14));
    EXPECT_EQ(table.missing_from(0), 11u);
}

// ---- a catch-up that is slower than the drain has patience
TEST_F(AnnouncedStream, ACatchUpThatGoesOnAfterTheDrainLostPatienceKeepsItsPromise) {
    table.resumed(0, 11, 14, Follows::pushed);
    expect_clean(catch_up(11));
    expect_clean(table.overdue(0, 16, 0));
    EXPECT_EQ(missed(), 3u) << "as far as is known";
    for (const Seq32 q : {12u, 13u, 14u}) expect_clean(catch_up(q));
    EXPECT_EQ(missed(), 0u);
    expect_clean(live(15));
    expect_clean(live(16));
    EXPECT_EQ(table.missing_from(0), 17u);
}

TEST_F(AnnouncedStream, ACatchUpThatGoesOnAfterTheDrainLostPatienceMayStillLeaveNothingOut) {
    table.resumed(0, 11, 14, Follows::pushed);
    table.overdue(0, 14, 0);
    for (const Seq32 q : {11u, 12u, 14u}) expect_clean(catch_up(q));
    EXPECT_EQ(missed(), 1u);
    expect_clean(page(13));
    EXPECT_EQ(missed(), 1u);
}

TEST_F(AnnouncedStream, BehindACatchUpThatIsOverTheDrainLosesPatience) {
    table.resumed(0, 11, 12, Follows::pushed);
    expect_clean(catch_up(11));
    expect_clean(catch_up(12));
    EXPECT_EQ(table.overdue(0, 13, 0).gaps, 1u);
}

TEST_F(AnnouncedStream, AWideAnnouncementHidesNoDisorder) {
    expect_clean(table.skipped(0, 11, 100, 0));
    const StreamOutcome pushed = live(12);
    EXPECT_EQ(pushed.gaps, 1u);
    EXPECT_EQ(pushed.gap_at, 12u);
    EXPECT_EQ(pushed.healed, 1u);
    expect_clean(ack(13));
}

TEST_F(AnnouncedStream, AnAnnouncementOfWhatIsThereChangesNothing) {
    for (Seq32 q = 11; q <= 13; ++q) live(q);
    const StreamOutcome said = table.skipped(0, 12, 13, 0);
    expect_clean(said);
    EXPECT_EQ(said.announced, 0u);
    EXPECT_EQ(table.anomaly(0), nullptr);
}

TEST_F(AnnouncedStream, WhatAResumePromisedCannotBeSkipped) {
    table.resumed(0, 11, 13, Follows::pushed);
    catch_up(11);
    EXPECT_EQ(table.skipped(0, 12, 13, 0).announced, 0u);
    live(14);
    EXPECT_EQ(missed(), 2u);
}

TEST_F(AnnouncedStream, AnAnnouncementBehindACatchUpShowsWhatThatLeftOut) {
    table.resumed(0, 11, 13, Follows::pushed);
    catch_up(11);
    table.skipped(0, 14, 15, 0);
    EXPECT_EQ(missed(), 2u);
}

TEST_F(AnnouncedStream, AnnouncedEntriesComeByTheNextResumeAsIfTheyHadNeverBeenSpokenOf) {
    expect_clean(table.skipped(0, 11, 13, 0));
    table.disconnected(0);
    table.resumed(0, 11, 14, Follows::pushed);
    for (Seq32 q = 11; q <= 14; ++q) expect_clean(catch_up(q));
    EXPECT_EQ(missed(), 0u);
    EXPECT_EQ(table.anomaly(0), nullptr);
}

TEST_F(AnnouncedStream, AResumeOnTheSameConnectionPromisesWhatWasAnnounced) {
    expect_clean(table.skipped(0, 11, 13, 0));
    table.resumed(0, 11, 13, Follows::pushed);
    live(14);
    EXPECT_EQ(missed(), 3u);
    // The resume spoke last: it is not the announcement that this one breaks.
    EXPECT_EQ(live(12).gaps, 0u);
}

TEST_F(AnnouncedStream, AResumeOnTheSameConnectionMayPushWhatWasAnnounced) {
    expect_clean(table.skipped(0, 11, 13, 0));
    table.resumed(0, 11, 13, Follows::pushed);
    for (Seq32 q = 11; q <= 13; ++q) expect_clean(catch_up(q));
    EXPECT_EQ(missed(), 0u);
}

TEST_F(AnnouncedStream, AnAnnouncementBehindACatchUpShowsWhatThatDidNotRepeat) {
    live(12);
    live(13);
    table.disconnected(0);
    table.resumed(0, 11, 13, Follows::pushed);
    catch_up(11);
    table.skipped(0, 14, 15, 0);
    EXPECT_EQ(missed(), 2u);
}

TEST_F(AnnouncedStream, AnAnnouncementSpeaksOfItsOwnConnectionOnly) {
    expect_clean(table.skipped(0, 11, 13, 0));
    table.disconnected(0);
    expect_clean(live(12));
}

}  // namespace
}  // namespace hubbub
