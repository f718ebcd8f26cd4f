// A server of somebody else's, started for the run; and levels by cohort.
#include <gmock/gmock.h>

#include "scenario_text.hpp"

namespace hubbub {
namespace {

using test::edited;
using test::errors_of;
using testing::HasSubstr;

std::string with_start(const std::string& start) {
    return edited("  endpoints: [ws://127.0.0.1:8080/chat]\n",
                  "  endpoints: [ws://127.0.0.1:8080/chat]\n  start: " + start + "\n");
}

TEST(ScenarioStart, ReadsACommandWithItsReadyCheck) {
    const auto scenario = load_scenario_text(
        with_start("{command: npm start, ready: 'http://127.0.0.1:8080/health', within: 5s}"), "x.yaml", {});
    ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
    EXPECT_EQ(scenario->target.start_command, "npm start");
    EXPECT_EQ(scenario->target.start_ready, "http://127.0.0.1:8080/health");
    EXPECT_EQ(scenario->target.start_within, std::chrono::seconds{5});
    EXPECT_FALSE(scenario->target.embedded);
}

TEST(ScenarioStart, RefusesWhatDoesNotFit) {
    EXPECT_THAT(errors_of(with_start("{shards: 2}")),
                HasSubstr("target.start: needs `server: embedded`, or a command"));
    EXPECT_THAT(errors_of(with_start("{command: x, shards: 2}")),
                HasSubstr("only the embedded server has that"));
    EXPECT_THAT(errors_of(with_start("{command: x, ready: '127.0.0.1:80'}")), HasSubstr("such as http://"));
    EXPECT_THAT(errors_of(with_start("{command: x, server: embedded}")), HasSubstr("one of them"));
    EXPECT_THAT(errors_of(edited("  endpoints: [ws://127.0.0.1:8080/chat]\n", "  start: {command: x}\n")),
                HasSubstr("expected endpoints"));
    EXPECT_THAT(errors_of(with_start("{server: embedded, within: 5s}")),
                HasSubstr("is of no use without a command"));
}

TEST(ScenarioSetup, KeepsWhatItMade) {
    const std::string setup = "  setup: {teardown: keep}\npopulation:\n";
    EXPECT_EQ(errors_of(edited("population:\n", setup)), "");
    EXPECT_THAT(errors_of(edited("population:\n", "  setup: {teardown: delete}\npopulation:\n")),
                HasSubstr("not built"));
}

TEST(ScenarioSlo, TakesCohortsThatThereAre) {
    const std::string cohorts = "population:\n  cohorts: {mobile: {share: 70%}, desk: {share: 30%}}\n";
    const auto with = [&](const std::string& sentence) {
        return errors_of(edited("population:\n", cohorts) + "expect: {slo: ['" + sentence + "']}\n");
    };
    EXPECT_EQ(with("delivery.p99{cohort=mobile} < 1s"), "");
    EXPECT_EQ(with("ack.p50{cohort=desk} < 1s"), "");
    EXPECT_THAT(with("delivery.p99{cohort=mobil} < 1s"), HasSubstr("no cohort 'mobil'"));
    EXPECT_THAT(with("catch_up.p99{cohort=mobile} < 1s"),
                HasSubstr("only delivery and ack are measured by cohort"));
}

}  // namespace
}  // namespace hubbub
