// The latencies of a run in the order and with the figures that result file and end summary show.
// Pure functions; one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/report/run_result.hpp"

namespace hubbub {

struct LatencyRow {
    std::string kind;
    Histogram all;
    std::optional<Interval> p99;                ///< 95 %, for kinds that are kept by second
    std::map<std::string, Histogram> by_label;  ///< class=..., phase=..., both
};

/// Every kind of the result file, also those without an observation, in its order.
std::vector<LatencyRow> latency_table(const RunResult& result);

}  // namespace hubbub
