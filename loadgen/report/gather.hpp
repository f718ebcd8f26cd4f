// Brings what all workers found into one RunInput; the same for a live and a simulated run.
// Used once, after the run, on one thread.
#pragma once

#include <span>

#include "loadgen/client/findings.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub {

/// Workers must have obeyed Finish. Fills plan, judgement, connections, extra latencies and the schedule lag;
/// the caller adds what only it knows (series, CPU, environment, command).
RunInput gather(const std::shared_ptr<const Plan>& plan, RunKey key, const BackendAbilities& abilities,
                std::span<const WorkerFindings> workers);

}  // namespace hubbub
