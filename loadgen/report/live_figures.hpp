// What a run looks like while it goes on, and how a terminal shows it.
// Values and pure functions; any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace hubbub {

/// A phase of the scenario, as far as it is.
struct LivePhase {
    std::string name;
    double share = 0;  ///< 0..1; below 0: nobody knows how long it takes
    bool begun = false, over = false;
};

/// A fault of the scenario that began.
struct LiveFault {
    static constexpr double still = std::numeric_limits<double>::quiet_NaN();

    std::string kind;
    double started = 0, ended = still;  ///< seconds since the run's epoch
};

struct LiveFigures {
    static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

    std::string scenario, phase;
    double elapsed = 0;  ///< seconds since the run's epoch
    std::vector<LivePhase> phases;
    std::uint32_t users = 0, online = 0;
    std::uint64_t sent = 0, acked = 0, delivered = 0;
    double sent_per_second = 0, delivered_per_second = 0;  ///< of the last whole second
    std::uint64_t reconnects = 0, connect_errors = 0, waiting = 0, in_flight = 0;
    double p50 = unknown, p99 = unknown;  ///< of deliveries in the last seconds; unknown: none
    std::uint64_t violations = 0;         ///< known already now; losses are known at the end
    std::vector<std::pair<std::string, std::uint64_t>> violation_kinds;  ///< those above 0
    std::vector<LiveFault> faults;                                       ///< so far, those that are over too
    double schedule_lag_p99 = unknown, cpu = unknown;                    ///< how the generator itself fares
};

/// Lines for a terminal of `columns`, none longer. Counts and times only: the shape never jumps.
std::vector<std::string> live_screen(const LiveFigures& figures, std::size_t columns, bool colour);
/// One line for logs.
std::string live_line(const LiveFigures& figures);

}  // namespace hubbub
