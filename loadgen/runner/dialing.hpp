// How workers reach the target: its addresses, TLS, subprotocol, and the addresses to dial from.
// Called once by whoever runs workers or setup; any thread.
#pragma once

#include <string>
#include <vector>

#include "loadgen/plan/plan.hpp"
#include "transport/loop.hpp"

namespace hubbub {

/// Options of a loop that dials `urls`. Errors: a name that does not resolve, files of TLS that cannot be
/// read.
Result<LoopOptions> dialing(const Plan& plan, const std::vector<std::string>& urls);

}  // namespace hubbub
