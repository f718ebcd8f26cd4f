#include "loadgen/plan/arrival_law.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace hubbub {
namespace {

double sine_expected(const SineShape& sine, double seconds) {
    const double w = 2 * std::numbers::pi / to_seconds(sine.period);
    return (sine.high + sine.low) / 2 * seconds +
           (sine.high - sine.low) / 2 * (1 - std::cos(w * seconds)) / w;
}

}  // namespace

ArrivalTimes::ArrivalTimes(const SendStream& stream, Duration phase_length)
    : stream_(stream),
      length_(phase_length),
      from_(stream.rate),
      to_(stream.law == ArrivalLaw::ramp ? stream.rate_to : stream.rate),
      seconds_(to_seconds(phase_length)),
      poisson_(stream.law == ArrivalLaw::poisson ||
               (stream.law != ArrivalLaw::constant && stream.poisson_ramp)) {}

std::optional<Duration> ArrivalTimes::next(Random& draw) {
    const std::uint64_t j = count_++;
    if (stream_.law == ArrivalLaw::burst) {
        if (j >= stream_.burst || stream_.at >= length_) return std::nullopt;
        return stream_.at;
    }
    if (stream_.law == ArrivalLaw::replay) {
        if (!stream_.shape.trace || j >= stream_.shape.trace->size()) return std::nullopt;
        const Duration at = (*stream_.shape.trace)[j].at;
        return at < length_ ? std::optional(at) : std::nullopt;
    }
    if (stream_.law != ArrivalLaw::sine && from_ <= 0 && to_ <= 0 && stream_.shape.spike.rate <= 0)
        return std::nullopt;
    if (poisson_)
        expected_ += draw.exponential(1);
    else
        expected_ = static_cast<double>(j);  // from j, not by adding: the error must not grow
    const double seconds = time_of(expected_);
    if (!(seconds < seconds_)) return std::nullopt;
    const Duration offset{std::llround(seconds * 1e9)};
    return offset < length_ ? std::optional(offset) : std::nullopt;
}

double ArrivalTimes::time_of(double expected) const {
    if (stream_.law == ArrivalLaw::sine) return sine_time(expected);
    if (stream_.law == ArrivalLaw::spike) return spike_time(expected);
    return ramp_time(expected);
}

/// N(t) = expected solved for t, in the form that neither cancels when b is near a nor divides by 0 when b =
/// a.
double ArrivalTimes::ramp_time(double expected) const {
    if (expected == 0) return 0;
    if (from_ == to_) return expected / from_;
    const double root = from_ * from_ + 2 * (to_ - from_) * expected / seconds_;
    return root < 0 ? seconds_ : 2 * expected / (from_ + std::sqrt(root));
}

double ArrivalTimes::spike_time(double expected) const {
    const double begin = to_seconds(stream_.shape.spike.at);
    const double length = to_seconds(stream_.shape.spike.length);
    const double before = from_ * begin;
    const double within = stream_.shape.spike.rate * length;
    if (expected < before) return expected / from_;
    if (expected < before + within) return begin + (expected - before) / stream_.shape.spike.rate;
    return from_ > 0 ? begin + length + (expected - before - within) / from_ : seconds_;
}

/// N is rising and has no inverse in closed form: halved down to a nanosecond.
double ArrivalTimes::sine_time(double expected) const {
    if (expected >= sine_expected(stream_.shape.sine, seconds_)) return seconds_;
    double low = 0;
    double high = seconds_;
    for (int i = 0; i < 64 && high - low > 5e-10; ++i) {
        const double middle = (low + high) / 2;
        (sine_expected(stream_.shape.sine, middle) < expected ? low : high) = middle;
    }
    return high;
}

double expected_sends(const SendStream& stream, Duration phase_length) {
    const double seconds = to_seconds(phase_length);
    switch (stream.law) {
        case ArrivalLaw::constant:
        case ArrivalLaw::poisson:
            return stream.rate * seconds;
        case ArrivalLaw::ramp:
            return (stream.rate + stream.rate_to) / 2 * seconds;
        case ArrivalLaw::burst:
            return stream.burst;
        case ArrivalLaw::spike: {
            const double within = to_seconds(stream.shape.spike.length);
            return stream.rate * (seconds - within) + stream.shape.spike.rate * within;
        }
        case ArrivalLaw::sine:
            return sine_expected(stream.shape.sine, seconds);
        case ArrivalLaw::replay: {
            if (!stream.shape.trace) return 0;
            const auto& trace = *stream.shape.trace;
            const auto end =
                std::lower_bound(trace.begin(), trace.end(), phase_length,
                                 [](const TracedSend& send, Duration at) { return send.at < at; });
            return static_cast<double>(end - trace.begin());
        }
    }
    return 0;
}

double peak_rate(const SendStream& stream) {
    switch (stream.law) {
        case ArrivalLaw::burst:
        case ArrivalLaw::replay:
            return 0;
        case ArrivalLaw::ramp:
            return std::max(stream.rate, stream.rate_to);
        case ArrivalLaw::spike:
            return std::max(stream.rate, stream.shape.spike.rate);
        case ArrivalLaw::sine:
            return stream.shape.sine.high;
        default:
            return stream.rate;
    }
}

}  // namespace hubbub
