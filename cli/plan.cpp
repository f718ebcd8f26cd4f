#include <cstdio>

#include "cli/load.hpp"
#include "cli/machine_limits.hpp"

namespace hubbub::cli {

int plan(const RunOptions& options) {
    const auto loaded = load_plan(options.scenario);
    if (!loaded) return usage_error(loaded.error().message);
    const MachineLimits limits = machine_limits();
    const Staging staging = staging_for(**loaded, options);
    std::fputs(describe(**loaded, limits, staging).c_str(), stdout);
    return refusals(**loaded, limits, staging).empty() ? 0 : exit_usage;
}

}  // namespace hubbub::cli
