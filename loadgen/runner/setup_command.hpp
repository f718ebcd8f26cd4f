// The command of `target.setup.command`: prepares the target before the run reaches it.
// Called once, before the run has threads.
#pragma once

#include <atomic>
#include <string>

#include "base/result.hpp"

namespace hubbub {

/// Runs it by a shell with HUBBUB_URL set to `url`, and waits for its end; what it prints goes to stderr. It
/// must end with exit code 0. `interrupted` (may be null) ends it.
Status run_setup_command(const std::string& command, const std::string& url,
                         const std::atomic<bool>* interrupted);

}  // namespace hubbub
