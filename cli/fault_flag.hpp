// A fault as a flag says it: "latency:latency=100,jitter=20,stream=upstream,toxicity=0.5".
// Called by commands; one thread.
#pragma once

#include <string>

#include "base/result.hpp"
#include "chaos/fault_set.hpp"

namespace hubbub::cli {

/// The same keys as the proxy's interface takes as JSON. `flag`: how errors call it.
Result<FaultSpec> parse_fault_flag(const std::string& flag, const std::string& text);

}  // namespace hubbub::cli
