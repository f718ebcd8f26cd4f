// Ends a run early: holds what is known of it while it goes on against the sentences of expect.abort_on.
// Owned by whoever conducts the run; its thread. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "loadgen/client/run_latencies.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub {

class AbortWatch {
  public:
    explicit AbortWatch(const Scenario& scenario) : sentences_(scenario.expect.abort_on) {}

    /// Below this many observations a percentile says more about chance than about the target.
    static constexpr std::uint64_t least_observations = 100;
    /// An entry that was overtaken is repaired within a moment, or it is lost.
    static constexpr double lost_after = 5;

    [[nodiscard]] bool wanted() const { return !sentences_.empty(); }
    [[nodiscard]] bool wants_latencies() const;
    /// The first sentence that is true now, once. `t`: seconds since the run's epoch, rising.
    /// `latencies`: nothing new of them this time when null.
    std::optional<Expectation> look(std::span<const WorkerStatus> workers, const RunLatencies* latencies,
                                    double t);

  private:
    [[nodiscard]] double value_of(const Slo& slo, std::span<const WorkerStatus> workers,
                                  const RunLatencies* latencies) const;
    void note_open_gaps(std::span<const WorkerStatus> workers, double t);
    [[nodiscard]] double lost() const;

    const std::vector<Slo> sentences_;
    struct OpenGaps {
        double t;
        std::uint64_t entries;
    };
    std::vector<OpenGaps> open_gaps_;  ///< of the last `lost_after` seconds, one a look
    bool full_ = false;                ///< they reach back that far
    bool said_ = false;
};

}  // namespace hubbub
