#include "base/histogram.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace hubbub {
namespace {

// Values of every magnitude up to the highest trackable one.
rc::Gen<std::int64_t> latency() {
    return rc::gen::mapcat(rc::gen::inRange(0, 32), [](int magnitude) {
        return rc::gen::inRange<std::int64_t>(
            0, std::min(std::int64_t{1} << magnitude, Histogram::highest_trackable) + 1);
    });
}

Histogram histogram_of(const std::vector<std::int64_t>& values) {
    Histogram histogram;
    for (const auto value : values) histogram.record(value);
    return histogram;
}

TEST(Histogram, HasTheLayoutOfHdrHistogramWithTwoDigits) {
    // 2 * 10^2 rounded up to a power of two gives 256 sub-buckets, 25 doublings reach one hour.
    EXPECT_EQ(Histogram::bucket_count(), (25 + 1) * 128);
    EXPECT_EQ(Histogram::index_of(0), 0);
    EXPECT_EQ(Histogram::index_of(255), 255);
    EXPECT_EQ(Histogram::index_of(256), 256);
    EXPECT_EQ(Histogram::index_of(257), 256);
    EXPECT_EQ(Histogram::index_of(258), 257);
    EXPECT_EQ(Histogram::index_of(511), 383);
    EXPECT_EQ(Histogram::index_of(512), 384);
    EXPECT_EQ(Histogram::index_of(515), 384);
    EXPECT_EQ(Histogram::lowest_equivalent(384), 512);
    EXPECT_EQ(Histogram::highest_equivalent(384), 515);
}

TEST(Histogram, TilesAllValuesWithoutGapOrOverlap) {
    std::int64_t expected = 0;
    for (int index = 0; index < Histogram::bucket_count(); ++index) {
        ASSERT_EQ(Histogram::lowest_equivalent(index), expected);
        expected = Histogram::highest_equivalent(index) + 1;
    }
    EXPECT_GT(expected, Histogram::highest_trackable);
}

TEST(Histogram, AllocatesOnTheFirstRecordOnly) {
    Histogram histogram;
    histogram.record_missing(3);
    histogram.record(5, 0);
    histogram += Histogram();
    EXPECT_EQ(histogram.buckets().capacity(), 0u);
    histogram.record(5);
    EXPECT_EQ(histogram.buckets().size(), static_cast<std::size_t>(Histogram::bucket_count()));
}

TEST(Histogram, IsNotANumberWhenEmpty) {
    const Histogram histogram;
    EXPECT_TRUE(std::isnan(histogram.percentile(50)));
    EXPECT_TRUE(std::isnan(histogram.percentile_received(50)));
    EXPECT_TRUE(std::isnan(histogram.min()));
    EXPECT_TRUE(std::isnan(histogram.max()));
    EXPECT_TRUE(std::isnan(histogram.mean()));
}

TEST(Histogram, ClampsWhatItCannotTrack) {
    Histogram histogram;
    histogram.record(-5);
    histogram.record(INT64_MAX);
    EXPECT_EQ(histogram.count(), 2u);
    EXPECT_EQ(histogram.percentile(50), 0);
    EXPECT_EQ(Histogram::index_of(static_cast<std::int64_t>(histogram.max())),
              Histogram::index_of(Histogram::highest_trackable));
}

TEST(Histogram, CountsDurationsInMicroseconds) {
    Histogram histogram;
    histogram.record(std::chrono::milliseconds(100));
    EXPECT_NEAR(histogram.percentile(100), 100'000, 800);
    EXPECT_EQ(histogram.mean(), 100'000);
}

TEST(Histogram, PutsTheMissingAtInfinity) {
    Histogram histogram;
    histogram.record(10, 98);
    histogram.record_missing(2);
    EXPECT_EQ(histogram.percentile(98), 10);
    EXPECT_EQ(histogram.percentile(98.5), std::numeric_limits<double>::infinity());
    EXPECT_EQ(histogram.percentile(100), std::numeric_limits<double>::infinity());
    EXPECT_EQ(histogram.percentile_received(100), 10);
    EXPECT_EQ(histogram.max(), 10);
    EXPECT_EQ(histogram.count(), 98u);
    EXPECT_EQ(histogram.missing(), 2u);
}

TEST(Histogram, IsInfiniteThroughoutWhenNothingArrived) {
    Histogram histogram;
    histogram.record_missing(1);
    EXPECT_EQ(histogram.percentile(0.001), std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(histogram.percentile_received(50)));
}

TEST(Histogram, DoesNotRoundARankUpIntoTheNextBucket) {
    // 99.9 * 1000 / 100 is a little above 999 in floating point; the 999th of 1000 is asked for.
    Histogram histogram;
    histogram.record(1, 999);
    histogram.record(200);
    EXPECT_EQ(histogram.percentile(99.9), 1);
    EXPECT_EQ(histogram.percentile(99.95), 200);
}

RC_GTEST_PROP(Histogram, IsAtMostEightTenthsOfAPercentOff, ()) {
    const std::int64_t value = *latency();
    Histogram histogram;
    histogram.record(value);
    const double exact = static_cast<double>(value);
    RC_ASSERT(histogram.max() >= exact);
    RC_ASSERT(histogram.max() - exact <= 0.008 * exact);
    RC_ASSERT(exact - histogram.min() <= 0.008 * exact);
}

RC_GTEST_PROP(Histogram, GivesTheBucketOfTheExactPercentile, ()) {
    auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(latency()));
    const auto missing = *rc::gen::inRange<std::uint64_t>(0, values.size() + 1);
    auto histogram = histogram_of(values);
    histogram.record_missing(missing);
    std::sort(values.begin(), values.end());
    const std::uint64_t total = values.size() + missing;
    // Rank by integers, so that the test does not repeat the rounding that it judges.
    const auto permille = *rc::gen::inRange<std::uint64_t>(1, 1001);
    const std::uint64_t rank = (permille * total + 999) / 1000;
    const double got = histogram.percentile(static_cast<double>(permille) / 10.0);
    if (rank > values.size())
        RC_ASSERT(got == std::numeric_limits<double>::infinity());
    else
        RC_ASSERT(got ==
                  static_cast<double>(Histogram::highest_equivalent(Histogram::index_of(values[rank - 1]))));
}

void expect_same(const Histogram& a, const Histogram& b) {
    RC_ASSERT(a.count() == b.count());
    RC_ASSERT(a.missing() == b.missing());
    for (std::size_t i = 0; i < static_cast<std::size_t>(Histogram::bucket_count()); ++i)
        RC_ASSERT((a.buckets().empty() ? 0 : a.buckets()[i]) == (b.buckets().empty() ? 0 : b.buckets()[i]));
    if (a.count() == 0) return;
    RC_ASSERT(a.min() == b.min());
    RC_ASSERT(a.max() == b.max());
    RC_ASSERT(std::abs(a.mean() - b.mean()) <= 1e-6 * (1 + b.mean()));
}

RC_GTEST_PROP(Histogram, MergesByAddition, ()) {
    const auto first = *rc::gen::container<std::vector<std::int64_t>>(latency());
    const auto second = *rc::gen::container<std::vector<std::int64_t>>(latency());
    auto all = first;
    all.insert(all.end(), second.begin(), second.end());
    auto merged = histogram_of(first);
    merged.record_missing(2);
    auto other = histogram_of(second);
    other.record_missing(3);
    merged += other;
    auto expected = histogram_of(all);
    expected.record_missing(5);
    expect_same(merged, expected);
}

RC_GTEST_PROP(Histogram, IsAsIfNeverAddedAfterSubtraction, ()) {
    const auto earlier = *rc::gen::container<std::vector<std::int64_t>>(latency());
    const auto later = *rc::gen::container<std::vector<std::int64_t>>(latency());
    auto histogram = histogram_of(earlier);
    const auto snapshot = histogram;
    for (const auto value : later) histogram.record(value);
    histogram.record_missing(1);
    histogram -= snapshot;
    auto expected = histogram_of(later);
    expected.record_missing(1);
    expect_same(histogram, expected);
}

TEST(HistogramDeathTest, RefusesToSubtractWhatItNeverHeld) {
    Histogram histogram;
    Histogram other;
    histogram.record(1);
    other.record(2);
    EXPECT_DEATH(histogram -= other, "earlier state");
}

}  // namespace
}  // namespace hubbub
