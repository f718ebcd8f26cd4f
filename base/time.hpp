// Points in time and spans of time for cores: a type without a now(), so that a core cannot read a clock.
// Owned by nobody; any thread. Live shells fill it from CLOCK_MONOTONIC, the simulator from its own time
// line.
#pragma once

#include <chrono>
#include <cstdint>

namespace hubbub {

using Duration = std::chrono::nanoseconds;

/// The time line all cores count on. It deliberately has no now().
struct Timeline {
    using rep = Duration::rep;
    using period = Duration::period;
    using duration = Duration;
    using time_point = std::chrono::time_point<Timeline>;
    static constexpr bool is_steady = true;
};

using Time = Timeline::time_point;

/// Later than every deadline: "nothing is armed".
inline constexpr Time never = Time::max();

/// Source of the current time for shells; cores are handed `now` instead.
class Clock {
  public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Time now() const = 0;
};

constexpr double to_seconds(Duration span) {
    return std::chrono::duration<double>(span).count();
}
constexpr std::int64_t to_micros(Duration span) {
    return std::chrono::duration_cast<std::chrono::microseconds>(span).count();
}

}  // namespace hubbub
