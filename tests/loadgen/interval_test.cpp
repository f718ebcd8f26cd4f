// The interval of a percentile: none without enough seconds, and honest coverage with them.
#include <gtest/gtest.h>

#include <cmath>

#include "base/random.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub {
namespace {

using Seconds = std::map<std::uint32_t, Histogram>;

TEST(PercentileInterval, NeedsTwentySeconds) {
    Seconds seconds;
    for (std::uint32_t s = 0; s < 19; ++s) seconds[s].record(1000);
    EXPECT_FALSE(percentile_interval(seconds, 99, 1));
    seconds[19].record(1000);
    EXPECT_TRUE(percentile_interval(seconds, 99, 1));
}

TEST(PercentileInterval, IsAPointWhenEverySecondIsTheSame) {
    Seconds seconds;
    for (std::uint32_t s = 0; s < 40; ++s) seconds[s].record(1000, 50);
    const Interval interval = percentile_interval(seconds, 99, 1).value();
    EXPECT_EQ(interval.low, interval.high);
    EXPECT_NEAR(interval.low, 0.001, 0.00001);
}

TEST(PercentileInterval, IsTheSameForTheSameSeed) {
    Seconds seconds;
    Random random(5);
    for (std::uint32_t s = 0; s < 30; ++s)
        for (int i = 0; i < 20; ++i) seconds[s].record(static_cast<std::int64_t>(random.exponential(5000)));
    const Interval a = percentile_interval(seconds, 99, 7).value(),
                   b = percentile_interval(seconds, 99, 7).value();
    EXPECT_EQ(a.low, b.low);
    EXPECT_EQ(a.high, b.high);
}

TEST(PercentileInterval, ReachesInfinityWhenMissingSecondsDecide) {
    Seconds seconds;
    for (std::uint32_t s = 0; s < 30; ++s) seconds[s].record(1000, 100);
    seconds[3].record_missing(60);
    const Interval interval = percentile_interval(seconds, 99, 1).value();
    EXPECT_NEAR(interval.low, 0.001, 0.00001);
    EXPECT_TRUE(std::isinf(interval.high));
}

// 300 runs of 60 seconds whose seconds differ from each other: the true P90 must lie inside about 95 % of the
// time; 88 % leaves room for the bootstrap's known shortness on skewed data and for chance.
TEST(PercentileInterval, CoversTheTruth) {
    const double mean = 10'000, truth = 1e-6 * -mean * std::log(0.1);
    int covered = 0;
    for (std::uint64_t run = 0; run < 300; ++run) {
        Random random(run);
        Seconds seconds;
        for (std::uint32_t s = 0; s < 60; ++s)
            for (int i = 0; i < 40; ++i)
                seconds[s].record(static_cast<std::int64_t>(random.exponential(mean)));
        const Interval interval = percentile_interval(seconds, 90, run).value();
        covered += interval.low <= truth && truth <= interval.high;
    }
    EXPECT_GE(covered, 264);
    EXPECT_LT(covered, 300) << "an interval that is never wrong is too wide";
}

}  // namespace
}  // namespace hubbub
