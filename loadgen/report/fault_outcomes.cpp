#include "loadgen/report/fault_outcomes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "loadgen/report/run_result.hpp"

namespace hubbub {
namespace {

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
/// What stands for the time before and after: long enough to say something, near enough to compare.
constexpr double beside_seconds = 10;

double seconds(std::uint64_t micros) {
    return static_cast<double>(micros) * 1e-6;
}

/// From its begin until it was over and everybody was back.
struct Window {
    double from = 0, until = 0;
};

Window window_of(const FaultMarks& marks, double duration) {
    Window window{seconds(marks.started_us), marks.ended_us == 0 ? duration : seconds(marks.ended_us)};
    if (marks.lost > marks.back.count()) window.until = duration;
    if (marks.back.count() > 0)
        window.until = std::max(window.until, window.from + static_cast<double>(marks.back.max()) * 1e-6);
    return window;
}

/// Sessions that were lost and did not come back are missing.
Histogram with_missing(const Histogram& of, std::uint64_t lost) {
    Histogram out = of;
    if (lost > of.count()) out.record_missing(lost - of.count());
    return out;
}

double goodput(const RunInput& input, double from, double until) {
    double deliveries = 0, points = 0;
    for (const SeriesPoint& point : input.series) {
        // A point ends its second.
        if (point.t - 1 < from - 0.5 || point.t - 1 >= until - 0.5) continue;
        deliveries += static_cast<double>(point.delivered);
        ++points;
    }
    return points > 0 ? deliveries / points : not_known;
}

/// 0.1 s is the finest that attempts are counted by: without jitter they come at once.
double peak_attempts(const RunInput& input, const Window& window) {
    constexpr double bin = static_cast<double>(FaultEvidence::bin_us) * 1e-6;
    const auto& dials = input.faults.dials;
    const auto first = static_cast<std::size_t>(window.from / bin);
    const auto last = static_cast<std::size_t>(std::min(window.until, input.duration) / bin);
    std::uint32_t most = 0;
    for (std::size_t i = first; i <= last && i < dials.size(); ++i) most = std::max(most, dials[i]);
    return most / bin;
}

double slo_again(const RunInput& input, double from) {
    double bound = infinity;
    for (const Slo& slo : input.plan->scenario->expect.slo)
        if (slo.metric == "delivery" && slo.figure == "p99" && slo.op.starts_with("<"))
            bound = std::min(bound, slo.bound);
    if (bound == infinity) return not_known;
    const auto& by_second = input.judgement.delivery_by_second;
    double again = 0;
    for (const auto& [second, latency] : by_second) {
        if (second < std::floor(from) || latency.percentile(99) * 1e-6 <= bound) continue;
        again = second == by_second.rbegin()->first ? infinity : second + 1 - from;
    }
    return again;
}

FaultOutcome outcome_of(const RunInput& input, std::size_t f) {
    const FaultMarks& marks = input.faults.faults[f];
    FaultOutcome out;
    out.index = static_cast<std::uint32_t>(f + 1);
    out.kind = kind_of(input.plan->scenario->faults[f].deed);
    out.started = marks.started_us == 0 ? not_known : seconds(marks.started_us);
    out.ended = marks.ended_us == 0 ? not_known : seconds(marks.ended_us);
    out.fired = marks.fired;
    out.affected = marks.affected;
    out.lost = marks.lost;
    out.back = with_missing(marks.back, marks.lost);
    out.caught_up = with_missing(marks.caught_up, marks.lost);
    const auto came_back = static_cast<double>(marks.back.count());
    out.attempts = came_back > 0 ? static_cast<double>(marks.attempts) / came_back : not_known;
    out.peak_attempts = out.goodput_before = out.goodput_during = out.goodput_after = out.slo_again =
        not_known;
    if (marks.started_us == 0) return out;
    const Window window = window_of(marks, input.duration);
    out.peak_attempts = peak_attempts(input, window);
    out.goodput_before = goodput(input, window.from - beside_seconds, window.from);
    out.goodput_during = goodput(input, window.from, window.until);
    out.goodput_after = goodput(input, window.until, window.until + beside_seconds);
    out.slo_again = slo_again(input, window.from);
    return out;
}

}  // namespace

void add_fault_latencies(RunInput& input) {
    const auto& faults = input.faults.faults;
    for (std::size_t f = 0; f < faults.size(); ++f) {
        const std::string label = "fault=" + std::to_string(f + 1);
        if (faults[f].started_us == 0) continue;
        if (faults[f].lost > 0)
            input.extra_latency[{"reconnect", label}] = with_missing(faults[f].reconnect, faults[f].lost);
        const Window window = window_of(faults[f], input.duration);
        for (const auto& [second, latency] : input.judgement.delivery_by_second) {
            const char* const when = second + 1 <= window.from ? "before"
                                     : second < window.until   ? "during"
                                                               : "after";
            input.judgement.latency[{"delivery", label + ",window=" + when}] += latency;
        }
    }
}

std::vector<FaultOutcome> fault_outcomes(const RunInput& input) {
    std::vector<FaultOutcome> out;
    const Scenario& scenario = *input.plan->scenario;
    for (std::size_t f = 0; f < std::min(scenario.faults.size(), input.faults.faults.size()); ++f)
        out.push_back(outcome_of(input, f));
    const auto& cohorts = scenario.population.cohorts;
    for (std::size_t c = 0; c < std::min(cohorts.size(), input.faults.networks.size()); ++c) {
        if (cohorts[c].network.links.empty()) continue;
        FaultOutcome network;
        network.cohort = cohorts[c].name;
        network.kind =
            cohorts[c].network.profile.empty() ? kind_of(cohorts[c].network) : cohorts[c].network.profile;
        network.fired = input.faults.networks[c].fired;
        network.affected = input.faults.networks[c].affected;
        network.started = network.ended = network.attempts = network.peak_attempts = network.goodput_before =
            network.goodput_during = network.goodput_after = network.slo_again = not_known;
        out.push_back(std::move(network));
    }
    return out;
}

std::vector<std::string> unfelt(const std::vector<FaultOutcome>& outcomes) {
    std::vector<std::string> out;
    for (const FaultOutcome& each : outcomes) {
        if (each.fired > 0) continue;
        out.push_back(each.index > 0 ? "fault " + std::to_string(each.index) + " (" + each.kind +
                                           ") was felt by nobody, so it has shown nothing" +
                                           (std::isnan(each.started) ? ": it never began" : "")
                                     : "the network of cohort " + each.cohort + " (" + each.kind +
                                           ") was felt by nobody, so it has shown nothing");
    }
    return out;
}

}  // namespace hubbub
