// The keys `behaviors.*.session`, `membership` and `history`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario_text.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string with(const std::string& keys) {
    return test::edited("    send: {to", keys + "    send: {to");
}

Habits habits_of(const std::string& text) {
    const auto scenario = load_scenario_text(text, "x.yaml", {});
    EXPECT_TRUE(scenario.has_value()) << scenario.error().message;
    return scenario.has_value() ? scenario->behaviors[0].habits : Habits{};
}

TEST(ScenarioSessions, HaveTwoLengths) {
    const Habits habits = habits_of(with("    session: {online: {median: 20m}, offline: 5m}\n"));
    ASSERT_TRUE(habits.session.has_value());
    EXPECT_EQ(habits.session->online, (Delay{20min, 200min}));
    EXPECT_EQ(habits.session->offline, (Delay{5min, 5min}));
}

// No length, or next to none, would be a storm of connections without end.
TEST(ScenarioSessions, AreNotEmpty) {
    EXPECT_THAT(test::errors_of(with("    session: {online: {}, offline: 5m}\n")),
                HasSubstr("x.yaml:11:23: behaviors.everyone.session.online: at least 100ms"));
    EXPECT_THAT(test::errors_of(with("    session: {online: 5m, offline: 99ms}\n")),
                HasSubstr("behaviors.everyone.session.offline: at least 100ms"));
    EXPECT_THAT(test::errors_of(with("    session: {online: 5m}\n")), HasSubstr("missing key 'offline'"));
}

TEST(ScenarioMembership, IsAShareATime) {
    const auto churn = [](const std::string& text) {
        return habits_of(with("    membership: {churn: " + text + "}\n")).membership->churn;
    };
    EXPECT_DOUBLE_EQ(churn("6%/min"), 0.001);
    EXPECT_DOUBLE_EQ(churn("6%/m"), 0.001);
    EXPECT_DOUBLE_EQ(churn("1%/s"), 0.01);
    EXPECT_DOUBLE_EQ(churn("36%/h"), 0.0001);
    EXPECT_EQ(habits_of(with("    membership: {churn: 1%/s}\n")).membership->away, (Delay{10s, 10s}));
    for (const std::string wrong : {"1%", "1%/day", "0%/s", "-1%/s", "fast"})
        EXPECT_THAT(test::errors_of(with("    membership: {churn: " + wrong + "}\n")),
                    HasSubstr("a share a time such as 0.1%/min or 5%/s"))
            << wrong;
}

TEST(ScenarioHistory, ReadsFiftyInPagesOfFiftyUnlessItIsTold) {
    const Habits told = habits_of(with("    history: {on_open: 100, page: 20, every: 3s}\n"));
    EXPECT_EQ(told.history->on_open, 100U);
    EXPECT_EQ(told.history->page, 20U);
    EXPECT_EQ(told.history->every, 3s);
    const Habits untold = habits_of(with("    history: {}\n"));
    EXPECT_EQ(untold.history->on_open, 50U);
    EXPECT_EQ(untold.history->page, 50U);
    EXPECT_EQ(untold.history->every, 0s);
    EXPECT_THAT(test::errors_of(with("    history: {page: 201}\n")), HasSubstr("200"));
}

}  // namespace
}  // namespace hubbub
