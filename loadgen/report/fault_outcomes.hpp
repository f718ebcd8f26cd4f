// What became of the faults of a run: that each was felt, how the clients came back from it, and how the
// latencies and the goodput were before, during and after it. Pure; used once, when a run is concluded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/histogram.hpp"
#include "loadgen/client/fault_evidence.hpp"

namespace hubbub {

struct RunInput;

struct FaultOutcome {
    std::uint32_t index = 0;  ///< of the timeline, from 1; 0: a network
    std::string kind;         ///< "reset", "latency, bandwidth"; of a network its name
    std::string cohort;       ///< of a network
    // Seconds since the run's epoch; NaN: it did not. A network has none.
    double started = 0, ended = 0;
    std::uint64_t fired = 0, affected = 0;

    // ---- what followed; of the timeline alone
    std::uint64_t lost = 0;     ///< sessions, while it lasted
    Histogram back, caught_up;  ///< from its begin; who never came is missing
    double attempts = 0;        ///< dials for each session that came back; NaN: none did
    double peak_attempts = 0;   ///< a second, within the busiest tenth of a second
    // Deliveries a second; NaN: not known.
    double goodput_before = 0, goodput_during = 0, goodput_after = 0;
    /// From its begin until every later second kept the tightest bound on delivery.p99. NaN: there is none.
    double slo_again = 0;
};

/// Adds the latencies of faults: `reconnect` by fault, `delivery` before, during and after.
void add_fault_latencies(RunInput& input);
/// In the order of the scenario, networks behind. Of a run that was broken off: none.
std::vector<FaultOutcome> fault_outcomes(const RunInput& input);
/// One sentence for each fault that nobody felt: it has shown nothing.
std::vector<std::string> unfelt(const std::vector<FaultOutcome>& outcomes);

}  // namespace hubbub
