// Holds what watchers were told against how the watched were, over all workers: wrong, late and missing
// notices, and how long the right ones took. Built, run and dropped by the judge; its thread.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "loadgen/check/evidence_book.hpp"
#include "loadgen/check/judge.hpp"
#include "loadgen/check/presence_truth.hpp"
#include "loadgen/check/worker_evidence.hpp"

namespace hubbub {

class PresenceJudge {
  public:
    struct Findings {
        Violations& violations;
        EvidenceBook& evidence;
        std::map<LatencyKey, Histogram>& latency;
    };

    PresenceJudge(const Plan& plan, std::span<const WorkerEvidence* const> workers, Findings findings);
    void judge();
    [[nodiscard]] double share() const { return share_; }
    /// No watcher could be held to anything: nobody's watch was granted, no ping was answered, or the run was
    /// too short.
    [[nodiscard]] bool blind() const { return !looked_; }

  private:
    struct Pair {
        UserIndex user;  ///< watched
        DeviceIndex watcher;
        const WorkerEvidence* of = nullptr;  ///< the watcher's worker
    };
    using Notes = std::span<const PresenceNote>;

    void collect_pairs();
    [[nodiscard]] UserTruth truth_about(UserIndex user) const;
    [[nodiscard]] Notes notes_of(const Pair& pair) const;
    void judge_views(const Pair& pair, const UserTruth& truth, Notes notes);
    void judge_session(const Pair& pair, const DeviceLife::Watched& session, const UserTruth& truth,
                       Notes notes);
    void judge_span(const Pair& pair, const DeviceLife::Watched& session, const TruthSpan& span, Notes notes);
    void measure(const Pair& pair, const UserTruth& truth, Notes notes);
    std::optional<std::uint64_t> first_told(const DeviceLife::Watched& session, const PresenceEvent& event,
                                            std::uint64_t until, Notes notes);
    void record(const Pair& pair, const PresenceEvent& event, std::uint64_t told_at);
    void accuse(const Pair& pair, std::uint64_t at, SeenAs may, const PresenceNote* view);

    const Plan& plan_;
    std::span<const WorkerEvidence* const> workers_;
    Findings out_;
    PresencePromise promise_;
    double share_ = 1;
    std::uint64_t lag_ = 0;  ///< how long what was sent to a prompt device may take to be seen there
    std::vector<std::vector<PresenceNote>> notes_;  ///< by worker: by watcher, user, time
    std::vector<Pair> pairs_;                       ///< by watched user
    const PresenceNote* accused_ = nullptr;         ///< in the session that is judged
    bool seen_otherwise_ = false;                   ///< of the last first_told()
    bool nothing_accused_ = false;                  ///< that nothing was told
    bool looked_ = false;                           ///< at any sight
};

}  // namespace hubbub
