// The 95 % interval of a percentile by block bootstrap: seconds are drawn, not messages, because the
// latencies of one second hang together. Source: Kuensch, "The Jackknife and the Bootstrap for General
// Stationary Observations", 1989 (blocks of one second here).

#include <algorithm>
#include <vector>

#include "loadgen/report/run_result.hpp"

namespace hubbub {
namespace {

/// Fewer seconds than this say nothing about their own spread.
constexpr std::size_t blocks_min = 20;
/// More would not move the interval's ends by a bucket.
constexpr std::size_t resamples = 400;
/// Longer runs are drawn from seconds merged in equal groups, so that a resample stays cheap.
constexpr std::size_t blocks_max = 120;

/// What one block holds: buckets in use only, since a second fills few of them.
struct Block {
    std::vector<std::pair<std::int64_t, std::uint64_t>> counts;  ///< a value of the bucket, observations
    std::uint64_t missing = 0;
};

std::vector<Block> blocks_of(const std::map<std::uint32_t, Histogram>& by_second) {
    const std::size_t group = (by_second.size() + blocks_max - 1) / blocks_max;
    std::vector<Histogram> sums;
    std::size_t i = 0;
    for (const auto& [second, histogram] : by_second) {
        if (i++ % group == 0) sums.emplace_back();
        sums.back() += histogram;
    }
    std::vector<Block> blocks;
    for (const Histogram& sum : sums) {
        Block& block = blocks.emplace_back();
        block.missing = sum.missing();
        const auto& buckets = sum.buckets();
        for (std::size_t bucket = 0; bucket < buckets.size(); ++bucket)
            if (buckets[bucket] > 0)
                block.counts.emplace_back(Histogram::lowest_equivalent(static_cast<int>(bucket)),
                                          buckets[bucket]);
    }
    return blocks;
}

}  // namespace

std::optional<Interval> percentile_interval(const std::map<std::uint32_t, Histogram>& by_second,
                                            double percentile, std::uint64_t seed) {
    if (by_second.size() < blocks_min) return std::nullopt;
    const std::vector<Block> blocks = blocks_of(by_second);
    Random random = Random(seed).child("bootstrap");
    std::vector<double> values;
    values.reserve(resamples);
    for (std::size_t r = 0; r < resamples; ++r) {
        Histogram sum;
        for (std::size_t draw = 0; draw < blocks.size(); ++draw) {
            const Block& block = blocks[random.below(blocks.size())];
            for (const auto& [value, count] : block.counts) sum.record(value, count);
            sum.record_missing(block.missing);
        }
        values.push_back(sum.percentile(percentile) * 1e-6);
    }
    std::sort(values.begin(), values.end());
    return Interval{values[resamples * 25 / 1000], values[resamples * 975 / 1000 - 1]};
}

}  // namespace hubbub
