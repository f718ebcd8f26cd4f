#include "loadgen/runner/live_view.hpp"

#include <algorithm>
#include <cmath>

#include "loadgen/runner/machine.hpp"

namespace hubbub {
namespace {

/// Percentiles of "now" are over this many looks of a second each: fewer jump, more lag behind.
constexpr std::size_t window = 5;

/// Those of the timeline that began.
std::vector<LiveFault> begun(const Scenario& scenario, const FaultEvidence& seen) {
    std::vector<LiveFault> out;
    for (std::size_t f = 0; f < std::min(scenario.faults.size(), seen.faults.size()); ++f) {
        const FaultMarks& marks = seen.faults[f];
        if (marks.started_us == 0) continue;
        out.push_back({kind_of(scenario.faults[f].deed), static_cast<double>(marks.started_us) * 1e-6,
                       marks.ended_us == 0 ? LiveFault::still : static_cast<double>(marks.ended_us) * 1e-6});
    }
    return out;
}

double seconds_of(double micros) {
    return micros * 1e-6;
}

}  // namespace

LiveView::LiveView(std::shared_ptr<const Plan> plan, std::function<void(const LiveFigures&)> look)
    : plan_(std::move(plan)), look_(std::move(look)), cpu_used_(own_cpu_seconds()) {}

void LiveView::observe(double t, std::string_view phase, const WorkerStatus& sum) {
    LiveFigures figures;
    {
        const std::lock_guard lock(mutex_);
        timeline_.observe(t, phase, sum);
        sum_ = sum;
        if (phase_ != phase) phase_ = phase;
        t_ = t;
        if (!look_ || t < next_look_) return;
        next_look_ = t + 0.25;
        figures = figures_locked();
    }
    look_(figures);
}

void LiveView::observe(double t, const RunLatencies& latencies) {
    const std::lock_guard lock(mutex_);
    add_latency_point(t, latencies.delivery_so_far);
    faults_ = begun(*plan_->scenario, latencies.faults);
    if (latencies.schedule_lag.count() > 0) lag_p99_ = seconds_of(latencies.schedule_lag.percentile(99));
    const double used = own_cpu_seconds();
    if (t > cpu_at_) cpu_ = (used - cpu_used_) / (t - cpu_at_);
    cpu_at_ = t;
    cpu_used_ = used;
}

void LiveView::add_latency_point(double t, const Histogram& delivered) {
    Histogram since = delivered;
    since -= delivered_;
    delivered_ = delivered;
    recent_.push_back(std::move(since));
    if (recent_.size() > window) recent_.pop_front();
    // A point is of its own second alone; "now", in figures(), of the last few.
    const Histogram& last = recent_.back();
    latency_.push_back({t, seconds_of(last.percentile(50)), seconds_of(last.percentile(99))});
}

std::vector<LivePhase> LiveView::phases() const {
    const auto& spans = timeline_.phases();
    std::vector<LivePhase> out;
    for (const Phase& planned : plan_->scenario->phases) {
        LivePhase phase{planned.name, -1, false, false};
        const auto span = std::find_if(spans.begin(), spans.end(),
                                       [&](const PhaseSpan& one) { return one.name == planned.name; });
        phase.begun = span != spans.end();
        phase.over = phase.begun && planned.name != phase_;
        if (planned.kind == PhaseKind::drain) {  // goes by the names of its parts
            const bool known = std::any_of(plan_->scenario->phases.begin(), plan_->scenario->phases.end(),
                                           [this](const Phase& one) { return one.name == phase_; });
            phase.begun |= !known && phase_ != "setup" && !spans.empty();
            phase.over = !ending_.empty();
        } else if (planned.kind == PhaseKind::connect) {
            phase.share = sum_.users > 0 ? static_cast<double>(sum_.online) / sum_.users : 0;
        } else if (phase.begun && planned.length > Duration{}) {
            phase.share = (t_ - span->started) / to_seconds(planned.length);
        }
        out.push_back(std::move(phase));
    }
    return out;
}

LiveFigures LiveView::figures_locked() const {
    LiveFigures out;
    out.scenario = plan_->scenario->name;
    out.phase = phase_;
    out.elapsed = t_;
    out.phases = phases();
    out.users = sum_.users;
    out.online = sum_.online;
    out.sent = sum_.live.sent;
    out.acked = sum_.live.acked;
    out.delivered = sum_.live.delivered;
    out.sent_per_second = timeline_.sent_per_second();
    out.delivered_per_second = timeline_.delivered_per_second();
    out.reconnects = sum_.reconnects;
    out.connect_errors = sum_.connect_errors;
    out.waiting = sum_.waiting;
    out.in_flight = sum_.in_flight;
    Histogram now;
    for (const Histogram& one : recent_) now += one;
    out.p50 = seconds_of(now.percentile(50));
    out.p99 = seconds_of(now.percentile(99));
    out.violations = live_violations(sum_.live);
    out.violation_kinds = live_violation_kinds(sum_.live);
    out.faults = faults_;
    out.schedule_lag_p99 = lag_p99_;
    out.cpu = cpu_;
    return out;
}

LiveFigures LiveView::figures() const {
    const std::lock_guard lock(mutex_);
    return figures_locked();
}

bool LiveView::finished() const {
    const std::lock_guard lock(mutex_);
    return !ending_.empty();
}

}  // namespace hubbub
