#include <cstdio>

#include "cli/load.hpp"
#include "cli/machine_limits.hpp"

namespace hubbub::cli {

int plan(const ScenarioArguments& arguments) {
    const auto loaded = load_plan(arguments);
    if (!loaded) return usage_error(loaded.error().message);
    const MachineLimits limits = machine_limits();
    std::fputs(describe(**loaded, limits).c_str(), stdout);
    return refusals(**loaded, limits).empty() ? 0 : exit_usage;
}

}  // namespace hubbub::cli
