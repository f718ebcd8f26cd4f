// Devices, cohorts and the social graph: who the users of a plan are.
#include "loadgen/plan/population.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "loadgen/client/backoff.hpp"
#include "loadgen/plan/figures.hpp"
#include "loadgen/plan/group_law.hpp"
#include "plan_fixture.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

Scenario with_devices(std::vector<DeviceShare> shares) {
    Scenario scenario = test::small_scenario();
    scenario.population.devices_per_user = std::move(shares);
    return scenario;
}

Scenario several_devices() {
    return with_devices({{1, 0.7}, {2, 0.25}, {3, 0.05}});
}

TEST(Devices, AreDealtOutInExactShares) {
    const auto plan = test::plan_of(several_devices());
    std::map<std::uint32_t, std::uint32_t> users_with;
    for (std::uint32_t u = 0; u < plan->users; ++u) ++users_with[plan->devices_of(UserIndex{u})];
    EXPECT_EQ(users_with, (std::map<std::uint32_t, std::uint32_t>{{1, 140}, {2, 50}, {3, 10}}));
    EXPECT_EQ(plan->devices, 140U + 100U + 30U);
}

TEST(Devices, AreDenseAndKnowTheirUsersAndNames) {
    const auto plan = test::plan_of(several_devices());
    std::uint32_t next = 0;
    for (std::uint32_t u = 0; u < plan->users; ++u) {
        EXPECT_EQ(plan->device_of(UserIndex{u}).value, next);
        for (std::uint32_t n = 0; n < plan->devices_of(UserIndex{u}); ++n, ++next) {
            EXPECT_EQ(plan->user_of(DeviceIndex{next}), UserIndex{u});
            EXPECT_EQ(plan->device_name(DeviceIndex{next}, 7), "d" + std::to_string(n));
            EXPECT_EQ(plan->device_from(UserIndex{u}, "d" + std::to_string(n), 7), DeviceIndex{next});
            EXPECT_EQ(plan->online(DeviceIndex{next}), u < plan->online_users);
        }
        EXPECT_FALSE(
            plan->device_from(UserIndex{u}, "d" + std::to_string(plan->devices_of(UserIndex{u})), 7));
    }
    EXPECT_EQ(next, plan->devices);
    for (const char* name : {"", "d", "d01", "d-1", "x0", "d0 "})
        EXPECT_FALSE(plan->device_from(UserIndex{0}, name, 7));
}

TEST(Devices, OfOneUserHaveTheSameConversationsEachInAStreamOfItsOwn) {
    const auto plan = test::plan_of(several_devices());
    std::set<std::uint32_t> streams;
    std::uint64_t memberships = 0;
    for (std::uint32_t c = 0; c < plan->conversations.size(); ++c) {
        std::uint32_t online = 0;
        for (const UserIndex user : plan->members_of(ConversationIndex{c})) {
            const auto first = plan->stream_of(plan->device_of(user), ConversationIndex{c});
            ASSERT_TRUE(first);
            for (std::uint32_t n = 0; n < plan->devices_of(user); ++n, ++memberships) {
                const DeviceIndex device{plan->device_of(user).value + n};
                EXPECT_EQ(plan->stream_of(device, ConversationIndex{c}), plan->on_device(*first, n));
                streams.insert(plan->on_device(*first, n).value);
                online += plan->online(device) ? 1 : 0;
            }
        }
        EXPECT_EQ(plan->online_members(ConversationIndex{c}), online);
    }
    EXPECT_EQ(streams.size(), memberships);
    EXPECT_EQ(plan->stream_device.size(), memberships);
}

TEST(Devices, AllSendInTurn) {
    const auto plan = test::plan_of(several_devices());
    std::set<std::uint32_t> senders;
    Arrivals arrivals(*plan, 1);
    std::uint32_t others = 0;
    while (const auto arrival = arrivals.next()) {
        const DeviceIndex device = plan->stream_device[arrival->stream.index()];
        ASSERT_TRUE(plan->online(device));
        others += device == plan->device_of(plan->user_of(device)) ? 0 : 1;
    }
    // 10 s of 100/s; a sender's chance of another than its first device is 0.25/2 + 0.05 * 2/3.
    EXPECT_NEAR(others, 1000 * (0.125 + 0.0333), 5 * std::sqrt(1000 * 0.158));
}

TEST(Devices, ChangeNothingWhenEverybodyHasOne) {
    const auto plain = test::plan_of(test::small_scenario());
    const auto one = test::plan_of(with_devices({{1, 1.0}}));
    EXPECT_EQ(plain->members, one->members);
    EXPECT_TRUE(one->device_begin.empty());
    EXPECT_EQ(one->label(DeviceIndex{5}), "u5");
    Arrivals left(*plain, 1);
    Arrivals right(*one, 1);
    while (const auto a = left.next()) {
        const auto b = right.next();
        ASSERT_TRUE(b);
        EXPECT_EQ(a->stream, b->stream);
    }
}

