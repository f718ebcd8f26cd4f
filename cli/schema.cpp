#include "loadgen/scenario/schema.hpp"

#include <cstdio>

#include "cli/commands.hpp"

namespace hubbub::cli {

int schema() {
    std::fputs(scenario_schema().c_str(), stdout);
    return 0;
}

}  // namespace hubbub::cli
