// The time of day for shells and for what they hand to cores: cores themselves count on Time alone.
// Implementations are immutable; any thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace hubbub {

/// What the time of day is at a moment of the time line. A live clock looks at its own watch; a simulated one
/// counts on from a beginning.
class WallClock {
  public:
    virtual ~WallClock() = default;
    /// Since 1970.
    [[nodiscard]] virtual Duration unix_time(Time now) const = 0;
    /// The whole seconds of it, as tokens count.
    [[nodiscard]] std::int64_t unix_seconds(Time now) const {
        return std::chrono::floor<std::chrono::seconds>(unix_time(now)).count();
    }
};

/// The time line began at this time of day.
class CountedWallClock final : public WallClock {
  public:
    explicit CountedWallClock(std::int64_t beginning) : beginning_(beginning) {}
    [[nodiscard]] Duration unix_time(Time now) const override { return beginning_ + now.time_since_epoch(); }

  private:
    std::chrono::seconds beginning_;
};

}  // namespace hubbub
