// Trace files for `replay:`: who sent what where and when, as recorded or made up elsewhere.
// Pure functions on text; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "loadgen/scenario/errors.hpp"
#include "loadgen/scenario/scenario.hpp"

namespace hubbub {

/// A trace file: 32 MiB are about a million sends, kept in memory while the plan is used.
inline constexpr std::size_t trace_bytes_max = 32 * 1024 * 1024;

/// CSV with the header `at,user,conversation` or `at,user,conversation,bytes`; `at` in seconds from the start
/// of the phase, never falling; user and conversation are indices of the plan, from 0. The error begins with
/// `line:column: `.
Result<std::vector<TracedSend>> parse_trace(std::string_view text);

/// Reads the traces that streams name, through options.read_file.
void read_traces(Scenario& scenario, const LoadOptions& options, ScenarioErrors& errors);

}  // namespace hubbub
