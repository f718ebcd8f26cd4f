// Cursors: where a device stood when it last said so, for one that comes back without memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"
#include "tests/refserver/resume_fixture.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Cursors : Resuming {
    void cursor(Epoch epoch, Sequence delivered) {
        world.put(keys::cursor("ann", "d", c), encode(Cursor{epoch, delivered}));
    }
    ResumedPosition resume_by_cursors() {
        ann.connect(0);
        ann.say(Resume{{}, true, true});
        return first_answer();
    }
};

TEST_F(Cursors, ADeviceWithoutMemoryGoesOnWhereItStood) {
    say(4);
    cursor(1, 3);
    const ResumedPosition answer = resume_by_cursors();
    EXPECT_EQ(answer.status, ResumeStatus::ok);
    EXPECT_EQ(answer.from, 4U);
    EXPECT_THAT(ann.stream(c), ElementsAre(4U, 5U));
    say(1);
    EXPECT_THAT(ann.stream(c), ElementsAre(4U, 5U, 6U));
}

TEST_F(Cursors, OneThatNeverSaidWhereItStandsBeginsWhereItsUserJoined) {
    say(2);
    const ResumedPosition answer = resume_by_cursors();
    EXPECT_EQ(answer.status, ResumeStatus::ok);
    EXPECT_THAT(ann.stream(c), ElementsAre(1U, 2U, 3U));
}

TEST_F(Cursors, OfAnotherEpochAreReset) {
    say(2);
    cursor(7, 3);
    EXPECT_EQ(resume_by_cursors().status, ResumeStatus::reset);
    EXPECT_THAT(ann.stream(c), ElementsAre(1U, 2U, 3U));
}

TEST_F(Cursors, OfLongAgoAreTooOldAndNamePages) {
    say(limits::catch_up_entries_max + 10);
    cursor(1, 1);
    const ResumedPosition answer = resume_by_cursors();
    EXPECT_EQ(answer.status, ResumeStatus::too_old);
    EXPECT_EQ(answer.from, 2U);
    EXPECT_THAT(ann.stream(c), IsEmpty());
    say(1);
    EXPECT_THAT(ann.stream(c), ElementsAre(answer.head + 1));
}

TEST_F(Cursors, MoreThanOneAnswerHoldsComesInParts) {
    const std::string large(16'000, 'x');
    say(40, large);
    const ResumedPosition answer = resume_by_cursors();
    EXPECT_EQ(answer.from, 1U);
    EXPECT_THAT(ann.stream(c), SizeIs(41));
    say(1);
    EXPECT_THAT(ann.stream(c), SizeIs(42));
}

TEST_F(Cursors, RiseWithWhatTheDeviceSaysItHas) {
    say(4);
    ann.connect(0);
    ann.resume({});
    ann.say(Receipt{c, 3, 0});
    ann.say(Receipt{c, 2, 0});  // late, and lower
    world.pass(limits::receipt_window * 2);
    ann.reset();
    ann.forget();
    world.settle();
    EXPECT_EQ(resume_by_cursors().from, 4U);
    EXPECT_THAT(ann.stream(c), ElementsAre(4U, 5U));
}

TEST_F(Cursors, DoNotRiseWithWhatWasReadElsewhereNorAboveTheLog) {
    say(4);
    ann.connect(0);
    ann.resume({});
    ann.say(Receipt{c, 2, 5});
    ann.say(Receipt{c, 0, 5});
    world.pass(limits::receipt_window * 2);
    ann.reset();
    ann.forget();
    world.settle();
    EXPECT_EQ(resume_by_cursors().from, 3U);
    ann.say(Receipt{c, 1'000, 0});
    world.pass(limits::receipt_window * 2);
    ann.reset();
    ann.forget();
    world.settle();
    EXPECT_EQ(resume_by_cursors().from, 6U);
}

TEST_F(Cursors, WhatWasNamedDoesNotComeTwice) {
    say(3);
    cursor(1, 1);
    ann.connect(0);
    ann.say(Resume{{{c, 1, 3}}, true, true});
    world.settle();
    EXPECT_THAT(ann.stream(c), ElementsAre(4U));
    say(1);
    EXPECT_THAT(ann.stream(c), ElementsAre(4U, 5U));
}

}  // namespace
}  // namespace hubbub::testing
