// Faults of the target against a port that writes down what it is asked for.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "chaos/targets/registry.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

class TargetFaults : public ::testing::Test, public TargetControl {
  protected:
    bool kill() override { return noted("kill"); }
    bool lose_power() override { return noted("lose power"); }
    bool stop() override { return noted("stop"); }
    bool go_on() override { return noted("go on"); }
    bool drain() override { return noted("drain"); }
    bool start() override { return noted("start"); }
    bool disk(DiskDeed, bool on, Duration) override { return noted(on ? "break disk" : "mend disk"); }
    std::uint64_t disk_bites(DiskDeed) override { return 0; }
    bool jump(Duration, bool) override { return noted("jump"); }
    using Lines = std::vector<std::string>;
    Lines asked() { return std::exchange(asked_, {}); }

    const Time begin{5s};
    bool there = true;

  private:
    bool noted(const char* what) {
        asked_.emplace_back(what);
        return there;
    }
    Lines asked_;
};

TEST_F(TargetFaults, KillAndStartAgainAfterAWhile) {
    const auto deed = kill_fault.make({0, 0, 300});
    const Time next = deed->act(*this, begin);
    EXPECT_EQ(asked(), Lines{"kill"});
    EXPECT_EQ(next, begin + 300ms);
    EXPECT_EQ(deed->act(*this, next), never);
    EXPECT_EQ(asked(), Lines{"start"});
    EXPECT_EQ(deed->fired(), 1U);
    EXPECT_EQ(kill_fault.lasts({0, 0, 300}), 300ms);
}

TEST_F(TargetFaults, TermDrains) {
    const auto deed = kill_fault.make({0, 1, 0});
    EXPECT_EQ(deed->act(*this, begin), begin);
    EXPECT_EQ(asked(), Lines{"drain"});
}

TEST_F(TargetFaults, StopAndGoOn) {
    const auto deed = stop_fault.make({0, 2'000});
    EXPECT_EQ(deed->act(*this, begin), begin + 2s);
    EXPECT_EQ(deed->act(*this, begin + 2s), never);
    EXPECT_EQ(asked(), (Lines{"stop", "go on"}));
}

TEST_F(TargetFaults, LosePowerAndStart) {
    const auto deed = power_loss_fault.make({0, 100});
    (void)deed->act(*this, begin);
    (void)deed->act(*this, begin + 100ms);
    EXPECT_EQ(asked(), (Lines{"lose power", "start"}));
}

TEST_F(TargetFaults, HaveNotFiredWhereNobodyWasThere) {
    there = false;
    const auto deed = kill_fault.make({0, 0, 300});
    (void)deed->act(*this, begin);
    EXPECT_EQ(deed->fired(), 0U);
}

}  // namespace
}  // namespace hubbub
