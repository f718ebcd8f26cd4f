// From what was found to a verdict: the mode table, the generator's own guard, the SLOs.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

#include "loadgen/report/expectations.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub {
namespace {

struct VerdictTraits {
    Verdict verdict;
    std::string_view name;
    int exit_code;
};
/// In order of precedence: of all that apply, the first is the verdict. 2 (usage) never gets as far as a
/// result.
constexpr std::array verdict_table = {
    VerdictTraits{Verdict::error, "error", 70},
    VerdictTraits{Verdict::unreachable, "unreachable", 3},
    VerdictTraits{Verdict::violation, "violation", 4},
    VerdictTraits{Verdict::interrupted, "interrupted", 130},
    VerdictTraits{Verdict::inconclusive, "inconclusive", 5},
    VerdictTraits{Verdict::unverified, "unverified", 5},
    VerdictTraits{Verdict::slo, "slo", 99},
    VerdictTraits{Verdict::pass, "pass", 0},
};

const VerdictTraits& traits_of(Verdict verdict) {
    return *std::find_if(verdict_table.begin(), verdict_table.end(),
                         [&](const auto& row) { return row.verdict == verdict; });
}

/// A run in which nothing was sent proves nothing, however few wrongs it found.
void prove_something(const RunInput& input, GeneratorHealth& health) {
    if (!input.error.empty() || input.unreachable || input.requested_rate <= 0) return;
    if (input.judgement.totals.expected > 0 || input.judgement.totals.sent > 0) return;
    health.reasons.emplace_back("no message was sent, so nothing was proven");
    health.guard_ok = false;
}

/// Nor does one in which nothing of what was sent was taken or arrived: there was nothing that could be lost.
/// Why; empty: something was.
std::string nothing_taken(const RunInput& input) {
    const Totals& totals = input.judgement.totals;
    if (totals.sent == 0 || totals.acked > 0 || totals.expected > 0) return {};
    return "none of " + std::to_string(totals.sent) + " messages was acknowledged or arrived (" +
           std::to_string(totals.rejected) + " were refused), so nothing was proven";
}

/// Lateness of the generator that would spoil the tightest latency bound: 5 % of it, but no less than 5 ms,
/// which any busy machine has.
void guard(const RunInput& input, GeneratorHealth& health) {
    double tightest = std::numeric_limits<double>::infinity();
    for (const Slo& slo : input.plan->scenario->expect.slo)
        if (is_latency(slo)) tightest = std::min(tightest, slo.bound);
    if (!std::isfinite(tightest) || health.schedule_lag.count() == 0) return;
    const double allowed = std::max(0.005, 0.05 * tightest);
    const double lag = health.schedule_lag.percentile(99) * 1e-6;
    if (lag <= allowed) return;
    char text[200];
    std::snprintf(text, sizeof text,
                  "the generator sent late: schedule lag P99 %.1f ms, allowed %.1f ms (5 %% of the tightest "
                  "latency SLO, at least 5 ms); use a "
                  "quieter machine, fewer users or more workers",
                  lag * 1e3, allowed * 1e3);
    health.reasons.emplace_back(text);
    health.guard_ok = false;
}

}  // namespace

std::string_view name(Verdict verdict) {
    return traits_of(verdict).name;
}
int exit_code(Verdict verdict) {
    return traits_of(verdict).exit_code;
}

RunResult conclude(RunInput input) {
    RunResult result;
    const Expect& expect = input.plan->scenario->expect;
    prove_something(input, input.health);
    guard(input, input.health);
    add_fault_latencies(input);
    result.faults = fault_outcomes(input);
    result.broken = broken(input.judgement.violations, expect.delivery, expect.order);
    result.expectations = judge_expectations(input);

    const bool ran = input.error.empty() && !input.unreachable;
    const std::vector<std::string> unproven =
        ran && !input.interrupted ? unfelt(result.faults) : std::vector<std::string>{};
    input.health.reasons.insert(input.health.reasons.end(), unproven.begin(), unproven.end());
    // What the generator's lateness spoils does not count; a counter is evidence all the same.
    if (input.aborted) result.expectations.push_back(*input.aborted);
    bool missed = false;
    for (const Expectation& each : result.expectations)
        missed |= !each.ok && (input.health.guard_ok || !each.latency);
    // A missed expectation says more than that.
    const std::string untaken = ran && !missed ? nothing_taken(input) : std::string();
    if (!untaken.empty()) input.health.reasons.push_back(untaken);
    auto applies = [&](Verdict verdict, bool when) {
        if (when) result.all.push_back(verdict);
    };
    applies(Verdict::error, !input.error.empty());
    applies(Verdict::unreachable, input.unreachable);
    applies(Verdict::violation,
            !result.broken.empty());  // positive evidence stands, whatever else went wrong
    applies(Verdict::interrupted, input.interrupted);
    applies(Verdict::inconclusive, ran && (!input.health.guard_ok || !unproven.empty() || !untaken.empty()));
    applies(Verdict::unverified, ran && input.judgement.totals.unverified > 0);
    applies(Verdict::slo, ran && missed);
    applies(Verdict::pass, result.all.empty());
    for (const VerdictTraits& row : verdict_table)
        if (std::find(result.all.begin(), result.all.end(), row.verdict) != result.all.end()) {
            result.verdict = row.verdict;
            break;
        }
    result.in = std::move(input);
    return result;
}

}  // namespace hubbub
