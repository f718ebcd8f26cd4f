// Memberships that end and begin again while others send, in virtual time: who is in gets every entry, who is
// out none, and a server that gives somebody more or less is found.
#include <gtest/gtest.h>

#include "loadgen/plan/churn.hpp"
#include "sim/world.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Plan> churning(std::uint64_t seed, std::vector<DeviceShare> devices = {}) {
    test::SmallScenario small{
        .users = 24, .directs = 4, .groups = 6, .rate = 150, .length = 4s, .seed = seed};
    small.devices = std::move(devices);
    small.habits.membership = MembershipHabit{0.5, {300ms, 1s}};
    small.habits.history = HistoryHabit{40, 5, 200ms};
    return test::make_small_plan(small);
}

WorldOptions options_of(std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.workers = 2;
    options.server.shards = 2;
    options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
    return options;
}

/// What would be expected if nobody ever left.
std::uint64_t without_churn(const Plan& plan) {
    std::uint64_t sum = 0;
    Arrivals arrivals(plan, 1);
    while (const auto arrival = arrivals.next())
        sum += plan.online_members(plan.stream_conversation[arrival->stream.index()]) - 1;
    return sum;
}

TEST(MembershipChurn, ACleanServerIsNotAccused) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const auto plan = churning(seed);
        ASSERT_GT(plan->churn->all().size(), 30U);
        const WorldResult result = simulate(plan, options_of(seed));
        const Totals& totals = result.run.in.judgement.totals;
        EXPECT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed;
        EXPECT_EQ(totals.delivered, totals.expected);
        // Members are out for a part of the time, and nobody sends more because of it.
        EXPECT_LT(totals.expected, without_churn(*plan));
        EXPECT_GT(totals.expected, without_churn(*plan) / 3);
    }
}

TEST(MembershipChurn, NeitherUnderCutsAndKillsNorWithSeveralDevices) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        WorldOptions options = options_of(seed);
        options.mishaps = {{500ms, Mishap::Kind::cut_links, 0.5},
                           {1s + seed * 30ms, Mishap::Kind::kill_server, 1},
                           {3s, Mishap::Kind::power_loss, 1}};
        const auto plan = churning(seed, {{1, 0.5}, {2, 0.3}, {3, 0.2}});
        EXPECT_EQ(simulate(plan, options).run.verdict, Verdict::pass) << "seed " << seed;
    }
}

TEST(MembershipChurn, HowTheUsersAreSharedOutChangesNothing) {
    const auto plan = churning(3);
    WorldOptions options = options_of(3);
    options.workers = 1;
    const Totals one = simulate(plan, options).run.in.judgement.totals;
    options.workers = 5;
    const Totals five = simulate(plan, options).run.in.judgement.totals;
    EXPECT_EQ(one.sent, five.sent);
    EXPECT_EQ(one.acked, five.acked);
}

TEST(MembershipChurn, WhoGetsMoreThanHisTimeIsFound) {
    std::uint64_t records = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        WorldOptions options = options_of(seed);
        options.server.sabotage.seed = seed;
        options.server.sabotage.items = {{SabotageKind::deliver_after_leave, 1, 3}};
        const WorldResult result = simulate(churning(seed), options);
        EXPECT_EQ(result.run.in.judgement.violations.leaked, result.truth.size()) << "seed " << seed;
        Violations others = result.run.in.judgement.violations;
        others.leaked = 0;
        EXPECT_EQ(others, Violations{}) << "seed " << seed;
        records += result.truth.size();
    }
    EXPECT_GT(records, 20U);
}

TEST(MembershipChurn, WhoGetsLessThanHisTimeIsFound) {
    std::uint64_t records = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        WorldOptions options = options_of(seed);
        options.server.sabotage.seed = seed;
        options.server.sabotage.items = {{SabotageKind::lose_for_one, 0.05, 3}};
        const WorldResult result = simulate(churning(seed), options);
        EXPECT_EQ(result.run.in.judgement.violations.lost, result.truth.size()) << "seed " << seed;
        records += result.truth.size();
    }
    EXPECT_GT(records, 20U);
}

}  // namespace
}  // namespace hubbub::sim
