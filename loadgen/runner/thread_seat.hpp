// Workers that are threads of this process, each with a loop of its own.
// Owned by the runner, or by a worker process; its main thread.
#pragma once

#include <memory>
#include <vector>

#include "loadgen/runner/worker_host.hpp"
#include "loadgen/runner/worker_seat.hpp"

namespace hubbub {

class ThreadSeat final : public WorkerSeat {
  public:
    /// They run from here on. `plan` and `clock` outlive the seat.
    ThreadSeat(const Plan& plan, WorkerShare share, RunKey key, const LoopOptions& dialing,
               const WorkerOptions& options, const Clock& clock);

    SeatStatus order(const WorkerCommand& command) override;
    SeatStatus add_statuses(std::vector<WorkerStatus>& out) override;
    SeatStatus raise_heads(std::vector<Sequence>& heads) override;
    SeatStatus add_latencies(RunLatencies& sum) override;
    SeatStatus finish(SeatFindings& sum) override;

  private:
    std::vector<std::unique_ptr<WorkerHost>> hosts_;
};

}  // namespace hubbub
