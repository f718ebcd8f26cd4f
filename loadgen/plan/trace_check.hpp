// Whether a trace fits the plan: its users are there, online, and members of where they send.
// Used inside make_plan(); one thread.
#pragma once

#include <string>
#include <vector>

#include "loadgen/plan/plan.hpp"

namespace hubbub {

/// One message per trace that does not fit, naming the first line that is wrong.
void check_traces(const Plan& plan, std::vector<std::string>& errors);

}  // namespace hubbub
