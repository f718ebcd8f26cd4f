// When the sends of one stream fall due: the j-th intended offset of each arrival law.
// A value; owned by one Arrivals.
#pragma once

#include <optional>

#include "base/random.hpp"
#include "base/time.hpp"
#include "loadgen/scenario/scenario.hpp"

namespace hubbub {

/// Walks the offsets of one stream in rising order. Every law but burst and replay is a step in the
/// integrated rate N(t), steps of 1 (even) or exponential with mean 1 (Poisson), turned back into time: ramp
/// N(t) = a t + (b - a) t^2 / 2T; spike: three straight pieces; sine N(t) = m t + A (1 - cos wt) / w with
/// mean m, amplitude A and w = 2 pi / period.
class ArrivalTimes {
  public:
    ArrivalTimes(const SendStream& stream, Duration phase_length);
    /// The next offset; nothing at or after the phase's end. `draw`: the random numbers of this arrival.
    std::optional<Duration> next(Random& draw);

  private:
    [[nodiscard]] double time_of(double expected) const;
    [[nodiscard]] double ramp_time(double expected) const;
    [[nodiscard]] double spike_time(double expected) const;
    [[nodiscard]] double sine_time(double expected) const;

    SendStream stream_;
    Duration length_;
    double from_, to_, seconds_;
    bool poisson_;
    double expected_ = 0;  ///< N at the latest arrival
    std::uint64_t count_ = 0;
};

/// N at the end of the phase: the expected number of sends.
double expected_sends(const SendStream& stream, Duration phase_length);
/// The highest rate within the phase; bursts and traces: 0, they have none.
double peak_rate(const SendStream& stream);

}  // namespace hubbub
