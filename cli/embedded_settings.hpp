// What a scenario tells the embedded server by the names of `hubbub config keys`.
// Called by the commands that load scenarios; one thread.
#pragma once

#include "base/result.hpp"
#include "cli/commands.hpp"
#include "loadgen/scenario/scenario.hpp"
#include "refserver/core/shard.hpp"

namespace hubbub::cli {

/// The options with `target.start.settings` in them. Errors, all at once, one a line, as the loader has them:
/// names that there are not, values that are none, and settings that other keys of the scenario have.
Result<ServeOptions> embedded_settings(const Scenario& scenario);

/// The same for a server in virtual time, which has its rates and its way with slow readers only: a setting
/// that would change nothing there is refused.
Status simulate_settings(const Scenario& scenario, const ServeOptions& settings, ServerOptions& server);

}  // namespace hubbub::cli
