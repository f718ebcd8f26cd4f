// The live clock: CLOCK_MONOTONIC, the same time line for all threads and processes of one machine.
// Owned by main or a shell; any thread.
#pragma once

#include <ctime>

#include "base/time.hpp"

namespace hubbub {

class MonotonicClock final : public Clock {
  public:
    [[nodiscard]] Time now() const override {
        timespec ts{};
        ::clock_gettime(CLOCK_MONOTONIC, &ts);
        return Time(std::chrono::seconds(ts.tv_sec) + std::chrono::nanoseconds(ts.tv_nsec));
    }
};

}  // namespace hubbub
