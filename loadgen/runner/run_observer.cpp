#include "loadgen/runner/run_observer.hpp"

#include <algorithm>

namespace hubbub {
namespace {

/// The percentiles of what was intended in the second that the point ends.
void add_latencies(SeriesPoint& point, const std::map<std::uint32_t, Histogram>& by_second) {
    const auto found = by_second.find(static_cast<std::uint32_t>(std::max(0.0, point.t - 0.5)));
    if (found == by_second.end()) return;
    point.delivery_p50 = found->second.percentile(50) * 1e-6;
    point.delivery_p99 = found->second.percentile(99) * 1e-6;
}

}  // namespace

SeatStatus RunObserver::observe(const std::vector<WorkerStatus>& states, std::string_view phase, Time now,
                                const AskLatencies& ask) {
    WorkerStatus sum;
    for (const WorkerStatus& state : states) add(sum, state);
    metrics_.figures().update(sum, phase);
    const double t = to_seconds(now - epoch_);
    std::optional<RunLatencies> latencies;
    if ((metrics_.wanted() || view_ || abort_.wants_latencies()) && t - last_latencies_ >= 1) {
        last_latencies_ = t;
        if (SeatStatus asked = ask(latencies.emplace()); !asked) return asked;
        if (view_) view_->observe(t, *latencies);
    }
    if (abort_.wanted() && !aborted_) aborted_ = abort_.look(states, latencies ? &*latencies : nullptr, t);
    if (metrics_.wanted() && latencies) metrics_.figures().update(std::move(*latencies));
    timeline_.observe(t, phase, sum);
    if (view_) view_->observe(t, phase, sum);
    return {};
}

void RunObserver::tell(RunInput& input) const {
    input.series = timeline_.points();
    input.phases = timeline_.phases();
    input.aborted = aborted_;
    for (SeriesPoint& point : input.series) add_latencies(point, input.judgement.delivery_by_second);
}

}  // namespace hubbub
