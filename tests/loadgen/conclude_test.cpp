// The verdict: the mode table, the guard, the expectations, and which of several verdicts comes first.
#include <gmock/gmock.h>

#include <cmath>

#include "loadgen/report/expectations.hpp"
#include "report_fixture.hpp"

namespace hubbub {
namespace {

using test::counter_slo;
using test::latency_slo;
using test::passing_run;
using test::run_of;
using testing::ElementsAre;
using testing::HasSubstr;

Scenario scenario_with(std::vector<Slo> slo) {
    Scenario scenario = test::small_scenario();
    scenario.expect.slo = std::move(slo);
    return scenario;
}

void miss_the_slo(RunInput& input) {
    input.judgement.latency[{"delivery", ""}] = test::steady_latency(80'000, 3000);
}
void run_late(RunInput& input) {
    input.health.schedule_lag = test::steady_latency(9'000, 1000);
}

TEST(Verdict, PassesWithZero) {
    const RunResult result = conclude(passing_run());
    EXPECT_EQ(result.verdict, Verdict::pass);
    EXPECT_EQ(exit_code(result.verdict), 0);
    EXPECT_THAT(result.all, ElementsAre(Verdict::pass));
}

TEST(Verdict, AMissedSloIs99) {
    RunInput input = passing_run();
    miss_the_slo(input);
    const RunResult result = conclude(std::move(input));
    EXPECT_EQ(result.verdict, Verdict::slo);
    EXPECT_EQ(exit_code(result.verdict), 99);
}

TEST(Verdict, UnverifiedIs5AndComesBeforeAMissedSlo) {
    RunInput input = passing_run();
    input.judgement.totals.unverified = 1;
    EXPECT_EQ(conclude(input).verdict, Verdict::unverified);
    miss_the_slo(input);
    const RunResult result = conclude(std::move(input));
    EXPECT_EQ(result.verdict, Verdict::unverified);
    EXPECT_EQ(exit_code(result.verdict), 5);
}

TEST(Verdict, ALateGeneratorIs5AndItsLatenciesDoNotCount) {
    RunInput input = passing_run();
    run_late(input);
    miss_the_slo(input);
    const RunResult result = conclude(std::move(input));
    EXPECT_EQ(result.verdict, Verdict::inconclusive);
    EXPECT_EQ(exit_code(result.verdict), 5);
    EXPECT_THAT(result.all, ElementsAre(Verdict::inconclusive)) << "the missed SLO does not count";
    EXPECT_FALSE(result.in.health.guard_ok);
    EXPECT_THAT(result.in.health.reasons, ElementsAre(HasSubstr("schedule lag")));
}

TEST(Verdict, InterruptedIs130AndComesBeforeInconclusive) {
    RunInput input = passing_run();
    run_late(input);
    input.interrupted = true;
    const RunResult result = conclude(std::move(input));
    EXPECT_EQ(result.verdict, Verdict::interrupted);
    EXPECT_EQ(exit_code(result.verdict), 130);
}

TEST(Verdict, AViolationIs4AndStandsEvenWhenInterruptedAndLate) {
    RunInput input = passing_run();
    run_late(input);
    input.interrupted = true;
    input.judgement.violations.lost = 2;
    const RunResult result = conclude(std::move(input));
    EXPECT_EQ(result.verdict, Verdict::violation);
    EXPECT_EQ(exit_code(result.verdict), 4);
    EXPECT_THAT(result.broken, ElementsAre(std::pair<std::string, std::uint64_t>{"lost", 2}));
    EXPECT_THAT(result.all, ElementsAre(Verdict::violation, Verdict::interrupted, Verdict::inconclusive));
}

TEST(Verdict, UnreachableIs3AndComesBeforeAViolation) {
    RunInput input = passing_run();
    input.unreachable = true;
    input.judgement.violations.lost = 2;
    const RunResult result = conclude(std::move(input));
    EXPECT_EQ(result.verdict, Verdict::unreachable);
    EXPECT_EQ(exit_code(result.verdict), 3);
}

TEST(Verdict, OurOwnBugIs70AndComesFirst) {
    RunInput input = passing_run();
    input.unreachable = input.interrupted = true;
    input.error = "a worker stopped";
    const RunResult result = conclude(std::move(input));
    EXPECT_EQ(result.verdict, Verdict::error);
    EXPECT_EQ(exit_code(result.verdict), 70);
}

TEST(Verdict, NothingSentProvesNothing) {
    RunInput input = run_of(scenario_with({}));
    input.judgement = {};
    const RunResult result = conclude(std::move(input));
    EXPECT_EQ(result.verdict, Verdict::inconclusive);
    EXPECT_THAT(result.in.health.reasons, ElementsAre(HasSubstr("no message was sent")));
}

TEST(Verdict, NothingTakenProvesNothing) {
    RunInput input = run_of(scenario_with({}));
    input.judgement = {};
    input.judgement.totals.sent = 40;
    input.judgement.totals.rejected = 30;
    const RunResult result = conclude(input);
    EXPECT_EQ(result.verdict, Verdict::inconclusive);
    EXPECT_THAT(
        result.in.health.reasons,
        ElementsAre("none of 40 messages was acknowledged or arrived (30 were refused), so nothing was "
                    "proven"));
    input.judgement.totals.acked = 1;  // by a history with one reader
    EXPECT_EQ(conclude(input).verdict, Verdict::pass);
    input.judgement.totals.acked = 0;
    input.judgement.totals.expected = 1;  // arrived, at a backend that acknowledges nothing
    EXPECT_EQ(conclude(input).verdict, Verdict::pass);
}

TEST(Verdict, AMissedSloSaysMoreThanThatNothingWasTaken) {
    RunInput input = run_of(scenario_with({counter_slo("rejected", "==", 0)}));
    input.judgement = {};
    input.judgement.totals.sent = input.judgement.totals.rejected = 40;
    EXPECT_EQ(conclude(std::move(input)).verdict, Verdict::slo);
}

TEST(Expectations, ACounterThatNobodyCouldCheckIsNotMet) {
    RunInput input = run_of(scenario_with({counter_slo("presence", "==", 0)}));
    EXPECT_EQ(conclude(input).verdict, Verdict::pass);
    input.judgement.not_checked = {"presence"};
    const RunResult result = conclude(std::move(input));
    EXPECT_EQ(result.verdict, Verdict::slo);
    EXPECT_TRUE(std::isnan(result.expectations.at(0).value));
}

TEST(Guard, AllowsFivePercentOfTheTightestLatencySlo) {
    RunInput input = run_of(scenario_with({latency_slo("delivery", 2), latency_slo("ack", 0.4)}));
    input.health.schedule_lag = test::steady_latency(19'000, 100);
    EXPECT_TRUE(conclude(input).in.health.guard_ok);
    input.health.schedule_lag = test::steady_latency(21'000, 100);
    EXPECT_FALSE(conclude(input).in.health.guard_ok);
}

TEST(Guard, AllowsFiveMillisecondsAlways) {
    RunInput input = run_of(scenario_with({latency_slo("ack", 0.010)}));
    input.health.schedule_lag = test::steady_latency(4'900, 100);
    EXPECT_TRUE(conclude(input).in.health.guard_ok);
    input.health.schedule_lag = test::steady_latency(5'100, 100);
    EXPECT_FALSE(conclude(input).in.health.guard_ok);
}

TEST(Guard, LooksAtTheP99OfTheLag) {
    RunInput input = passing_run();
    input.health.schedule_lag.record(900'000, 5);  // of 1005: beyond the P99
    EXPECT_TRUE(conclude(input).in.health.guard_ok);
    input.health.schedule_lag.record(900'000, 50);
    EXPECT_FALSE(conclude(input).in.health.guard_ok);
}

TEST(Guard, HasNothingToProtectWithoutALatencySlo) {
    RunInput input = run_of(scenario_with({counter_slo("lost", "==", 0)}));
    input.health.schedule_lag = test::steady_latency(900'000, 100);
    EXPECT_EQ(conclude(input).verdict, Verdict::pass);
}

TEST(Guard, DoesNotExcuseACounter) {
    RunInput input =
        run_of(scenario_with({latency_slo("delivery", 0.050), counter_slo("duplicate", "==", 0)}));
    run_late(input);
    input.judgement.violations.duplicate = 1;  // permitted by at_least_once, not by the expectation
    EXPECT_THAT(conclude(std::move(input)).all, ElementsAre(Verdict::inconclusive, Verdict::slo));
}

TEST(Expectations, MissingDeliveriesAreInfinitelyLate) {
    RunInput input = passing_run();
    input.judgement.latency[{"delivery", ""}].record_missing(31);  // more than 1 % of 3031
    const RunResult result = conclude(std::move(input));
    EXPECT_EQ(result.verdict, Verdict::slo);
    EXPECT_TRUE(std::isinf(result.expectations[0].value));
}

TEST(Expectations, WhatWasNotMeasuredDoesNotHold) {
    const RunResult result = conclude(run_of(scenario_with({latency_slo("reconnect", 30)})));
    EXPECT_EQ(result.verdict, Verdict::slo);
    EXPECT_TRUE(std::isnan(result.expectations[0].value));
    EXPECT_FALSE(result.expectations[0].ok);
}

TEST(Expectations, LabelsChooseTheirOwnHistogram) {
    Slo slo = latency_slo("delivery", 0.050);
    slo.labels = {{"class", "channel"}};
    RunInput input = run_of(scenario_with({slo}));
    input.judgement.latency[{"delivery", "class=channel"}] = test::steady_latency(70'000, 10);
    const RunResult result = conclude(std::move(input));
    EXPECT_FALSE(result.expectations[0].ok);
    EXPECT_NEAR(result.expectations[0].value, 0.070, 0.001);
}

TEST(Expectations, EveryOperatorMeansWhatItSays) {
    const auto holds = [](const std::string& op, double bound) {
        return conclude(run_of(scenario_with({counter_slo("sent", op, bound)}))).expectations[0].ok;
    };
    EXPECT_TRUE(holds("<", 1001));
    EXPECT_FALSE(holds("<", 1000));
    EXPECT_TRUE(holds("<=", 1000));
    EXPECT_FALSE(holds("<=", 999));
    EXPECT_TRUE(holds(">", 999));
    EXPECT_FALSE(holds(">", 1000));
    EXPECT_TRUE(holds(">=", 1000));
    EXPECT_FALSE(holds(">=", 1001));
    EXPECT_TRUE(holds("==", 1000));
    EXPECT_FALSE(holds("==", 999));
}

TEST(Expectations, ConnectErrorsAreAShareOfAllAttempts) {
    Slo slo;
    slo.metric = "connect";
    slo.figure = "errors";
    slo.op = "<";
    slo.bound = 0.1;
    RunInput input = run_of(scenario_with({slo}));
    input.connections.connections = 90;
    input.connections.connect_errors = 10;
    const Expectation row = conclude(std::move(input)).expectations[0];
    EXPECT_DOUBLE_EQ(row.value, 0.1);
    EXPECT_FALSE(row.ok);
}

TEST(Expectations, EveryFigureOfALatency) {
    Histogram histogram;
    for (int ms = 1; ms <= 100; ++ms) histogram.record(ms * 1000);
    EXPECT_NEAR(latency_figure(histogram, "p50"), 0.050, 0.001);
    EXPECT_NEAR(latency_figure(histogram, "p90"), 0.090, 0.001);
    EXPECT_NEAR(latency_figure(histogram, "p99"), 0.099, 0.001);
    EXPECT_NEAR(latency_figure(histogram, "max"), 0.100, 0.001);
    EXPECT_NEAR(latency_figure(histogram, "mean"), 0.0505, 0.001);
    EXPECT_EQ(latency_figure(histogram, "count"), 100);
    histogram.record_missing(1);
    EXPECT_TRUE(std::isinf(latency_figure(histogram, "max")));
    EXPECT_TRUE(std::isinf(latency_figure(histogram, "mean")));
    EXPECT_TRUE(std::isinf(latency_figure(histogram, "p999")));
    EXPECT_NEAR(latency_figure(histogram, "p50"), 0.051, 0.001);
}

}  // namespace
}  // namespace hubbub
