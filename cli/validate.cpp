#include <cstdio>

#include "cli/load.hpp"

namespace hubbub::cli {

int validate(const ScenarioArguments& arguments) {
    const auto plan = load_plan(arguments);
    if (!plan) return usage_error(plan.error().message);
    std::printf("%s: ok\n", arguments.file.c_str());
    return 0;
}

}  // namespace hubbub::cli
