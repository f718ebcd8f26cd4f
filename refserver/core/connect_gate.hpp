// Who may open a connection at all: rates of connects by source address and as a whole, and how many there
// may be. Pure; the shell serializes calls, since all shards share one.
#pragma once

#include <string_view>

#include "refserver/core/rate_limit.hpp"

namespace hubbub {

class ConnectGate {
  public:
    explicit ConnectGate(const ServerLimits& limits) : limits_(limits) {}

    struct Verdict {
        bool admitted = true;
        bool full = false;  ///< refused since there are as many as may be; otherwise for coming too often
        Duration retry_after{};
    };
    /// An admitted one counts until left().
    Verdict enter(std::string_view address, Time now) {
        if (limits_.connections_max != 0 && here_ >= limits_.connections_max)
            return {false, true, full_retry};
        // The address first: one that is refused takes nothing from what all the others share.
        if (const Duration wait = addresses_.take(address, limits_.address_connects, now); wait > Duration{})
            return {false, false, wait};
        if (limits_.connects.limited())
            if (const Duration wait = all_.take(limits_.connects, now); wait > Duration{})
                return {false, false, wait};
        ++here_;
        return {};
    }
    void left() { --here_; }
    [[nodiscard]] std::uint32_t here() const { return here_; }

  private:
    // Nobody knows when one will leave; a second keeps those who wait from being a load.
    static constexpr Duration full_retry = std::chrono::seconds(1);

    const ServerLimits limits_;
    RateTable addresses_;
    RateBucket all_;
    std::uint32_t here_ = 0;
};

}  // namespace hubbub
