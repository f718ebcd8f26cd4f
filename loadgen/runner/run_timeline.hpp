// What a run leaves behind of its course: a point a second and the phases as they came.
// Owned by the runner; its thread.
#pragma once

#include <string_view>
#include <vector>

#include "loadgen/client/worker.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub {

class RunTimeline {
  public:
    /// The sum over all workers at `t` seconds since the run's epoch; t never falls.
    void observe(double t, std::string_view phase, const WorkerStatus& sum);

    [[nodiscard]] const std::vector<SeriesPoint>& points() const { return points_; }
    /// The last of them runs still.
    [[nodiscard]] const std::vector<PhaseSpan>& phases() const { return phases_; }
    /// Of the last whole second; 0 before there is one.
    [[nodiscard]] double sent_per_second() const { return per_second(&SeriesPoint::sent); }
    [[nodiscard]] double delivered_per_second() const { return per_second(&SeriesPoint::delivered); }

  private:
    [[nodiscard]] double per_second(std::uint64_t SeriesPoint::*counter) const {
        return points_.empty() ? 0 : static_cast<double>(points_.back().*counter) / last_span_;
    }
    std::vector<SeriesPoint> points_;
    std::vector<PhaseSpan> phases_;
    WorkerStatus last_sum_;
    double last_span_ = 1;
};

}  // namespace hubbub
