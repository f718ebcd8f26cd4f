// The habit of being seen, without its check: its keys, whom it watches, and what the plan says of it.

#include <gmock/gmock.h>

#include <algorithm>

#include "loadgen/plan/contacts.hpp"
#include "loadgen/plan/figures.hpp"
#include "plan_fixture.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::edited;
using test::errors_of;
using test::plan_of;
using testing::HasSubstr;

std::string with(const std::string& keys) {
    return edited("    send:", "    " + keys + "\n    send:");
}

Habits habits_of(const std::string& text) {
    const auto scenario = load_scenario_text(text, "x.yaml", {});
    EXPECT_TRUE(scenario.has_value());
    return scenario->behaviors.at(0).habits;
}

TEST(PresenceKeys, SayWhoIsWatchedAndHowOftenPeopleHide) {
    const Habits some = habits_of(with("presence: {watch: 7, toggle: 2/h}"));
    EXPECT_EQ(some.presence->watch, 7U);
    EXPECT_DOUBLE_EQ(some.presence->toggle, 2 / 3600.0);
    EXPECT_EQ(habits_of(with("presence: {watch: contacts}")).presence->watch, 100U);
    EXPECT_EQ(*habits_of(with("heartbeat: {every: 20s}")).heartbeat, 20s);
    EXPECT_EQ(*habits_of(with("heartbeat: {every: 0s}")).heartbeat, 0s);
    EXPECT_FALSE(habits_of(edited("users: 100", "users: 101")).presence);
}

TEST(PresenceKeys, RefuseWhatMeansNothing) {
    EXPECT_THAT(errors_of(with("presence: {watch: everybody}")), HasSubstr("`contacts`, or a number from 1"));
    EXPECT_THAT(errors_of(with("presence: {watch: 0}")), HasSubstr("`contacts`, or a number from 1"));
    EXPECT_THAT(errors_of(with("presence: {watch: 2001}")), HasSubstr("to 2,000"));
    EXPECT_THAT(errors_of(with("presence: {}")), HasSubstr("watch, toggle or both are missing"));
    EXPECT_THAT(errors_of(with("heartbeat: {}")), HasSubstr("every"));
}

Scenario watching(std::uint32_t watch, double toggle = 0) {
    Scenario scenario = test::small_scenario();
    scenario.behaviors[0].habits.presence = PresenceHabit{watch, toggle};
    return scenario;
}

TEST(Contacts, AreOnlineUsersOfSharedDirectsAndGroupsUpToTheNumber) {
    const auto plan = plan_of(watching(4));
    std::size_t full = 0;
    for (std::uint32_t u = 0; u < plan->users; ++u) {
        const auto watched = watched_by(*plan, UserIndex{u});
        EXPECT_LE(watched.size(), 4U);
        EXPECT_TRUE(std::is_sorted(watched.begin(), watched.end()));
        full += watched.size() == 4;
        for (const UserIndex other : watched) {
            EXPECT_NE(other.value, u);
            EXPECT_LT(other.value, plan->online_users);
            const auto shared = plan->conversations_of(plan->device_of(UserIndex{u}));
            EXPECT_TRUE(std::any_of(shared.begin(), shared.end(), [&](ConversationIndex c) {
                const auto members = plan->members_of(c);
                return plan->conversations[c.index()].kind != ConversationClass::channel &&
                       std::binary_search(members.begin(), members.end(), other);
            }));
        }
    }
    EXPECT_GT(full, 50U);
}

TEST(Contacts, OfEverybodyAreAllThatShareAConversation) {
    const auto plan = plan_of(watching(200));
    const auto watched = watched_by(*plan, UserIndex{0});
    for (std::uint32_t other = 1; other < plan->online_users; ++other) {
        bool shares = false;
        for (const ConversationIndex c : plan->conversations_of(DeviceIndex{0})) {
            const auto members = plan->members_of(c);
            shares |= plan->conversations[c.index()].kind != ConversationClass::channel &&
                      std::binary_search(members.begin(), members.end(), UserIndex{other});
        }
        EXPECT_EQ(std::binary_search(watched.begin(), watched.end(), UserIndex{other}), shares) << other;
    }
}

TEST(Contacts, OfWhoWatchesNobodyAreNone) {
    EXPECT_TRUE(watched_by(*plan_of(watching(0, 0.1)), UserIndex{0}).empty());
    EXPECT_FALSE(anybody_watches(*plan_of(watching(0, 0.1))));
    EXPECT_TRUE(anybody_watches(*plan_of(watching(1))));
}

TEST(Contacts, ArePartOfThePlansFigures) {
    const auto plan = plan_of(watching(4, 0.1));
    const WatchFigures figures = watch_figures(*plan);
    EXPECT_GT(figures.watching, 100U);
    EXPECT_GT(figures.pairs, 400U);
    EXPECT_NEAR(figures.notices, 0.2 * static_cast<double>(figures.pairs), 1e-6);
    EXPECT_THAT(describe(*plan, {}, {}), HasSubstr("notices/s"));
    EXPECT_THAT(describe(*plan_of(test::small_scenario()), {}, {}), testing::Not(HasSubstr("notices/s")));
}

TEST(Contacts, AreAllJudgedUntilThereAreTooMany) {
    const auto plan = plan_of(watching(4));
    EXPECT_EQ(judged_share(*plan), 1);
    std::size_t judged = 0;
    for (std::uint32_t d = 0; d < 10'000; ++d) judged += judged_pair(*plan, 0.25, DeviceIndex{d}, UserIndex{1});
    EXPECT_NEAR(static_cast<double>(judged), 2500, 5 * 44);  // five standard deviations
    EXPECT_TRUE(judged_pair(*plan, 1, DeviceIndex{0}, UserIndex{1}));
}

}  // namespace
}  // namespace hubbub
