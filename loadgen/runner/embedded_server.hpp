// The reference server as a child process of the same binary: never in-process, so that its CPU and
// descriptors are its own. Owned by the runner; one thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace hubbub {

class EmbeddedServer {
  public:
    /// Starts `program arguments... --ready-fd N` and waits until it says "ready PORT". Errors: cannot start,
    /// died, not ready in time. `environment` is set for the child alone: what a command line must not show.
    static Result<EmbeddedServer> start(
        const std::string& program, std::vector<std::string> arguments,
        const std::vector<std::pair<std::string, std::string>>& environment = {});
    EmbeddedServer(EmbeddedServer&& other) noexcept;
    EmbeddedServer& operator=(EmbeddedServer&& other) noexcept;
    /// Ends the child (SIGTERM, then SIGKILL after a grace) and waits for it.
    ~EmbeddedServer();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] pid_t pid() const { return pid_; }
    /// CPU seconds (user + system) the child has used; 0 when unknown.
    [[nodiscard]] double cpu_seconds() const;
    /// Peak resident memory in bytes; 0 when unknown.
    [[nodiscard]] std::uint64_t peak_memory() const;

  private:
    EmbeddedServer(pid_t pid, std::uint16_t port) : pid_(pid), port_(port) {}
    void end();
    pid_t pid_ = -1;
    std::uint16_t port_ = 0;
};

}  // namespace hubbub
