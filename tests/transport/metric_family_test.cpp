#include "transport/metric_family.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "transport/process_figures.hpp"

namespace hubbub {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

ClientMetric::Histogram told(const Histogram& histogram) {
    auto family = metric_family("x_seconds", "x", MetricType::Histogram);
    add_histogram(family, {}, histogram);
    return family.metric.at(0).histogram;
}

std::uint64_t count_at(const ClientMetric::Histogram& histogram, double bound) {
    for (const auto& bucket : histogram.bucket)
        if (bucket.upper_bound == bound) return bucket.cumulative_count;
    ADD_FAILURE() << "no bound " << bound;
    return 0;
}

TEST(MetricFamily, TellsAHistogramBelowItsBoundsInSeconds) {
    Histogram histogram;
    histogram.record(90, 5);          // below the first bound
    histogram.record(7'000, 2);       // 7 ms: between 6 and 8
    histogram.record(61'000'000, 1);  // above the last
    const auto out = told(histogram);
    EXPECT_EQ(count_at(out, 0.0001), 5U);
    EXPECT_EQ(count_at(out, 0.006), 5U);
    EXPECT_EQ(count_at(out, 0.008), 7U);
    EXPECT_EQ(count_at(out, 60), 7U);
    EXPECT_EQ(count_at(out, std::numeric_limits<double>::infinity()), 8U);
    EXPECT_EQ(out.sample_count, 8U);
    EXPECT_NEAR(out.sample_sum, 5 * 90e-6 + 2 * 7e-3 + 61, 1e-9);
}

TEST(MetricFamily, PutsWhatNeverArrivedBelowNoBoundAtAll) {
    Histogram histogram;
    histogram.record(1'000, 97);
    histogram.record_missing(3);
    const auto out = told(histogram);
    EXPECT_EQ(count_at(out, 60), 97U);
    EXPECT_EQ(out.sample_count, 100U);
    EXPECT_EQ(out.bucket.back().cumulative_count, 100U);
    EXPECT_NEAR(out.sample_sum, 0.097, 1e-12) << "over what was received";
}

TEST(MetricFamily, NeverFlatters) {
    // 500,000 us shares its bucket with values up to 501,759: none of them counts as within half a second.
    Histogram histogram;
    histogram.record(500'000);
    EXPECT_GT(Histogram::highest_equivalent(Histogram::index_of(500'000)), 500'000);
    EXPECT_EQ(count_at(told(histogram), 0.5), 0U);
    EXPECT_EQ(count_at(told(histogram), 0.6), 1U);
}

TEST(MetricFamily, HasThePercentileBetweenTheSameTwoBounds) {
    Histogram histogram;
    for (std::int64_t i = 0; i < 10'000; ++i) histogram.record(100 + i * i / 40);
    const auto out = told(histogram);
    for (const double p : {50.0, 90.0, 99.0, 99.9}) {
        std::size_t bucket = 0;
        while (static_cast<double>(out.bucket[bucket].cumulative_count) <
               p / 100 * static_cast<double>(out.sample_count))
            ++bucket;
        const double exact = histogram.percentile(p) * 1e-6;
        EXPECT_LE(exact, out.bucket[bucket].upper_bound) << p;
        EXPECT_GT(exact, out.bucket[bucket - 1].upper_bound) << p;
    }
}

TEST(MetricFamily, TellsAnEmptyHistogramAsNothing) {
    const auto out = told({});
    EXPECT_EQ(out.sample_count, 0U);
    EXPECT_EQ(out.sample_sum, 0);
    EXPECT_EQ(out.bucket.size(), latency_bounds_us.size() + 1);
}

TEST(ProcessFigures, TellAPlausibleProcess) {
    double cpu = -1, start = 0, memory = 0, open = 0, most = 0;
    for (const auto& family : ProcessFigures().Collect()) {
        const auto& metric = family.metric.at(0);
        if (family.name == "process_cpu_seconds_total") cpu = metric.counter.value;
        if (family.name == "process_start_time_seconds") start = metric.gauge.value;
        if (family.name == "process_resident_memory_bytes") memory = metric.gauge.value;
        if (family.name == "process_open_fds") open = metric.gauge.value;
        if (family.name == "process_max_fds") most = metric.gauge.value;
    }
    EXPECT_GE(cpu, 0);
    const auto now = static_cast<double>(std::time(nullptr));
    EXPECT_LE(start, now + 1);
    EXPECT_GT(start, now - 3600) << "this test started less than an hour ago";
    EXPECT_GT(memory, 1e6);
    EXPECT_GE(open, 3);
    EXPECT_LE(open, most);
}

}  // namespace
}  // namespace hubbub
