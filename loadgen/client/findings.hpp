// What one worker hands over when the run is over: its evidence and its own figures.
// Values; taken on the thread that led the worker, after it stopped.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "loadgen/client/worker.hpp"

namespace hubbub {

struct WorkerFindings {
    std::shared_ptr<const WorkerEvidence> evidence;
    WorkerStatus status;
    std::map<std::string, std::uint64_t> errors;  ///< grouped by stage
    Histogram schedule_lag, connect, reconnect;
    FaultEvidence faults;
};

/// The evidence stays the worker's own: it outlives the findings.
WorkerFindings findings_of(const Worker& worker);

/// Between processes (loadgen/check/carried_evidence.hpp).
std::string to_bytes(const WorkerFindings& findings);
/// No evidence: the bytes are not what to_bytes() makes.
WorkerFindings findings_from(std::string_view bytes, const Plan& plan, Slice slice, RunKey key,
                             BackendAbilities abilities);

}  // namespace hubbub
