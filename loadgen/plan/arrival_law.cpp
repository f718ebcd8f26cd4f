#include "loadgen/plan/arrival_law.hpp"

#include <cmath>

namespace hubbub {

ArrivalTimes::ArrivalTimes(const SendStream& stream, Duration phase_length)
    : stream_(stream),
      length_(phase_length),
      from_(stream.rate),
      to_(stream.law == ArrivalLaw::ramp ? stream.rate_to : stream.rate),
      seconds_(to_seconds(phase_length)),
      poisson_(stream.law == ArrivalLaw::poisson || (stream.law == ArrivalLaw::ramp && stream.poisson_ramp)) {
}

std::optional<Duration> ArrivalTimes::next(Random& draw) {
    const std::uint64_t j = count_++;
    if (stream_.law == ArrivalLaw::burst) {
        if (j >= stream_.burst || stream_.at >= length_) return std::nullopt;
        return stream_.at;
    }
    if (from_ <= 0 && to_ <= 0) return std::nullopt;
    if (poisson_)
        expected_ += draw.exponential(1);
    else
        expected_ = static_cast<double>(j);  // from j, not by adding: the error must not grow
    const double seconds = time_of(expected_);
    if (!(seconds < seconds_)) return std::nullopt;
    const Duration offset{std::llround(seconds * 1e9)};
    return offset < length_ ? std::optional(offset) : std::nullopt;
}

/// N(t) = expected solved for t, in the form that neither cancels when b is near a nor divides by 0 when b =
/// a.
double ArrivalTimes::time_of(double expected) const {
    if (expected == 0) return 0;
    if (from_ == to_) return expected / from_;
    const double root = from_ * from_ + 2 * (to_ - from_) * expected / seconds_;
    return root < 0 ? seconds_ : 2 * expected / (from_ + std::sqrt(root));
}

}  // namespace hubbub
