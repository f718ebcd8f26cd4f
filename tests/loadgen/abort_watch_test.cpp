// What ends a run before its time: the sentences, what they are held against, and what the verdict makes of
// it.
#include "loadgen/report/abort_watch.hpp"

#include <gmock/gmock.h>

#include "loadgen/scenario/abort_on.hpp"
#include "loadgen/scenario/slo.hpp"
#include "report_fixture.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;

AbortWatch watch(const std::string& sentence) {
    Scenario scenario = test::small_scenario();
    scenario.expect.abort_on = {parse_slo(sentence).value()};
    return AbortWatch(scenario);
}

std::vector<WorkerStatus> two_workers() {
    return std::vector<WorkerStatus>(2);
}

TEST(AbortWatch, KnowsEveryCounterThatAScenarioMayName) {
    for (const std::string_view counter : abort_counters()) {
        if (counter == "lost") continue;  // below: it needs time
        AbortWatch abort = watch(std::string(counter) + " >= 0");
        EXPECT_TRUE(abort.look(two_workers(), nullptr, 1)) << counter;
    }
}

TEST(AbortWatch, KnowsEveryLatencyThatAScenarioMayName) {
    RunLatencies latencies;
    for (auto& by_class : latencies.of)
        for (Histogram& one : by_class) one.record(1000, 100);
    latencies.connect.record(1000, 100);
    latencies.reconnect.record(1000, 100);
    for (const std::string_view latency : abort_latencies()) {
        AbortWatch abort = watch(std::string(latency) + ".p99 > 0s");
        EXPECT_TRUE(abort.wants_latencies());
        EXPECT_TRUE(abort.look(two_workers(), &latencies, 1)) << latency;
    }
}

TEST(AbortWatch, AddsAllWorkersUpAndSaysItOnce) {
    AbortWatch abort = watch("gap_live > 3");
    auto workers = two_workers();
    workers[0].live.gap_live = 2;
    workers[1].live.gap_live = 1;
    EXPECT_FALSE(abort.look(workers, nullptr, 1));
    workers[1].live.gap_live = 2;
    const auto aborted = abort.look(workers, nullptr, 2);
    ASSERT_TRUE(aborted);
    EXPECT_EQ(aborted->text, "aborted on gap_live > 3");
    EXPECT_EQ(aborted->value, 4);
    EXPECT_FALSE(aborted->ok);
    EXPECT_FALSE(abort.look(workers, nullptr, 3));
}

TEST(AbortWatch, WaitsForEnoughObservations) {
    AbortWatch abort = watch("delivery.p99{class=group} > 100ms");
    RunLatencies latencies;
    auto& deliveries = latencies.of[static_cast<std::size_t>(Latency::delivery)];
    deliveries[static_cast<std::size_t>(ConversationClass::direct)].record(900'000, 1000);
    auto& groups = deliveries[static_cast<std::size_t>(ConversationClass::group)];
    groups.record(200'000, AbortWatch::least_observations - 1);
    EXPECT_FALSE(abort.look(two_workers(), &latencies, 1));
    groups.record(200'000);
    EXPECT_FALSE(abort.look(two_workers(), nullptr, 2)) << "nothing new";
    const auto aborted = abort.look(two_workers(), &latencies, 3);
    ASSERT_TRUE(aborted);
    EXPECT_NEAR(aborted->value, 0.2, 0.002);
    EXPECT_TRUE(aborted->latency);
}

TEST(AbortWatch, TakesAGapForALossOnlyWhenItStaysOpen) {
    AbortWatch abort = watch("lost > 0");
    auto workers = two_workers();
    double t = 0;
    for (int round = 0; round < 20; ++round) {  // one gap after the other, each closed within a second
        ++workers[0].live.gap_live;
        EXPECT_FALSE(abort.look(workers, nullptr, t += 0.5)) << t;
        ++workers[1].live.gap_healed;
        EXPECT_FALSE(abort.look(workers, nullptr, t += 0.5)) << t;
    }
    ++workers[0].live.gap_live;
    const double opened = t += 0.5;
    std::optional<Expectation> aborted;
    while (!aborted && t < opened + 2 * AbortWatch::lost_after)
        aborted = abort.look(workers, nullptr, t += 0.5);
    ASSERT_TRUE(aborted);
    EXPECT_EQ(aborted->value, 1);
    EXPECT_GE(t, opened + AbortWatch::lost_after);
}

TEST(AbortWatch, CountsConnectErrorsAsAShare) {
    AbortWatch abort = watch("connect.errors > 10%");
    auto workers = two_workers();
    workers[0].connects = 90;
    workers[1].connect_errors = 10;
    EXPECT_FALSE(abort.look(workers, nullptr, 1));
    workers[1].connect_errors = 11;
    EXPECT_TRUE(abort.look(workers, nullptr, 2));
}

TEST(Verdict, OfARunThatWasAbortedIsAMissedLevelUnlessItIsWorse) {
    RunInput input = test::passing_run();
    input.aborted = Expectation{"aborted on delivery.p99 > 1s", 1.5, 1, false, true};
    EXPECT_EQ(conclude(input).verdict, Verdict::slo);
    EXPECT_EQ(conclude(input).expectations.back().text, "aborted on delivery.p99 > 1s");
    EXPECT_THAT(to_summary(conclude(input), false), HasSubstr("aborted on delivery.p99 > 1s"));
    EXPECT_THAT(to_json(conclude(input)), HasSubstr("\"unit\":\"s\""));
    input.judgement.violations.lost = 1;
    EXPECT_EQ(conclude(input).verdict, Verdict::violation);
}

TEST(ScenarioAbortOn, ReadsSentences) {
    const auto scenario = load_scenario_text(
        test::valid_text() + "expect: {abort_on: [lost > 0, 'delivery.p99{class=direct} >= 2s']}\n", "x.yaml",
        {});
    ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
    ASSERT_EQ(scenario->expect.abort_on.size(), 2U);
    EXPECT_EQ(scenario->expect.abort_on[0].metric, "lost");
    EXPECT_EQ(scenario->expect.abort_on[1].bound, 2);
}

TEST(ScenarioAbortOn, RefusesWhatIsNotKnownThenOrNeverSaysStop) {
    const auto error = [](const std::string& sentence) {
        return test::errors_of(test::valid_text() + "expect: {abort_on: ['" + sentence + "']}\n");
    };
    EXPECT_THAT(error("lost == 0"),
                HasSubstr("x.yaml:16:21: expect.abort_on.0: `lost == 0`: says when to stop"));
    EXPECT_THAT(error("delivery.p99 < 2s"), HasSubstr("expected > or >="));
    EXPECT_THAT(error("causality > 0"), HasSubstr("causality is known at the end only"));
    EXPECT_THAT(error("delivery_last.p99 > 2s"), HasSubstr("delivery_last is known at the end only"));
    EXPECT_THAT(error("delivery.p99{phase=steady} > 2s"), HasSubstr("known by class only"));
}

}  // namespace
}  // namespace hubbub
