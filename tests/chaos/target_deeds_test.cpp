// Faults of the target's disk and clocks: what they do through the port, and that being told is no bite.
#include <gtest/gtest.h>

#include "chaos/targets/registry.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

struct FakeTarget final : TargetControl {
    bool alive = true, full = false, day_alone = false;
    std::uint64_t bites = 3;  // of an earlier fault
    Duration jumped{};
    bool kill() override { return alive; }
    bool lose_power() override { return alive; }
    bool stop() override { return alive; }
    bool go_on() override { return alive; }
    bool drain() override { return alive; }
    bool disk(DiskDeed fault, bool on, Duration) override {
        if (fault == DiskDeed::full) full = alive && on;
        return alive;
    }
    std::uint64_t disk_bites(DiskDeed) override { return bites; }
    bool jump(Duration by, bool alone) override {
        jumped += by;
        day_alone = alone;
        return alive;
    }
    bool start() override { return true; }
};

FaultValues full_for(std::int64_t milliseconds) {
    return {static_cast<std::int64_t>(DiskDeed::full), milliseconds, 0};
}

TEST(DiskOfTheTarget, FailsForSoLongAndCountsWhatTheDiskDid) {
    FakeTarget target;
    const auto deed = disk_fault.make(full_for(2'000));
    EXPECT_EQ(deed->act(target, Time(1s)), Time(3s));
    EXPECT_TRUE(target.full);
    target.bites += 5;
    EXPECT_EQ(deed->act(target, Time(3s)), never);
    EXPECT_FALSE(target.full);
    EXPECT_EQ(deed->fired(), 5U);
}

TEST(DiskOfTheTarget, ThatNobodyWroteToHasShownNothing) {
    FakeTarget target;
    const auto deed = disk_fault.make(full_for(2'000));
    (void)deed->act(target, Time(1s));
    (void)deed->act(target, Time(3s));
    EXPECT_EQ(deed->fired(), 0U);
}

TEST(DiskOfTheTarget, OfATargetThatIsGoneCannotFail) {
    FakeTarget target;
    target.alive = false;
    const auto deed = disk_fault.make(full_for(2'000));
    EXPECT_EQ(deed->act(target, Time(1s)), never);
    EXPECT_EQ(deed->fired(), 0U);
}

TEST(ClocksOfTheTarget, JumpOnce) {
    FakeTarget target;
    const auto deed = clock_fault.make({30'000, 0, 0});
    EXPECT_EQ(deed->act(target, Time(1s)), never);
    EXPECT_EQ(target.jumped, Duration(30s));
    EXPECT_FALSE(target.day_alone);
    EXPECT_EQ(deed->fired(), 1U);
}

TEST(ClocksOfTheTarget, GoBackForTheDayAlone) {
    FakeTarget target;
    (void)clock_fault.make({30'000, 0, 1})->act(target, Time(1s));
    EXPECT_EQ(target.jumped, Duration(-30s));
    EXPECT_TRUE(target.day_alone);
}

}  // namespace
}  // namespace hubbub
