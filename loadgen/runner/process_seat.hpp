// Workers in a process of their own, led over a pipe; one that dies ends the run without a verdict on it.
// Owned by the runner; its main thread.
#pragma once

#include <string>
#include <vector>

#include "loadgen/runner/worker_mail.hpp"
#include "loadgen/runner/worker_process.hpp"

namespace hubbub {

class ProcessSeat final : public WorkerSeat {
  public:
    /// `plan` and `process` outlive the seat.
    ProcessSeat(const Plan& plan, WorkerShare share, RunKey key, BackendAbilities abilities,
                WorkerProcess& process)
        : plan_(plan), share_(share), key_(key), abilities_(abilities), process_(process) {}

    /// To be called first, and once.
    SeatStatus begin(const std::vector<std::string>& urls);
    SeatStatus order(const WorkerCommand& command) override;
    SeatStatus add_statuses(std::vector<WorkerStatus>& out) override;
    SeatStatus raise_heads(std::vector<Sequence>& heads) override;
    SeatStatus add_latencies(RunLatencies& sum) override;
    SeatStatus finish(SeatFindings& sum) override;

  private:
    template <class Answer>
    Result<Answer, SeatFailure> ask(const WorkerRequest& request);
    [[nodiscard]] SeatFailure nonsense() const;

    const Plan& plan_;
    const WorkerShare share_;
    const RunKey key_;
    const BackendAbilities abilities_;
    WorkerProcess& process_;
};

}  // namespace hubbub
