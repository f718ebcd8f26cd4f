// `run` and `sim --trace user=17`: where the lines go.
// Called by a command before a run; what it gives is called on workers' threads.
#pragma once

#include "cli/commands.hpp"
#include "loadgen/client/worker.hpp"

namespace hubbub::cli {

/// Nothing when no trace is asked for. Errors: not of the form, a user who never is online, a file that
/// cannot be written.
Result<std::optional<WorkerOptions::Trace>> trace_of(const TraceArguments& asked, const Plan& plan);

}  // namespace hubbub::cli
