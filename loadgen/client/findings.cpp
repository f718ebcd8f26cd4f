#include "loadgen/client/findings.hpp"

#include "base/archive.hpp"
#include "loadgen/check/carried_evidence.hpp"

namespace hubbub {
namespace {

/// All but the evidence.
template <class Archive, class Findings>
void figures_of(Archive& archive, Findings& findings) {
    archive(findings.status, findings.errors, findings.schedule_lag, findings.connect, findings.reconnect,
            findings.faults);
}

}  // namespace

WorkerFindings findings_of(const Worker& worker) {
    const std::shared_ptr<const WorkerEvidence> borrowed(std::shared_ptr<void>(),
                                                         &worker.checker().evidence());
    return {borrowed,
            worker.status(),
            worker.errors(),
            worker.schedule_lag(),
            worker.connect_latency(),
            worker.reconnect_latency(),
            worker.faults()};
}

std::string to_bytes(const WorkerFindings& findings) {
    ArchiveWriter archive;
    figures_of(archive, findings);
    archive(to_bytes(*findings.evidence));
    return archive.take();
}

WorkerFindings findings_from(std::string_view bytes, const Plan& plan, Slice slice, RunKey key,
                             BackendAbilities abilities) {
    WorkerFindings findings;
    ArchiveReader archive(bytes);
    figures_of(archive, findings);
    std::string_view evidence;
    archive(evidence);
    if (archive.complete()) findings.evidence = evidence_from(evidence, plan, slice, key, abilities);
    return findings;
}

}  // namespace hubbub
