// What this machine and this process may use, for the plan's refusals; raises the descriptor limit as far as
// it may go. Called by commands before a run; one thread.
#pragma once

#include "cli/commands.hpp"
#include "loadgen/plan/figures.hpp"

namespace hubbub::cli {

/// Every connection is a descriptor: takes all that may be had, and says how many that are.
MachineLimits machine_limits();

/// As the scenario and the command line say together.
Staging staging_for(const Plan& plan, const RunOptions& options);

}  // namespace hubbub::cli
