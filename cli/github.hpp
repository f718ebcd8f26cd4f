// What a job of GitHub Actions is told beside the exit code: annotations on stderr, and its summary page.
// Called by run and sim; one thread.
#pragma once

#include "loadgen/report/run_result.hpp"

namespace hubbub::cli {

/// Nothing outside of GitHub Actions (GITHUB_ACTIONS=true). A summary that cannot be written is a warning.
void tell_github(const RunResult& result);

}  // namespace hubbub::cli
