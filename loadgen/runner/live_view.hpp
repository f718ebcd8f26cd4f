// A run while it goes on: its course so far, for the screen of a terminal and for the live page.
// Owned by whoever plays the run; the runner's thread writes, any thread reads.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/report/live_figures.hpp"
#include "loadgen/runner/run_figures.hpp"
#include "loadgen/runner/run_timeline.hpp"

namespace hubbub {

class LiveView {
  public:
    /// `look` is called four times a second on the runner's thread; may be empty.
    LiveView(std::shared_ptr<const Plan> plan, std::function<void(const LiveFigures&)> look);

    // ---- the runner's
    void observe(double t, std::string_view phase, const WorkerStatus& sum);
    /// Everything measured so far; once a second.
    void observe(double t, const RunLatencies& latencies);
    void finish(const RunResult& result);

    // ---- any thread
    [[nodiscard]] LiveFigures figures() const;
    /// What the live page asks for: figures now, and the points of the course that it has not seen: those
    /// from the `points`-th and `latency`-th on.
    [[nodiscard]] std::string json(std::size_t points, std::size_t latency) const;
    [[nodiscard]] bool finished() const;

  private:
    /// Deliveries between two looks.
    struct Point {
        double t = 0, p50 = 0, p99 = 0;
    };
    void add_latency_point(double t, const Histogram& delivered);
    [[nodiscard]] std::vector<LivePhase> phases() const;
    [[nodiscard]] LiveFigures figures_locked() const;

    const std::shared_ptr<const Plan> plan_;
    const std::function<void(const LiveFigures&)> look_;
    double next_look_ = 0;

    mutable std::mutex mutex_;
    RunTimeline timeline_;
    WorkerStatus sum_;
    std::string phase_ = "setup";
    double t_ = 0;
    std::vector<Point> latency_;    ///< one for each call with latencies
    Histogram delivered_;           ///< so far
    std::deque<Histogram> recent_;  ///< of the last seconds, one each
    double lag_p99_ = LiveFigures::unknown, cpu_ = LiveFigures::unknown;
    double cpu_at_ = 0, cpu_used_ = 0;
    std::vector<LiveFault> faults_;
    std::string ending_;  ///< JSON; empty while it runs
};

}  // namespace hubbub
