// The server's own clocks, which can be made to jump: the time line as after a suspended machine, the time of
// day as when somebody sets it. Owned by the server's shell; any thread.
#pragma once

#include <atomic>

#include "transport/monotonic_clock.hpp"
#include "transport/system_wall_clock.hpp"

namespace hubbub {

class JumpingClock final : public Clock {
  public:
    [[nodiscard]] Time now() const override {
        return clock_.now() + Duration(ahead_.load(std::memory_order_relaxed));
    }
    /// Forward: a time line never goes back.
    void jump(Duration by) {
        if (by > Duration::zero()) ahead_.fetch_add(by.count(), std::memory_order_relaxed);
    }

  private:
    MonotonicClock clock_;
    std::atomic<Duration::rep> ahead_{0};
};

class JumpingWallClock final : public WallClock {
  public:
    [[nodiscard]] Duration unix_time(Time now) const override {
        return clock_.unix_time(now) + std::chrono::seconds(ahead_.load(std::memory_order_relaxed));
    }
    /// Either way, as a time of day may be set.
    void jump(std::chrono::seconds by) { ahead_.fetch_add(by.count(), std::memory_order_relaxed); }

  private:
    SystemWallClock clock_;
    std::atomic<std::int64_t> ahead_{0};
};

}  // namespace hubbub
