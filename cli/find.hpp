// `find:` of a scenario: the same run again and again, until the capacity is bracketed.
// Called by `hubbub run`; one thread.
#pragma once

#include <functional>
#include <optional>

#include "cli/commands.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub::cli {

/// One run of the search: its result, or the exit code with which it could not be played (the error is on
/// stderr).
struct Played {
    std::optional<RunResult> result;
    int exit = 0;
};

/// Plays runs until the search ends; says each on stderr and the capacity on stdout, as JSON where that is
/// asked for. 0: bracketed; 5: not; the run's own code when one was wrong, unreachable, interrupted or could
/// not be judged.
int find_capacity(const FindCapacity& find, const RunOptions& options,
                  const std::function<Played(const RunOptions&)>& play);

}  // namespace hubbub::cli
