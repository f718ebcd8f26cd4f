// Latencies of all workers so far, for whoever looks while the run goes on: metrics, and what ends it early.
// A value, summed by addition; the worker's thread fills it, the conductor's reads it.
#pragma once

#include <array>

#include "loadgen/client/worker.hpp"

namespace hubbub {

/// Deliveries and acks of measured phases only, as in the report.
struct RunLatencies {
    using ByClass = std::array<Histogram, LatencySeries::classes>;
    std::array<ByClass, latency_names.size()> of;  ///< index: Latency, ConversationClass
    Histogram connect, reconnect, schedule_lag;
    FaultEvidence faults;
    Histogram delivery_so_far;  ///< every phase, measured or not: for live views

    RunLatencies& operator+=(const RunLatencies& other);
    /// Between processes (base/archive.hpp).
    template <class Archive, class Self>
    static void fields(Archive& archive, Self& self) {
        archive(self.of, self.connect, self.reconnect, self.schedule_lag, self.faults, self.delivery_so_far);
    }
};

void add(RunLatencies& sum, const Worker& worker);

}  // namespace hubbub
