// Leads all workers through the run: phases, settle, repair, audit, finish. Pure: told the workers' states,
// it answers with commands. Owned by the runner's main thread (live) or the simulated world.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "loadgen/client/worker.hpp"

namespace hubbub {

/// What the conductor wants done now.
struct ConductorStep {
    std::vector<WorkerCommand> commands;  ///< for every worker, in this order
    bool want_heads =
        false;  ///< collect Checker::acked_heads() of all workers, take the maximum, hand it to heads()
    bool done = false;  ///< every worker has obeyed Finish and closed its links
    Time next{};        ///< call step() again at the latest then (status is polled, 50 ms by default)
};

class Conductor {
  public:
    Conductor(const Plan& plan, std::vector<ReadyConversation> ready, Time start);
    ConductorStep step(std::span<const WorkerStatus> workers, Time now);
    void heads(std::vector<Sequence> merged);
    /// Ctrl-C: go to the drain at once; the report is still written.
    void interrupt();
    /// Name of the current phase, for the live screen ("settle", "repair" and "audit" follow the scenario's
    /// own).
    [[nodiscard]] std::string_view phase() const;
    /// When measured load phases began and ended (for the achieved rate).
    [[nodiscard]] Duration measured() const;
    /// Everybody who could connect did; false: nobody ever did (unreachable).
    [[nodiscard]] bool reached() const;

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace hubbub
