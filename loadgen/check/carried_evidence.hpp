// A worker's evidence on its way from the process that gathered it to the one that judges.
// Pure functions; any thread, once the checker is done.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "loadgen/check/worker_evidence.hpp"

namespace hubbub {

std::string to_bytes(const WorkerEvidence& evidence);

/// What the other process had, for the judge alone: no checker can go on with it. Of the same plan, slice,
/// key and abilities. Null when the bytes are not what to_bytes() makes.
std::shared_ptr<const WorkerEvidence> evidence_from(std::string_view bytes, const Plan& plan, Slice slice,
                                                    RunKey key, BackendAbilities abilities);

}  // namespace hubbub
