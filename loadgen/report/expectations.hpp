// The scenario's `slo` lines held against what was measured.
// Pure functions; one thread.
#pragma once

#include <vector>

#include "loadgen/report/run_result.hpp"

namespace hubbub {

/// Whether it bounds a latency (in seconds), so that the generator's own lateness matters to it.
bool is_latency(const Slo& slo);

/// `value op bound`; NaN holds nowhere.
bool holds(double value, std::string_view op, double bound);

/// One row a line, in the scenario's order. What was not measured has the value NaN and is not ok: an absent
/// figure is no proof.
std::vector<Expectation> judge_expectations(const RunInput& input);

/// Seconds; +infinity where the percentile falls among the missing, NaN without any observation.
double latency_figure(const Histogram& histogram, std::string_view figure);

/// "class=group", "phase=steady"; empty without labels.
std::string latency_label(const std::map<std::string, std::string>& labels);

}  // namespace hubbub
