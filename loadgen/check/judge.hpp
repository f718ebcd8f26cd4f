// Puts all workers' evidence together and says what happened. Every merge is addition or union, so the number
// of workers cannot matter. Used once, after the run, on one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "loadgen/check/checker.hpp"
#include "loadgen/check/violations.hpp"

namespace hubbub {

struct Evidence {
    std::string kind;          ///< a counter's name
    std::string conversation;  ///< index and class
    std::string sender;        ///< user name, empty when unknown
    std::uint32_t k = 0;
    Sequence sequence = 0;
    std::string receiver;
    double at = 0;  ///< seconds since the run's epoch
    std::string why;
};

struct Totals {
    std::uint64_t sent = 0, acked = 0, rejected = 0, indeterminate = 0, unsent = 0, expected = 0,
                  delivered = 0, missing = 0, unverified = 0, foreign = 0;
    std::uint64_t induced = 0;  ///< of `sent`: what other messages brought about, replies and edits
    std::uint64_t skipped = 0;  ///< entries that the target announced as not sent, by receiver
};

/// One kind of latency under one set of labels ("" = all; "class=group"; "phase=steady";
/// "class=group,phase=steady").
struct LatencyKey {
    /// ack, delivery, delivery_first, delivery_last; connect, reconnect from the workers. (No median over a
    /// message's recipients: it would need every delivery kept; docs/CHECKS.md.)
    std::string kind;
    std::string label;
    friend auto operator<=>(const LatencyKey&, const LatencyKey&) = default;
};

/// What the judge hands to the report.
struct Judgement {
    Totals totals;
    Violations violations;
    std::vector<std::string> not_checked;
    std::vector<std::pair<std::string, std::string>> sampled;  ///< counters judged on a sample, and which
    std::vector<Evidence> evidence;                            ///< at most 100 a kind
    std::map<LatencyKey, Histogram> latency;  ///< measured phases only; missing included as +infinity
    /// Per second since the run's epoch: delivery latencies of that second's intended sends (for series and
    /// the bootstrap).
    std::map<std::uint32_t, Histogram> delivery_by_second;
    std::map<std::uint32_t, Histogram> ack_by_second;
    std::vector<std::uint64_t> sent_by_phase;     ///< of the load; index: phase of the scenario
    std::vector<std::uint64_t> induced_by_phase;  ///< sent besides
};

class Judge {
  public:
    Judge(const Plan& plan, RunKey key, BackendAbilities abilities);
    /// Adds one worker's evidence, which outlives the judge; its checker must have ended its drain.
    void add(const WorkerEvidence& worker);
    void add(const Checker& worker) { add(worker.evidence()); }
    [[nodiscard]] Judgement judge();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace hubbub