TEST(Devices, AreSlicedWithTheirUsersAndOpenOverTheWholeRamp) {
    const auto plan = test::plan_of(several_devices());
    std::uint32_t device = 0;
    std::uint32_t stream = 0;
    for (std::uint32_t w = 0; w < 7; ++w) {
        const Slice slice = plan->slice(w, 7);
        EXPECT_EQ(slice.first_device, device);
        EXPECT_EQ(slice.first_stream, stream);
        for (std::uint32_t d = slice.first_device; d < slice.last_device; ++d) {
            EXPECT_GE(plan->user_of(DeviceIndex{d}).value, slice.first_user);
            EXPECT_LT(plan->user_of(DeviceIndex{d}).value, slice.last_user);
        }
        device = slice.last_device;
        stream = slice.last_stream;
    }
    EXPECT_EQ(device, plan->online_devices);
    std::set<Duration> offsets;
    for (std::uint32_t d = 0; d < plan->online_devices; ++d)
        offsets.insert(*plan->open_offset(DeviceIndex{d}));
    EXPECT_EQ(offsets.size(), plan->online_devices);
    EXPECT_FALSE(plan->open_offset(DeviceIndex{plan->online_devices}));
}

TEST(Devices, CountInTheFiguresOfThePlan) {
    Scenario scenario = with_devices({{2, 1.0}});
    scenario.online = scenario.users;
    const PlanFigures all = figures(*test::plan_of(std::move(scenario)));
    EXPECT_EQ(all.connections, 400U);
    // A direct message reaches two devices of the other user and the sender's own other one.
    constexpr auto direct = static_cast<std::size_t>(ConversationClass::direct);
    EXPECT_DOUBLE_EQ(all.phases[0].by_class[direct].deliveries / all.phases[0].by_class[direct].messages, 3);
}

std::string population_error(const std::string& rest) {
    return test::errors_of(test::edited("  users: 100\n", "  users: 100\n" + rest));
}

TEST(PopulationKeys, ReadDevicesCohortsAndTheSocialGraph) {
    const auto scenario = load_scenario_text(
        test::edited("  users: 100\n",
                     "  users: 100\n"
                     "  devices_per_user: {1: 0.7, 2: 25%, 3: 0.05}\n"
                     "  social_graph: {zipf: 0.8}\n"
                     "  cohorts:\n"
                     "    mobile: {share: 60%, reconnect: {base: 500ms, max: 30s, jitter: equal}}\n"
                     "    desktop: {share: 40%, reconnect: {policy: immediate}}\n"),
        "x.yaml", {});
    ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
    const Population& population = scenario->population;
    ASSERT_EQ(population.devices_per_user.size(), 3U);
    EXPECT_EQ(population.devices_per_user[1].devices, 2U);
    EXPECT_DOUBLE_EQ(population.devices_per_user[1].share, 0.25);
    EXPECT_EQ(population.social_zipf, 0.8);
    ASSERT_EQ(population.cohorts.size(), 2U);
    EXPECT_EQ(population.cohorts[0].name, "mobile");
    EXPECT_EQ(population.cohorts[0].reconnect.base, 500ms);
    EXPECT_EQ(population.cohorts[0].reconnect.jitter, ReconnectPolicy::Jitter::equal);
    EXPECT_EQ(population.cohorts[1].reconnect.kind, ReconnectPolicy::Kind::immediate);
}

TEST(PopulationKeys, RefuseWhatDoesNotFit) {
    EXPECT_THAT(population_error("  devices_per_user: {1: 0.7}\n"),
                HasSubstr("x.yaml:6:21: population.devices_per_user: the shares must add up"));
    EXPECT_THAT(population_error("  devices_per_user: {0: 1}\n"), HasSubstr("1 to 16 devices"));
    EXPECT_THAT(population_error("  devices_per_user: {99: 1}\n"), HasSubstr("1 to 16 devices"));
    EXPECT_THAT(population_error("  devices_per_user: {many: 1}\n"), HasSubstr("'many': expected a count"));
    EXPECT_THAT(population_error("  devices_per_user: {1: 1.2}\n"),
                HasSubstr("expected a share such as 70% or 0.7"));
    EXPECT_THAT(population_error("  cohorts: {a: {share: 50%}}\n"),
                HasSubstr("the shares must add up to 100%"));
    EXPECT_THAT(population_error("  cohorts: {a: {}}\n"), HasSubstr("missing key 'share'"));
    EXPECT_THAT(population_error("  cohorts: {a: {share: 100%, reconnect: {base: 20s}}}\n"),
                HasSubstr("max is below base"));
    EXPECT_THAT(population_error("  cohorts: {a: {share: 100%, reconnect: {policy: fixed, jitter: full}}}\n"),
                HasSubstr("only the exponential policy has it"));
}

TEST(Cohorts, AreDealtOutInExactShares) {
    Scenario scenario = test::small_scenario();
    scenario.population.cohorts = {{"mobile", 0.6}, {"desktop", 0.4}};
    const auto plan = test::plan_of(std::move(scenario));
    EXPECT_EQ(std::count(plan->cohort.begin(), plan->cohort.end(), 0), 120);
    EXPECT_EQ(std::count(plan->cohort.begin(), plan->cohort.end(), 1), 80);
}

