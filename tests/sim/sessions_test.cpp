// People who come and go in virtual time: what they were sent meanwhile is caught up and judged in a class of
// its own, and nobody is accused because somebody was away.
#include "loadgen/plan/sessions.hpp"

#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Plan> coming_and_going(std::uint64_t seed) {
    test::SmallScenario small{.users = 30, .rate = 100, .length = 4s, .seed = seed};
    small.habits.session = SessionHabit{{1s, 2s}, {700ms, 2s}};
    return test::make_small_plan(small);
}

struct Expected {
    std::uint64_t online = 0, offline = 0;  ///< deliveries by what the plan says of the receiver
};

Expected expected_of(const Plan& plan) {
    Expected expected;
    Arrivals arrivals(plan, 1);
    while (const auto arrival = arrivals.next()) {
        const ConversationIndex conversation = plan.stream_conversation[arrival->stream.index()];
        for (const UserIndex user : plan.members_of(conversation)) {
            const DeviceIndex device = plan.device_of(user);
            if (device == plan.stream_device[arrival->stream.index()]) continue;
            ++(plan.sessions->absence_at(device, arrival->offset) ? expected.offline : expected.online);
        }
    }
    return expected;
}

std::uint64_t count_of(const WorldResult& result, const std::string& kind) {
    const auto found = result.run.in.judgement.latency.find({kind, ""});
    return found == result.run.in.judgement.latency.end() ? 0 : found->second.count();
}

TEST(SessionsInVirtualTime, EverybodyGetsEverythingAndTheClassIsThePlans) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto plan = coming_and_going(seed);
        WorldOptions options;
        options.seed = seed;
        options.workers = 2;
        options.server.shards = 2;
        options.link = {.latency = 1ms, .jitter = 3ms};
        const WorldResult result = simulate(plan, options);
        const Expected expected = expected_of(*plan);
        EXPECT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed;
        EXPECT_GT(expected.offline, 100U);
        EXPECT_EQ(count_of(result, "delivery"), expected.online) << "seed " << seed;
        EXPECT_EQ(count_of(result, "catch_up"), expected.offline) << "seed " << seed;
    }
}

TEST(SessionsInVirtualTime, AMessageToSomebodyOfflineIsNotLateBecauseHeWasAway) {
    WorldOptions options;
    options.link = {.latency = 1ms};
    const WorldResult result = simulate(coming_and_going(5), options);
    const auto& latency = result.run.in.judgement.latency;
    // Absences last hundreds of milliseconds; a round trip lasts two.
    EXPECT_LT(latency.at({"delivery", ""}).percentile(100), 100'000);
    EXPECT_LT(latency.at({"catch_up", ""}).percentile(100), 100'000);
    EXPECT_EQ(result.run.in.connections.reconnects, 0U);
}

TEST(SessionsInVirtualTime, UnderCutsAndKillsNobodyIsAccused) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        WorldOptions options;
        options.seed = seed;
        options.workers = 2;
        options.server.shards = 2;
        options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
        options.mishaps = {{800ms, Mishap::Kind::cut_links, 0.5},
                           {1600ms, Mishap::Kind::kill_server, 1},
                           {3s, Mishap::Kind::cut_links, 0.5}};
        const WorldResult result = simulate(coming_and_going(seed), options);
        EXPECT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed;
    }
}

// What a device never gets although it was planned offline when it was sent is missing in its own class.
TEST(SessionsInVirtualTime, WhatIsLostToSomebodyOfflineIsMissingInCatchUp) {
    std::uint64_t lost = 0, missing = 0, in_catch_up = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        WorldOptions options;
        options.seed = seed;
        options.server.sabotage.seed = seed;
        options.server.sabotage.items = {{SabotageKind::lose_after_ack, 0.05, 3}};
        const WorldResult result = simulate(coming_and_going(seed), options);
        const auto& latency = result.run.in.judgement.latency;
        lost += result.run.in.judgement.violations.lost;
        missing += latency.at({"delivery", ""}).missing();
        const auto caught_up = latency.find({"catch_up", ""});
        in_catch_up += caught_up == latency.end() ? 0 : caught_up->second.missing();
    }
    EXPECT_GT(in_catch_up, 0U);
    EXPECT_EQ(missing + in_catch_up, lost);
}

}  // namespace
}  // namespace hubbub::sim
