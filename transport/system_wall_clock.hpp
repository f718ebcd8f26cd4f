// The system's time of day: for what comes from and goes to other machines as a date (tokens).
// Immutable; any thread.
#pragma once

#include <chrono>

#include "base/wall_clock.hpp"

namespace hubbub {

class SystemWallClock final : public WallClock {
  public:
    [[nodiscard]] Duration unix_time(Time) const override {
        return std::chrono::system_clock::now().time_since_epoch();
    }
};

}  // namespace hubbub
