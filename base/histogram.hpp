// Latencies in HdrHistogram's own bucket layout, so that .hgrm and .hlog are lossless and merging is
// addition. A value owned by one thread; merged with += after the run. Layout: github.com/HdrHistogram (G.
// Tene), 2 digits.
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.hpp"

namespace hubbub {

/// Integer values (microseconds here) from 1 us to about 1 hour at 2 significant digits: at most 0.8 % off,
/// 26 KB when in use. Allocates on the first record. Missing observations are counted apart and stand at
/// +infinity in percentiles.
class Histogram {
  public:
    static constexpr std::int64_t highest_trackable =
        3'600'000'000;  // 1 h in us; larger values count as this one, negative ones as 0

    void record(std::int64_t micros, std::uint64_t count = 1);
    void record(Duration span) { record(to_micros(span)); }
    /// Adds `count` observations that never arrived: +infinity.
    void record_missing(std::uint64_t count) { missing_ += count; }
    Histogram& operator+=(const Histogram& other);
    Histogram& operator-=(const Histogram& other);  ///< `other` must be an earlier state of this one

    [[nodiscard]] std::uint64_t count() const { return count_; }  ///< received only
    [[nodiscard]] std::uint64_t missing() const { return missing_; }
    /// Value at percentile p (0..100] over received + missing, in us, the bucket's highest equivalent value
    /// (as HdrHistogram does). Returns +infinity (std::numeric_limits<double>::infinity()) when the rank
    /// falls among the missing, NaN when empty.
    [[nodiscard]] double percentile(double p) const;
    /// The same over the received alone.
    [[nodiscard]] double percentile_received(double p) const;
    /// Over the received: the lowest / highest equivalent value of the outermost bucket, so that
    /// percentile_received(100) == max(), as in HdrHistogram. NaN when empty.
    [[nodiscard]] double min() const;
    [[nodiscard]] double max() const;
    [[nodiscard]] double mean() const;  ///< over the received, of the values as recorded

    // The layout, for encoders and bootstraps.
    static int index_of(std::int64_t micros);
    static std::int64_t lowest_equivalent(int index);
    static std::int64_t highest_equivalent(int index);
    static std::int64_t median_equivalent(int index);  ///< the middle, which stands for all of them in a mean
    static int bucket_count();
    [[nodiscard]] const std::vector<std::uint64_t>& buckets() const { return buckets_; }

    /// Between processes (base/archive.hpp).
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.buckets_, self.count_, self.missing_, self.min_, self.max_, self.sum_);
    }

  private:
    [[nodiscard]] double value_at_rank(std::uint64_t rank) const;
    std::vector<std::uint64_t> buckets_;
    std::uint64_t count_ = 0;
    std::uint64_t missing_ = 0;
    std::int64_t min_ = INT64_MAX;
    std::int64_t max_ = 0;
    double sum_ = 0;
};

}  // namespace hubbub
