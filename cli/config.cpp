#include <unistd.h>

#include <cstdio>

#include "cli/load.hpp"
#include "cli/serve_config.hpp"

namespace hubbub::cli {

int explain_config(const ServeArguments& arguments) {
    const auto config = serve_config(arguments, environ);
    if (!config) return usage_error(config.error().message);
    std::fputs(explain(*config).c_str(), stdout);
    return 0;
}

int print_config_keys() {
    std::fputs(describe_serve_keys().c_str(), stdout);
    return 0;
}

}  // namespace hubbub::cli
