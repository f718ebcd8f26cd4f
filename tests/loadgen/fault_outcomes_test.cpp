// Faults in the report: what was felt, who came back, and the time before, during and after.
#include <gmock/gmock.h>

#include <cmath>

#include "report_fixture.hpp"

namespace hubbub {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A reset at 10 s that cut 100 sessions; all but `never` were back after 2 s.
RunInput storm(std::uint64_t never = 0) {
    Scenario scenario = test::small_scenario();
    scenario.expect.slo = {test::latency_slo("delivery", 0.050)};
    scenario.faults.resize(1);
    scenario.faults[0].phase = "steady";
    scenario.faults[0].deed.reset = true;
    RunInput input = test::run_of(std::move(scenario));
    input.duration = 30;
    for (std::uint32_t second = 0; second < 30; ++second) {
        const bool slow = second >= 10 && second < 14;
        input.judgement.delivery_by_second[second] = test::steady_latency(slow ? 400'000 : 20'000, 100);
        SeriesPoint point;
        point.t = second + 1;
        point.delivered = slow ? 50 : 100;
        input.series.push_back(point);
    }
    FaultMarks& marks = input.faults.faults.emplace_back();
    marks.fired = marks.affected = marks.lost = 100;
    marks.started_us = 10'000'000;
    marks.ended_us = 10'001'000;
    marks.attempts = 3 * (100 - never);
    marks.reconnect = marks.back = marks.caught_up = test::steady_latency(2'000'000, 100 - never);
    input.faults.dials.assign(300, 0);
    input.faults.dials[105] = 40;
    return input;
}

TEST(FaultOutcomes, SayHowEverybodyCameBack) {
    const RunResult result = conclude(storm());
    ASSERT_EQ(result.faults.size(), 1U);
    const FaultOutcome& fault = result.faults[0];
    EXPECT_EQ(fault.index, 1U);
    EXPECT_EQ(fault.kind, "reset");
    EXPECT_EQ(fault.started, 10);
    EXPECT_EQ(fault.back.missing(), 0U);
    EXPECT_EQ(fault.attempts, 3);
    EXPECT_DOUBLE_EQ(fault.peak_attempts, 400) << "40 in a tenth of a second";
    EXPECT_EQ(fault.goodput_before, 100);
    EXPECT_EQ(fault.goodput_during, 50);
    EXPECT_EQ(fault.slo_again, 4) << "the seconds from 10 to 13 broke the bound";
}

TEST(FaultOutcomes, TellTheTimeBeforeDuringAndAfterApart) {
    const RunResult result = conclude(storm());
    const auto p99 = [&](const char* window) {
        return result.in.judgement.latency.at({"delivery", std::string("fault=1,window=") + window})
            .percentile(99);
    };
    EXPECT_LT(p99("before"), 25'000);
    EXPECT_GT(p99("during"), 350'000);
    EXPECT_EQ(result.in.judgement.latency.at({"delivery", "fault=1,window=before"}).count(), 1'000U);
    EXPECT_GT(p99("after"), 350'000) << "13 s is behind the last return";
}

TEST(FaultOutcomes, CountWhoNeverCameBackAsInfinite) {
    RunInput input = storm(5);
    Slo slo = test::latency_slo("reconnect", 5);
    slo.labels = {{"fault", "1"}};
    const_cast<Scenario&>(*input.plan->scenario).expect.slo = {slo};
    const RunResult result = conclude(std::move(input));
    EXPECT_EQ(result.faults[0].back.missing(), 5U);
    EXPECT_FALSE(result.expectations[0].ok);
    EXPECT_TRUE(std::isinf(result.expectations[0].value));
}

TEST(FaultOutcomes, AFaultThatNobodyFeltProvesNothing) {
    RunInput input = storm();
    input.faults.faults[0] = {};
    const RunResult result = conclude(input);
    EXPECT_EQ(result.verdict, Verdict::inconclusive);
    EXPECT_EQ(exit_code(result.verdict), 5);
    EXPECT_THAT(result.in.health.reasons, ElementsAre(HasSubstr("fault 1 (reset) was felt by nobody")));
    EXPECT_TRUE(result.in.health.guard_ok) << "the latencies are what they are";
    EXPECT_THAT(to_summary(result, false), HasSubstr("felt by nobody"));
    input.interrupted = true;
    EXPECT_EQ(conclude(input).verdict, Verdict::interrupted);
}

TEST(FaultOutcomes, ANetworkThatNobodyFeltProvesNothing) {
    Scenario scenario = test::small_scenario();
    Cohort cohort;
    cohort.name = "mobile";
    cohort.share = 1;
    cohort.network.links.emplace_back();
    cohort.network.profile = "3g";
    scenario.population.cohorts = {cohort};
    RunInput input = test::run_of(std::move(scenario));
    input.faults.networks.resize(1);
    EXPECT_EQ(conclude(input).verdict, Verdict::inconclusive);
    input.faults.networks[0].fired = 1;
    EXPECT_EQ(conclude(input).verdict, Verdict::pass);
    EXPECT_EQ(conclude(input).faults[0].cohort, "mobile");
}

TEST(FaultOutcomes, StandInTheSummary) {
    const std::string text = to_summary(conclude(storm()), false);
    EXPECT_THAT(text, HasSubstr("fault 1     reset at 10.0 s  bit 100  connections 100"));
    EXPECT_THAT(text, HasSubstr("100 of 100 sessions back  attempts each 3.0  peak of attempts 400/s"));
    EXPECT_THAT(text, HasSubstr("SLO kept again after 4.00 s"));
}

TEST(FaultEvidence, AddsUpOverWorkers) {
    FaultEvidence sum, one;
    one.faults.resize(1);
    one.faults[0].fired = 2;
    one.faults[0].started_us = 50;
    one.faults[0].ended_us = 70;
    one.dials = {1, 2};
    sum += one;
    one.faults[0].started_us = 40;
    one.dials = {1, 2, 3};
    sum += one;
    EXPECT_EQ(sum.faults[0].fired, 4U);
    EXPECT_EQ(sum.faults[0].started_us, 40U);
    EXPECT_EQ(sum.faults[0].ended_us, 70U);
    EXPECT_THAT(sum.dials, ElementsAre(2U, 4U, 3U));
}

TEST(FaultOutcomes, SayNoRateThatIsNotKnown) {
    RunInput input = storm();
    input.series.resize(9);  // nothing was counted from a second before the fault on
    const std::string text = to_summary(conclude(std::move(input)), false);
    EXPECT_THAT(text, HasSubstr("deliveries/s 100.0 before"));
    EXPECT_THAT(text, testing::Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace hubbub
