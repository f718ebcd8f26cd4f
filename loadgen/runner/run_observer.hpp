// What is seen of a run while it goes on: metrics, the series of the report, live views.
// Owned by the runner; its main thread.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "loadgen/report/abort_watch.hpp"
#include "loadgen/runner/live_view.hpp"
#include "loadgen/runner/run_metrics.hpp"
#include "loadgen/runner/run_timeline.hpp"
#include "loadgen/runner/runner.hpp"
#include "loadgen/runner/worker_seat.hpp"

namespace hubbub {

class RunObserver {
  public:
    /// `view`: may be null.
    RunObserver(const Scenario& scenario, RunMetrics& metrics, LiveView* view, Time epoch)
        : abort_(scenario), metrics_(metrics), view_(view), epoch_(epoch) {}

    using AskLatencies = std::function<SeatStatus(RunLatencies&)>;
    /// Metrics at every call, one point of the series a second. Latencies cost the
    /// workers a moment, so `ask` is called once a second at most, and only when somebody looks at them.
    SeatStatus observe(const std::vector<WorkerStatus>& states, std::string_view phase, Time now,
                       const AskLatencies& ask);
    /// What expect.abort_on ended the run for.
    [[nodiscard]] const std::optional<Expectation>& aborted() const { return aborted_; }
    /// What the report says of the course of the run, with the judge's percentiles of each second.
    void tell(RunInput& input) const;

  private:
    AbortWatch abort_;
    std::optional<Expectation> aborted_;
    RunMetrics& metrics_;
    LiveView* const view_;
    const Time epoch_;
    RunTimeline timeline_;
    double last_latencies_ = 0;
};

}  // namespace hubbub
