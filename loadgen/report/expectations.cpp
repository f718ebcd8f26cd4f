#include "loadgen/report/expectations.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace hubbub {
namespace {

constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

/// `connect.errors`: the share of attempts that failed.
double connect_errors(const RunInput& input) {
    const auto attempts =
        static_cast<double>(input.connections.connections + input.connections.connect_errors);
    return attempts > 0 ? static_cast<double>(input.connections.connect_errors) / attempts : not_measured;
}

double counter_value(const RunInput& input, const std::string& counter) {
    const auto& blind = input.judgement.not_checked;
    if (std::find(blind.begin(), blind.end(), counter) != blind.end()) return not_measured;
    for (const auto& [name, value] : by_name(input.judgement.violations))
        if (name == counter) return static_cast<double>(value);
    const Totals& totals = input.judgement.totals;
    const std::array<std::pair<std::string_view, std::uint64_t>, 11> others = {
        {{"sent", totals.sent},
         {"acked", totals.acked},
         {"rejected", totals.rejected},
         {"indeterminate", totals.indeterminate},
         {"unsent", totals.unsent},
         {"expected", totals.expected},
         {"delivered", totals.delivered},
         {"missing", totals.missing},
         {"unverified", totals.unverified},
         {"foreign", totals.foreign},
         {"reconnects", input.connections.reconnects}}};
    for (const auto& [name, value] : others)
        if (name == counter) return static_cast<double>(value);
    return not_measured;
}

double value_of(const RunInput& input, const Slo& slo) {
    if (slo.figure.empty()) return counter_value(input, slo.metric);
    if (slo.figure == "errors") return slo.metric == "connect" ? connect_errors(input) : not_measured;
    const LatencyKey key{slo.metric, latency_label(slo.labels)};
    for (const auto* map : {&input.judgement.latency, &input.extra_latency})
        if (const auto found = map->find(key); found != map->end())
            return latency_figure(found->second, slo.figure);
    return not_measured;
}

}  // namespace

bool holds(double value, std::string_view op, double bound) {
    if (op == "<") return value < bound;
    if (op == "<=") return value <= bound;
    if (op == ">") return value > bound;
    if (op == ">=") return value >= bound;
    return value == bound;
}

bool is_latency(const Slo& slo) {
    return !slo.figure.empty() && slo.figure != "errors" && slo.figure != "count";
}

double latency_figure(const Histogram& histogram, std::string_view figure) {
    if (figure == "count") return static_cast<double>(histogram.count());
    if (histogram.count() + histogram.missing() == 0) return not_measured;
    constexpr double seconds = 1e-6;
    if (figure == "p50") return histogram.percentile(50) * seconds;
    if (figure == "p90") return histogram.percentile(90) * seconds;
    if (figure == "p99") return histogram.percentile(99) * seconds;
    if (figure == "p999") return histogram.percentile(99.9) * seconds;
    if (histogram.missing() > 0)
        return std::numeric_limits<double>::infinity();  // max and mean include what never came
    if (figure == "max") return histogram.max() * seconds;
    if (figure == "mean") return histogram.mean() * seconds;
    return not_measured;
}

std::string latency_label(const std::map<std::string, std::string>& labels) {
    std::string out;
    for (const auto& [name, value] : labels) out += (out.empty() ? "" : ",") + name + "=" + value;
    return out;
}

std::vector<Expectation> judge_expectations(const RunInput& input) {
    std::vector<Expectation> out;
    for (const Slo& slo : input.plan->scenario->expect.slo) {
        Expectation row{slo.text, value_of(input, slo), slo.bound, false, is_latency(slo)};
        row.ok = holds(row.value, slo.op, slo.bound);
        out.push_back(std::move(row));
    }
    return out;
}

}  // namespace hubbub
