// What this machine and this process may use, for the plan's refusals; raises the descriptor limit as far as
// it may go. Called by commands before a run; one thread.
#pragma once

#include "loadgen/plan/figures.hpp"

namespace hubbub::cli {

/// Every connection is a descriptor: takes all that may be had, and says how many that are.
MachineLimits machine_limits();

}  // namespace hubbub::cli
