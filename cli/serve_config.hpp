// The settings of `hubbub serve` from flags, environment, file and defaults, in this order of precedence,
// each with where it came from. Called by the commands serve and config; one thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/serve_keys.hpp"

namespace hubbub::cli {

/// What was written on the command line.
struct ServeArguments {
    std::string config;                        ///< --config FILE; empty: HUBBUB_SERVE_CONFIG, or none
    std::map<std::string, std::string> flags;  ///< by key, as written
    int ready_fd = -1;    ///< where "ready PORT\n" is written once connections are accepted. A flag only: a
                          ///< descriptor is between a parent and its child
    int control_fd = -1;  ///< a socket by which the parent makes disk and clocks fail (cli/fault_control.hpp)
};

struct ServeSetting {
    const ServeKey* key = nullptr;
    std::string written;
    std::string
        from;  ///< "flag --shards", "environment HUBBUB_SERVE_SHARDS", "file hubbub.yaml:3:9", "default"
};

struct ServeConfig {
    std::string file;                    ///< empty: none
    std::vector<ServeSetting> settings;  ///< all of them, in the table's order
    ServeOptions options;
};

/// `environment`: "NAME=value" as in environ(7). Errors, all of them at once: one a line, each with where it
/// stands; unknown keys of the file and unknown HUBBUB_SERVE_ variables are among them.
Result<ServeConfig> serve_config(const ServeArguments& arguments, const char* const* environment);

/// One line a setting: key, value (secrets redacted), where it came from.
std::string explain(const ServeConfig& config);

}  // namespace hubbub::cli
