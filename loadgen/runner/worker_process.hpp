// Processes for workers, where one cannot hold all connections. They are forked without exec before anything
// else of the run begins, so all share the plan's memory, and the plan is made once; secrets stay where they
// are. Times need no translation: CLOCK_MONOTONIC is one for all processes of a machine (clock_gettime(2)).
// Owned by who starts the run (main); its thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "loadgen/client/worker.hpp"
#include "loadgen/runner/message_pipe.hpp"
#include "loadgen/runner/worker_seat.hpp"

namespace hubbub {

/// One of them, from outside.
class WorkerProcess {
  public:
    WorkerProcess(pid_t pid, MessagePipe pipe) : pid_(pid), pipe_(std::move(pipe)) {}
    WorkerProcess(WorkerProcess&& other) noexcept
        : pid_(std::exchange(other.pid_, -1)), pipe_(std::move(other.pipe_)) {}
    WorkerProcess& operator=(WorkerProcess&&) = delete;
    /// Kills it, if it is still there: what it found was handed over, or is not wanted.
    ~WorkerProcess();

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] MessagePipe& pipe() { return pipe_; }
    /// It does not answer: how it ended, or that it did not.
    SeatFailure post_mortem();
    /// In a sibling: it is not its own.
    void forget() {
        pid_ = -1;
        const MessagePipe gone = std::move(pipe_);
    }

  private:
    pid_t pid_;
    MessagePipe pipe_;
};

class WorkerProcesses {
  public:
    /// Must be called before this process has a second thread: what a thread holds at a fork stays held for
    /// ever. `plan` stays the children's too.
    static Result<std::unique_ptr<WorkerProcesses>> start(std::shared_ptr<const Plan> plan,
                                                          std::uint32_t count, const WorkerOptions& options);

    [[nodiscard]] std::vector<WorkerProcess>& all() { return all_; }

  private:
    std::vector<WorkerProcess> all_;
};

}  // namespace hubbub
