// When the sends of one stream fall due: the j-th intended offset of each arrival law.
// A value; owned by one Arrivals.
#pragma once

#include <optional>

#include "base/random.hpp"
#include "base/time.hpp"
#include "loadgen/scenario/scenario.hpp"

namespace hubbub {

/// Walks the offsets of one stream in rising order. Every law but burst is a step in the integrated rate
/// N(t) = a t + (b - a) t^2 / 2T, steps of 1 (even) or exponential with mean 1 (Poisson), turned back into
/// time.
class ArrivalTimes {
  public:
    ArrivalTimes(const SendStream& stream, Duration phase_length);
    /// The next offset; nothing at or after the phase's end. `draw`: the random numbers of this arrival.
    std::optional<Duration> next(Random& draw);

  private:
    [[nodiscard]] double time_of(double expected) const;

    SendStream stream_;
    Duration length_;
    double from_, to_, seconds_;
    bool poisson_;
    double expected_ = 0;  ///< N at the latest arrival
    std::uint64_t count_ = 0;
};

}  // namespace hubbub
