// A run that passed, as values; each test of the report breaks one thing in it.
// Pure functions; one thread.
#pragma once

#include <memory>
#include <utility>

#include "loadgen/report/run_result.hpp"
#include "plan_fixture.hpp"

namespace hubbub::test {

inline Slo latency_slo(const std::string& metric, double bound) {
    Slo slo;
    slo.text = metric + ".p99 < " + std::to_string(static_cast<int>(bound * 1e3)) + "ms";
    slo.metric = metric;
    slo.figure = "p99";
    slo.op = "<";
    slo.bound = bound;
    return slo;
}

inline Slo counter_slo(const std::string& counter, const std::string& op, double bound) {
    Slo slo;
    slo.text = counter + " " + op + " " + std::to_string(static_cast<int>(bound));
    slo.metric = counter;
    slo.op = op;
    slo.bound = bound;
    return slo;
}

inline Histogram steady_latency(std::int64_t micros, std::uint64_t count) {
    Histogram histogram;
    histogram.record(micros, count);
    return histogram;
}

inline RunInput run_of(Scenario scenario) {
    RunInput input;
    input.plan = plan_of(std::move(scenario));
    input.judgement.totals.sent = input.judgement.totals.acked = 1000;
    input.judgement.totals.expected = input.judgement.totals.delivered = 3000;
    input.judgement.latency[{"delivery", ""}] = steady_latency(20'000, 3000);
    input.judgement.latency[{"ack", ""}] = steady_latency(5'000, 1000);
    input.health.schedule_lag = steady_latency(300, 1000);
    input.requested_rate = input.achieved_rate = 100;
    return input;
}

/// `delivery.p99 < 50ms`, and it is 20 ms.
inline RunInput passing_run() {
    Scenario scenario = small_scenario();
    scenario.name = "small";
    scenario.expect.slo = {latency_slo("delivery", 0.050)};
    return run_of(std::move(scenario));
}

}  // namespace hubbub::test
