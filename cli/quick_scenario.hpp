// `hubbub run --users 100 --for 30s`: a run without a scenario file.
// Called by `hubbub run`; one thread.
#pragma once

#include "base/result.hpp"
#include "cli/commands.hpp"

namespace hubbub::cli {

/// The options with a scenario: the given file, or the text that --users and --for stand for. An error when
/// there is neither, or both.
Result<RunOptions> with_scenario(RunOptions options);

}  // namespace hubbub::cli
