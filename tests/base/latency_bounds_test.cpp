#include "base/latency_bounds.hpp"

#include <gtest/gtest.h>

namespace hubbub {
namespace {

using namespace std::chrono_literals;

TEST(LatencyBounds, RiseByAtMostAThird) {
    for (std::size_t i = 1; i < latency_bounds_us.size(); ++i) {
        EXPECT_LT(latency_bounds_us[i - 1], latency_bounds_us[i]);
        EXPECT_LE(3 * latency_bounds_us[i], 4 * latency_bounds_us[i - 1]) << latency_bounds_us[i];
    }
}

std::size_t place_of_bound(std::int64_t micros) {
    const auto found = std::find(latency_bounds_us.begin(), latency_bounds_us.end(), micros);
    return static_cast<std::size_t>(found - latency_bounds_us.begin());
}

TEST(LengthCounters, CountALengthAtItsBoundBelowItAndANanosecondMoreAbove) {
    LengthCounters lengths;
    lengths.record(10ms, 3);
    lengths.record(10ms + 1ns);
    EXPECT_EQ(lengths.between[place_of_bound(10'000)].get(), 3U);
    EXPECT_EQ(lengths.between[place_of_bound(10'000) + 1].get(), 1U);
    EXPECT_EQ(lengths.nanos.get(), 40'000'001U);
}

TEST(LengthCounters, KeepWhatIsAboveEveryBoundAndTakeABackwardStepForNothing) {
    LengthCounters lengths;
    lengths.record(1h);
    lengths.record(-5ms);
    EXPECT_EQ(lengths.between.back().get(), 1U);
    EXPECT_EQ(lengths.between.front().get(), 1U);
    EXPECT_EQ(lengths.nanos.get(), 3'600'000'000'000U);
}

}  // namespace
}  // namespace hubbub
