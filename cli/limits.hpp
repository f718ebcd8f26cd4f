// The server's rates and caps, from words to values. Called by serve; one thread.
#pragma once

#include "base/result.hpp"
#include "cli/commands.hpp"
#include "refserver/core/rate_limit.hpp"

namespace hubbub::cli {

/// Errors name the flag.
Result<ServerLimits> make_limits(const ServeOptions& options);

}  // namespace hubbub::cli
