// What is seen of a run while it goes on: metrics, the series of the report, the progress line.
// Owned by the runner; its main thread.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "loadgen/runner/run_metrics.hpp"
#include "loadgen/runner/run_timeline.hpp"
#include "loadgen/runner/runner.hpp"
#include "loadgen/runner/worker_seat.hpp"

namespace hubbub {

class RunObserver {
  public:
    RunObserver(RunMetrics& metrics, std::function<void(const Progress&)> progress, Time epoch)
        : metrics_(metrics), progress_(std::move(progress)), epoch_(epoch) {}

    using AskLatencies = std::function<SeatStatus(RunLatencies&)>;
    /// Metrics at every call, one point of the series a second, progress twice a second. Latencies cost the
    /// workers a moment, so `ask` is called once a second at most, and only when somebody looks at them.
    SeatStatus observe(const std::vector<WorkerStatus>& states, std::string_view phase, Time now,
                       const AskLatencies& ask);
    /// What the report says of the course of the run, with the judge's percentiles of each second.
    void tell(RunInput& input) const;

  private:
    RunMetrics& metrics_;
    const std::function<void(const Progress&)> progress_;
    const Time epoch_;
    RunTimeline timeline_;
    double last_progress_ = 0;
    double last_latencies_ = 0;
};

}  // namespace hubbub
