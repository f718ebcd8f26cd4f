#include "base/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/assert.hpp"

namespace hubbub {
namespace {

// HdrHistogram's names, for lowest discernible value 1, highest trackable value 3.6e9 and 2 significant
// digits. 2 * 10^2 values must be told apart one by one, which takes 256 sub-buckets; then each bucket
// doubles the range.
constexpr int sub_bucket_half_count_magnitude = 7;
constexpr int sub_bucket_half_count = 1 << sub_bucket_half_count_magnitude;
constexpr std::int64_t sub_bucket_mask = 2 * sub_bucket_half_count - 1;
constexpr int buckets_needed = 25;  // 256 << 24 is the first power above the highest trackable value
static_assert((std::int64_t{256} << (buckets_needed - 1)) > Histogram::highest_trackable);
static_assert((std::int64_t{256} << (buckets_needed - 2)) <= Histogram::highest_trackable);
constexpr int counts_length = (buckets_needed + 1) * sub_bucket_half_count;

// How far the values of a bucket are shifted: each holds 2^shift of them.
int shift_of(int index) {
    return std::max((index >> sub_bucket_half_count_magnitude) - 1, 0);
}

// As HdrHistogram: one ulp less, so that rounding up never runs over into the next rank.
std::uint64_t rank_at(double percentile, std::uint64_t total) {
    const double asked = std::clamp(std::nextafter(percentile, -1.0), 0.0, 100.0);
    const double rank = std::ceil(asked * static_cast<double>(total) / 100.0);
    return std::max<std::uint64_t>(static_cast<std::uint64_t>(rank), 1);
}

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

int Histogram::bucket_count() {
    return counts_length;
}

int Histogram::index_of(std::int64_t micros) {
    const std::int64_t value = std::clamp<std::int64_t>(micros, 0, highest_trackable);
    const auto width = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value | sub_bucket_mask)));
    const int bucket = width - (sub_bucket_half_count_magnitude + 1);
    const int sub_bucket = static_cast<int>(value >> bucket);
    return (bucket << sub_bucket_half_count_magnitude) + sub_bucket;
}

std::int64_t Histogram::lowest_equivalent(int index) {
    const int shift = shift_of(index);
    return static_cast<std::int64_t>(index - (shift << sub_bucket_half_count_magnitude)) << shift;
}

std::int64_t Histogram::highest_equivalent(int index) {
    return lowest_equivalent(index) + (std::int64_t{1} << shift_of(index)) - 1;
}

std::int64_t Histogram::median_equivalent(int index) {
    return lowest_equivalent(index) + ((std::int64_t{1} << shift_of(index)) >> 1);
}

void Histogram::record(std::int64_t micros, std::uint64_t count) {
    if (count == 0) return;
    if (buckets_.empty()) buckets_.resize(counts_length);
    const std::int64_t value = std::clamp<std::int64_t>(micros, 0, highest_trackable);
    buckets_[static_cast<std::size_t>(index_of(value))] += count;
    count_ += count;
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
    sum_ += static_cast<double>(value) * static_cast<double>(count);
}

Histogram& Histogram::operator+=(const Histogram& other) {
    missing_ += other.missing_;
    if (other.count_ == 0) return *this;
    if (buckets_.empty()) buckets_.resize(counts_length);
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
    sum_ += other.sum_;
    return *this;
}

Histogram& Histogram::operator-=(const Histogram& other) {
    HUBBUB_ASSERT(missing_ >= other.missing_, "only an earlier state can be subtracted");
    missing_ -= other.missing_;
    if (other.count_ == 0) return *this;
    HUBBUB_ASSERT(count_ >= other.count_, "only an earlier state can be subtracted");
    count_ -= other.count_;
    sum_ = count_ == 0 ? 0 : sum_ - other.sum_;
    // The exact extremes of the rest are not known: those of its buckets stand for them.
    min_ = INT64_MAX;
    max_ = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        HUBBUB_ASSERT(buckets_[i] >= other.buckets_[i], "only an earlier state can be subtracted");
        buckets_[i] -= other.buckets_[i];
        if (buckets_[i] == 0) continue;
        if (min_ == INT64_MAX) min_ = lowest_equivalent(static_cast<int>(i));
        max_ = highest_equivalent(static_cast<int>(i));
    }
    return *this;
}

double Histogram::percentile(double p) const {
    const std::uint64_t total = count_ + missing_;
    return total == 0 ? nothing : value_at_rank(rank_at(p, total));
}

double Histogram::percentile_received(double p) const {
    return count_ == 0 ? nothing : value_at_rank(rank_at(p, count_));
}

double Histogram::value_at_rank(std::uint64_t rank) const {
    if (rank > count_) return std::numeric_limits<double>::infinity();
    std::uint64_t seen = 0;
    std::size_t index = 0;
    while ((seen += buckets_[index]) < rank) ++index;
    return static_cast<double>(highest_equivalent(static_cast<int>(index)));
}

double Histogram::min() const {
    return count_ == 0 ? nothing : static_cast<double>(lowest_equivalent(index_of(min_)));
}

double Histogram::max() const {
    return count_ == 0 ? nothing : static_cast<double>(highest_equivalent(index_of(max_)));
}

double Histogram::mean() const {
    return count_ == 0 ? nothing : sum_ / static_cast<double>(count_);
}

}  // namespace hubbub
