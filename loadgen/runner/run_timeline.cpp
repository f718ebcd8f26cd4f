#include "loadgen/runner/run_timeline.hpp"

#include "loadgen/runner/run_figures.hpp"

namespace hubbub {

void RunTimeline::observe(double t, std::string_view phase, const WorkerStatus& sum) {
    if (!phases_.empty()) phases_.back().ended = t;
    if (phases_.empty() || phases_.back().name != phase) phases_.push_back({std::string(phase), t, t});

    const double last = points_.empty() ? 0 : points_.back().t;
    if (t - last < 1) return;
    SeriesPoint point;
    point.t = t;
    point.users = sum.online;
    point.sent = sum.live.sent - last_sum_.live.sent;
    point.acked = sum.live.acked - last_sum_.live.acked;
    point.delivered = sum.live.delivered - last_sum_.live.delivered;
    point.violations = live_violations(sum.live) - live_violations(last_sum_.live);
    point.reconnects = sum.reconnects - last_sum_.reconnects;
    point.connect_errors = sum.connect_errors - last_sum_.connect_errors;
    points_.push_back(point);
    last_span_ = t - last;
    last_sum_ = sum;
}

}  // namespace hubbub
