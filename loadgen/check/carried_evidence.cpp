#include "loadgen/check/carried_evidence.hpp"

#include "base/archive.hpp"

namespace hubbub {
namespace {

struct Carried {
    Carried(const Plan& plan, Slice slice, RunKey key, BackendAbilities abilities)
        : evidence(plan, slice, key, abilities) {}
    std::shared_ptr<const ArchiveReader::Words> words;  ///< the evidence points into them
    WorkerEvidence evidence;
};

/// What indexes the plan: a book of another slice would be read beyond its end.
bool fits(const WorkerEvidence& evidence) {
    return evidence.streams.size() == evidence.slice.last_stream - evidence.slice.first_stream &&
           evidence.conversations.size() == evidence.plan.conversations.size() &&
           evidence.acked_heads.size() == evidence.plan.conversations.size();
}

}  // namespace

std::string to_bytes(const WorkerEvidence& evidence) {
    ArchiveWriter archive;
    archive(evidence);
    return archive.take();
}

std::shared_ptr<const WorkerEvidence> evidence_from(std::string_view bytes, const Plan& plan, Slice slice,
                                                    RunKey key, BackendAbilities abilities) {
    auto carried = std::make_shared<Carried>(plan, slice, key, abilities);
    ArchiveReader archive(bytes);
    archive(carried->evidence);
    carried->words = archive.words();
    if (!archive.complete() || !fits(carried->evidence)) return nullptr;
    return {carried, &carried->evidence};
}

}  // namespace hubbub
