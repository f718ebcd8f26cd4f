// The reference server as a child process of the same binary: never in-process, so that its CPU and
// descriptors are its own. Owned by the runner; one thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
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
    /// The same without waiting: look() says when it is ready. `breakable`: tell() reaches its disk and
    /// clocks.
    static Result<EmbeddedServer> begin(
        const std::string& program, std::vector<std::string> arguments,
        const std::vector<std::pair<std::string, std::string>>& environment = {}, bool breakable = false);
    EmbeddedServer(EmbeddedServer&& other) noexcept;
    EmbeddedServer& operator=(EmbeddedServer&& other) noexcept;
    /// Ends the child (SIGTERM, then SIGKILL after a grace) and waits for it.
    ~EmbeddedServer();

    enum class State : std::uint8_t { starting, ready, gone };
    /// How it stands now; waits at most so long for it to be ready.
    State look(int wait_ms = 0);
    /// False: there is no process any more.
    bool signal(int number);
    /// Says one command of docs/FAULTS.md to a breakable server: what it answers behind "ok". Nothing: it
    /// refused, did not answer within a second, or died of it.
    std::optional<std::string> tell(const std::string& command);

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] pid_t pid() const { return pid_; }
    /// CPU seconds (user + system) the child has used; 0 when unknown.
    [[nodiscard]] double cpu_seconds() const;
    /// Peak resident memory in bytes; 0 when unknown.
    [[nodiscard]] std::uint64_t peak_memory() const;

  private:
    EmbeddedServer(pid_t pid, int ready, int control) : pid_(pid), ready_(ready), control_(control) {}
    void end();
    void close_ready();
    void close_control();
    pid_t pid_ = -1;
    int ready_ = -1;    ///< where it says "ready PORT", until it has
    int control_ = -1;  ///< of a breakable one
    std::string said_;
    std::uint16_t port_ = 0;
};

}  // namespace hubbub
