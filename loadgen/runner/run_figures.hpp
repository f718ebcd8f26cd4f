// The generator's figures for Prometheus, summed over all workers: what runs, what is wrong, how late it was.
// Owned by RunMetrics; the main thread writes, whoever scrapes or pushes reads.
#pragma once

#include <prometheus/collectable.h>

#include <array>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "loadgen/check/latency_book.hpp"
#include "loadgen/client/run_latencies.hpp"
#include "loadgen/client/worker.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub {

/// Adds one worker's figures to a sum.
void add(WorkerStatus& sum, const WorkerStatus& one);
/// Everything that is wrong already now; losses are known at the drain only.
std::uint64_t live_violations(const Checker::Live& live);
/// By counter, those above 0.
std::vector<std::pair<std::string, std::uint64_t>> live_violation_kinds(const Checker::Live& live);

/// hubbub_run_* (docs/METRICS.md).
class RunFigures final : public prometheus::Collectable {
  public:
    explicit RunFigures(const Scenario& scenario);
    void update(const WorkerStatus& sum, std::string_view phase);
    void update(RunLatencies latencies);
    /// The judge's figures in place of the live ones: losses, missing deliveries as +Inf, the verdict.
    void finish(const RunResult& result);
    [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

  private:
    struct Ending {
        Verdict verdict = Verdict::error;
        Violations violations;
        std::vector<std::string> not_checked;
        std::vector<std::pair<std::string, bool>> expectations;
    };
    void add_violations(std::vector<prometheus::MetricFamily>& out) const;
    void add_latencies(std::vector<prometheus::MetricFamily>& out) const;
    void add_faults(std::vector<prometheus::MetricFamily>& out) const;
    void add_stages(std::vector<prometheus::MetricFamily>& out) const;

    const std::string scenario_;
    std::vector<std::string> fault_kinds_;                            ///< by Scenario::faults
    std::vector<std::pair<std::string, std::string>> network_kinds_;  ///< by cohort: its name, its network
    mutable std::mutex mutex_;
    WorkerStatus sum_;
    RunLatencies latencies_;
    std::string phase_ = "setup";
    std::set<std::string> phases_ = {"setup"};  ///< all so far, so that one that ended reads 0
    std::optional<Ending> ending_;
};

}  // namespace hubbub
