// What the live page is told: small, and nothing twice, so that a page may stay open for hours.
#include <boost/json.hpp>
#include <cmath>

#include "loadgen/report/coarse_buckets.hpp"
#include "loadgen/report/expectations.hpp"
#include "loadgen/runner/live_view.hpp"

namespace hubbub {
namespace {

namespace json = boost::json;

json::value number(double value) {
    if (std::isnan(value)) return nullptr;
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return value;
}

json::object figures_object(const LiveFigures& f) {
    json::object kinds;
    for (const auto& [kind, count] : f.violation_kinds) kinds[kind] = count;
    return {{"users", f.users},
            {"online", f.online},
            {"sent", f.sent},
            {"acked", f.acked},
            {"delivered", f.delivered},
            {"sent_per_second", number(f.sent_per_second)},
            {"delivered_per_second", number(f.delivered_per_second)},
            {"reconnects", f.reconnects},
            {"connect_errors", f.connect_errors},
            {"waiting", f.waiting},
            {"in_flight", f.in_flight},
            {"p50", number(f.p50)},
            {"p99", number(f.p99)},
            {"violations", f.violations},
            {"violation_kinds", std::move(kinds)},
            {"schedule_lag_p99", number(f.schedule_lag_p99)},
            {"cpu", number(f.cpu)}};
}

json::array planned_array(const std::vector<LivePhase>& phases) {
    json::array out;
    for (const LivePhase& phase : phases)
        out.push_back(json::object{{"name", phase.name},
                                   {"share", phase.share < 0 ? json::value(nullptr) : number(phase.share)},
                                   {"begun", phase.begun},
                                   {"over", phase.over}});
    return out;
}

json::object ending_object(const RunResult& result) {
    json::array expectations, broken;
    const auto& slo = result.in.plan->scenario->expect.slo;
    for (std::size_t i = 0; i < result.expectations.size(); ++i) {
        const Expectation& one = result.expectations[i];
        expectations.push_back(json::object{{"text", one.text},
                                            {"ok", one.ok},
                                            {"value", number(one.value)},
                                            {"unit", i < slo.size() && is_latency(slo[i]) ? "s" : ""}});
    }
    for (const auto& [counter, count] : result.broken)
        broken.push_back(json::object{{"counter", counter}, {"count", count}});
    return {{"verdict", name(result.verdict)},
            {"exit_code", exit_code(result.verdict)},
            {"reasons", json::array(result.in.health.reasons.begin(), result.in.health.reasons.end())},
            {"expectations", std::move(expectations)},
            {"broken", std::move(broken)},
            {"command", result.in.command}};
}

}  // namespace

void LiveView::finish(const RunResult& result) {
    const std::lock_guard lock(mutex_);
    ending_ = json::serialize(ending_object(result));
}

std::string LiveView::json(std::size_t points_from, std::size_t latency_from) const {
    const std::lock_guard lock(mutex_);
    const LiveFigures now = figures_locked();
    json::array points, latency, phases, faults;
    for (const LiveFault& fault : now.faults)
        faults.push_back(
            json::object{{"kind", fault.kind}, {"started", fault.started}, {"ended", number(fault.ended)}});
    const auto& course = timeline_.points();
    for (std::size_t i = points_from; i < course.size(); ++i) {
        const SeriesPoint& p = course[i];
        points.push_back(json::array{p.t, p.users, p.sent, p.acked, p.delivered, p.violations, p.reconnects});
    }
    for (std::size_t i = latency_from; i < latency_.size(); ++i)
        latency.push_back(json::array{latency_[i].t, number(latency_[i].p50), number(latency_[i].p99)});
    for (const PhaseSpan& span : timeline_.phases())
        phases.push_back(json::object{{"name", span.name}, {"started", span.started}, {"ended", span.ended}});
    std::string out = json::serialize(json::object{{"scenario", plan_->scenario->name},
                                                   {"file", plan_->scenario->file},
                                                   {"seed", plan_->seed},
                                                   {"t", t_},
                                                   {"phase", phase_},
                                                   {"planned", planned_array(now.phases)},
                                                   {"phases", std::move(phases)},
                                                   {"figures", figures_object(now)},
                                                   {"points", std::move(points)},
                                                   {"latency", std::move(latency)},
                                                   {"buckets", coarse_buckets(delivered_)},
                                                   {"faults", std::move(faults)}});
    out.back() = ',';
    return out + "\"ending\":" + (ending_.empty() ? "null" : ending_) + "}";
}

}  // namespace hubbub
