// The key `behaviors.*.read` and the forms of a delay.
#include <gtest/gtest.h>

#include "loadgen/scenario/slo.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

std::string reading(const std::string& delay) {
    return test::edited("    send: {to", "    read: {delay: " + delay + "}\n    send: {to");
}

Delay delay_of(const std::string& text) {
    const auto scenario = load_scenario_text(text, "x.yaml", {});
    EXPECT_TRUE(scenario.has_value()) << scenario.error().message;
    if (!scenario.has_value()) return {};
    EXPECT_TRUE(scenario->behaviors[0].habits.read.has_value());
    return scenario->behaviors[0].habits.read->delay;
}

TEST(ScenarioReading, TakesADelayInEachOfItsForms) {
    EXPECT_EQ(delay_of(reading("5s")), (Delay{5s, 5s}));
    EXPECT_EQ(delay_of(reading("{median: 5s}")), (Delay{5s, 50s}));
    EXPECT_EQ(delay_of(reading("{median: 5s, p99: 7s}")), (Delay{5s, 7s}));
    EXPECT_EQ(delay_of(reading("{p99: 7s, median: 5s}")), (Delay{5s, 7s}));
    EXPECT_EQ(delay_of(reading("{lognormal: {median: 5s, p99: 30s}}")), (Delay{5s, 30s}));
    EXPECT_EQ(delay_of(reading("{lognormal: {median: 5s}}")), (Delay{5s, 50s}));
}

TEST(ScenarioReading, IsAbsentWhereNobodyWroteIt) {
    const auto scenario = load_scenario_text(test::valid_text(), "x.yaml", {});
    ASSERT_TRUE(scenario.has_value());
    EXPECT_FALSE(scenario->behaviors[0].habits.read.has_value());
}

TEST(ScenarioReading, RefusesWhatIsNoDelay) {
    EXPECT_EQ(test::errors_of(reading("{median: 5s, p99: 4s}")),
              "x.yaml:11:19: behaviors.everyone.read.delay: p99 is below the median");
    EXPECT_NE(test::errors_of(reading("{p99: 4s}")).find("a median is missing"), std::string::npos);
    EXPECT_NE(test::errors_of(reading("5")).find("a duration such as"), std::string::npos);
    EXPECT_NE(test::errors_of(reading("{}")).find("a median is missing"), std::string::npos);
    EXPECT_EQ(test::errors_of(reading("0s")), "");
    EXPECT_NE(test::errors_of(reading("{lognormal: {p99: 5s}}")).find("missing key 'median'"),
              std::string::npos);
    const std::string without = test::edited("    send: {to", "    read: {}\n    send: {to");
    EXPECT_NE(test::errors_of(without).find("missing key 'delay' in behaviors.everyone.read"),
              std::string::npos);
}

TEST(ScenarioReading, LevelsOfReceiptsAreOfTheLanguage) {
    EXPECT_TRUE(parse_slo("receipt.p99 < 1s").has_value());
    EXPECT_TRUE(parse_slo("receipts == 0").has_value());
}

}  // namespace
}  // namespace hubbub
