// Any server as a child process for the length of a run: started by a shell's words, ready when it answers,
// ended when the run is over. Owned by main; its thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

namespace hubbub {

class StartedCommand {
  public:
    struct Options {
        std::string command;  ///< for /bin/sh -c; what it prints goes to stderr
        /// http://host:port/path: ready when it answers with 2xx; tcp://host:port (or any other URL with
        /// host and port): when somebody listens there.
        std::string ready;
        Duration within = std::chrono::seconds{30};
    };
    /// Waits until it is ready. Errors: somebody answers there already, it ended, it was not ready in time.
    static Result<std::unique_ptr<StartedCommand>> start(const Options& options);
    /// SIGTERM to all processes of it, SIGKILL to those that are still there after a grace.
    ~StartedCommand();
    StartedCommand(const StartedCommand&) = delete;
    StartedCommand& operator=(const StartedCommand&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }

  private:
    explicit StartedCommand(pid_t pid) : pid_(pid) {}
    pid_t pid_;  ///< and its process group
};

}  // namespace hubbub
