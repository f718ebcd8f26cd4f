// Makes the scenario's faults of the target happen: kills, stops, power. Pure: it acts through a port, and is
// asked when it is due. Owned by whoever leads the run (the runner's main thread, the world).
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "chaos/target_fault.hpp"
#include "loadgen/client/fault_evidence.hpp"
#include "loadgen/client/worker.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub {

class TargetTimeline {
  public:
    static bool wanted(const Plan& plan);

    TargetTimeline(const Plan& plan, TargetControl& target, Time epoch);

    /// What the conductor tells the workers: phases begin, and the load ends. Then what is stopped goes on,
    /// and what is down is started.
    void hear(const WorkerCommand& command, Time now);
    /// `online`: sessions that stand.
    void turn(std::uint64_t online, Time now);
    [[nodiscard]] Time next_deadline() const { return steps_.empty() ? never : steps_.begin()->first; }
    void add_to(FaultEvidence& evidence) const;

  private:
    const Plan& plan_;
    TargetControl& target_;
    const Time epoch_;
    std::vector<std::unique_ptr<TargetDeed>> deeds_;  ///< by Scenario::faults; null: of connections
    std::vector<FaultMarks> marks_;
    std::multimap<Time, std::uint32_t> steps_;
    bool over_ = false;
};

}  // namespace hubbub