TEST(ReconnectDelay, FollowsItsPolicy) {
    ReconnectPolicy policy{ReconnectPolicy::Kind::exponential, ReconnectPolicy::Jitter::none, 100ms, 1s};
    const auto delay = [&](std::uint32_t attempt, std::uint64_t who = 7) {
        return reconnect_delay(policy, 1, who, attempt);
    };
    EXPECT_EQ(delay(0), 100ms);
    EXPECT_EQ(delay(3), 800ms);
    EXPECT_EQ(delay(60'000), 1s);
    policy.kind = ReconnectPolicy::Kind::fixed;
    EXPECT_EQ(delay(9), 100ms);
    policy.kind = ReconnectPolicy::Kind::immediate;
    EXPECT_EQ(delay(9), 1ms);
}

TEST(ReconnectDelay, JittersWithinItsBounds) {
    using Jitter = ReconnectPolicy::Jitter;
    ReconnectPolicy policy{ReconnectPolicy::Kind::exponential, Jitter::full, 100ms, 1s};
    for (const Jitter jitter : {Jitter::full, Jitter::equal, Jitter::decorrelated}) {
        policy.jitter = jitter;
        std::set<Duration> seen;
        for (std::uint64_t who = 0; who < 200; ++who) {
            const Duration delay = reconnect_delay(policy, 1, who, 2);
            EXPECT_EQ(delay, reconnect_delay(policy, 1, who, 2));
            EXPECT_LE(delay, jitter == Jitter::decorrelated ? 1s : 400ms);
            EXPECT_GE(delay, jitter == Jitter::full ? 1ms : jitter == Jitter::equal ? 200ms : 100ms);
            seen.insert(delay);
        }
        EXPECT_GT(seen.size(), 150U);
        EXPECT_LE(reconnect_delay(policy, 1, 3, 60'000), 1s);
    }
}

TEST(GroupSizes, FollowTheirLognormalLaw) {
    TopologyRow row{ConversationClass::group, 1, 2, 10'000, {}};
    row.size_median = 12;
    row.size_p99 = 400;
    Random random(5);
    std::vector<std::uint32_t> sizes(20'000);
    for (std::uint32_t& size : sizes) size = draw_size(row, random);
    std::sort(sizes.begin(), sizes.end());
    EXPECT_NEAR(sizes[10'000], 12, 1);
    EXPECT_NEAR(sizes[19'800], 400, 60);
    EXPECT_GE(sizes.front(), 2U);
    row.size_max = 50;
    for (int i = 0; i < 1000; ++i) EXPECT_LE(draw_size(row, random), 50U);
}

TEST(GroupSizes, AreReadAndCheckedWithTheirBounds) {
    const auto text = [](const std::string& size) {
        return test::edited("size: {min: 3, max: 9}", "size: " + size);
    };
    const auto scenario = load_scenario_text(text("{lognormal: {median: 5, p99: 40}}"), "x.yaml", {});
    ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
    EXPECT_EQ(scenario->topology[1].size_max, 100U);
    EXPECT_EQ(scenario->topology[1].size_p99, 40);
    EXPECT_EQ(test::errors_of(text("{lognormal: {median: 5, p99: 40}, min: 3, max: 20}")), "");
    EXPECT_THAT(test::errors_of(text("{lognormal: {median: 50, p99: 40}}")),
                HasSubstr("p99 is below the median"));
    EXPECT_THAT(test::errors_of(text("{min: 3}")), HasSubstr("min and max belong together"));
}

TEST(SocialGraphOfAPlan, PutsFewUsersIntoManyGroupsAndNobodyTwiceIntoOne) {
    Scenario scenario = test::small_scenario();
    scenario.population.social_zipf = 1.0;
    scenario.topology = {{ConversationClass::group, 2000, 3, 12, {}},
                         {ConversationClass::channel, 2, 190, 190, {}},
                         {ConversationClass::channel, 1, 200, 200, {}}};
    scenario.behaviors = {test::everyone_sends(0, 0.9, 0.1)};
    const auto plan = test::plan_of(std::move(scenario));
    std::vector<std::uint32_t> groups(plan->users);
    for (std::uint32_t c = 0; c < plan->conversations.size(); ++c) {
        const auto members = plan->members_of(ConversationIndex{c});
        EXPECT_TRUE(std::is_sorted(members.begin(), members.end()));
        EXPECT_EQ(std::adjacent_find(members.begin(), members.end()), members.end());
        for (const UserIndex user : members) ++groups[user.index()];
    }
    EXPECT_EQ(plan->conversations[2000].member_count, 190U);
    std::sort(groups.begin(), groups.end(), std::greater<>());
    EXPECT_GT(
        groups[0],
        8 * groups[100]);  // rank 1 against rank 101: at most 101 to 1, less because none is twice in one
    EXPECT_GT(groups[0], 1200U);
}

}  // namespace
}  // namespace hubbub
