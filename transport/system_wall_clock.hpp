// The system's time of day: for what comes from and goes to other machines as a date (tokens).
// Immutable; any thread.
#pragma once

#include <chrono>

#include "base/wall_clock.hpp"

namespace hubbub {

class SystemWallClock final : public WallClock {
  public:
    [[nodiscard]] std::int64_t unix_seconds(Time) const override {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::floor<std::chrono::seconds>(now).count();
    }
};

}  // namespace hubbub
