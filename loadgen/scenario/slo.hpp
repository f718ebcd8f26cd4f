// The sentences of `expect.slo`: `delivery.p99{class=channel} < 500ms`, `connect.errors < 0.1%`, `lost == 0`.
// Pure functions; any thread.
#pragma once

#include <span>
#include <string_view>

#include "base/result.hpp"
#include "loadgen/scenario/scenario.hpp"

namespace hubbub {

/// metric[.figure][{label=value, ...}] op bound. The bound's unit follows from the figure: latencies take a
/// duration, errors a share, counts and counters a count. The error says what was expected there.
Result<Slo> parse_slo(std::string_view text);

/// What a metric may be called: kinds of latency (they take a figure) and counters (they take none).
std::span<const std::string_view> slo_latencies();
std::span<const std::string_view> slo_counters();
std::span<const std::string_view> slo_figures();

}  // namespace hubbub
