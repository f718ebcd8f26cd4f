// Users with several devices in virtual time: every device gets every message but those it sent itself, a
// clean server is not accused, and what is withheld from one device of a user is found.

#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "tests/support/sabotage_table.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

const std::vector<DeviceShare> several = {{1, 0.5}, {2, 0.3}, {3, 0.2}};

std::uint64_t deliveries_of(const Plan& plan) {
    std::uint64_t sum = 0;
    Arrivals arrivals(plan, 1);
    while (const auto arrival = arrivals.next())
        sum += plan.online_members(plan.stream_conversation[arrival->stream.index()]) - 1;
    return sum;
}

TEST(SeveralDevices, OfTwoThousandUsersAllGetEverythingAndNobodyIsAccused) {
    WorldOptions options;
    options.seed = 3;
    options.workers = 3;
    options.server.shards = 3;
    options.link = {.latency = 1ms, .jitter = 3ms};
    const auto plan = test::make_small_plan({.users = 2000,
                                             .directs = 3000,
                                             .groups = 400,
                                             .channels = 1,
                                             .rate = 300,
                                             .seed = 5,
                                             .devices = several});
    ASSERT_EQ(plan->devices, 1000U + 1200U + 1200U);
    const WorldResult result = simulate(plan, options);
    EXPECT_EQ(result.run.in.error, "");
    EXPECT_EQ(result.run.verdict, Verdict::pass);
    EXPECT_EQ(result.run.in.connections.connections, plan->devices);
    EXPECT_EQ(result.run.in.judgement.totals.expected, deliveries_of(*plan));
    EXPECT_EQ(result.run.in.judgement.totals.delivered, deliveries_of(*plan));
}

TEST(SeveralDevices, ComeBackEachOnItsOwnAndNobodyIsAccused) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        WorldOptions options;
        options.seed = seed;
        options.workers = 2;
        options.server.shards = 2;
        options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
        options.mishaps = {{300ms, Mishap::Kind::cut_links, 0.5}, {600ms, Mishap::Kind::cut_links, 0.5}};
        const auto plan = test::make_small_plan({.users = 20, .rate = 100, .seed = seed, .devices = several});
        const WorldResult result = simulate(plan, options);
        EXPECT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed;
        EXPECT_EQ(result.run.in.judgement.totals.expected, deliveries_of(*plan)) << "seed " << seed;
        EXPECT_GT(result.run.in.connections.reconnects, 0U);
    }
}

class EveryKindWithDevices : public testing::TestWithParam<std::uint8_t> {};

TEST_P(EveryKindWithDevices, IsFoundNamedRightlyAndNothingElseIsAccused) {
    const auto kind = static_cast<SabotageKind>(GetParam());
    const bool resumes = kind == SabotageKind::resume_skip || kind == SabotageKind::resume_repeat ||
                         kind == SabotageKind::wrong_epoch;
    std::uint64_t wrongs = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        WorldOptions options;
        options.seed = seed;
        options.workers = 2;
        options.server.shards = 2;
        options.server.sabotage.seed = seed;
        options.server.sabotage.items = {{kind, kind == SabotageKind::resume_repeat ? 1 : 0.2, 3}};
        options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
        options.worker.ack_timeout = 700ms;
        if (resumes)
            options.mishaps = {{300ms, Mishap::Kind::cut_links, 0.5}, {600ms, Mishap::Kind::cut_links, 0.5}};
        const auto plan = test::make_small_plan({.users = 12,
                                                 .directs = 6,
                                                 .groups = 3,
                                                 .rate = 100,
                                                 .seed = seed,
                                                 .devices = several,
                                                 .habits = test::habits_for(kind)});
        const WorldResult result = simulate(plan, options);
        wrongs += result.truth.size();
        EXPECT_TRUE(test::agrees(result.run.in.judgement.violations, result.truth))
            << name(kind) << ", seed " << seed;
        if (HasFailure()) break;
    }
    // Sends that wait together, which a swap needs, are rare at this rate: the single-device proof has them.
    EXPECT_GE(wrongs, kind == SabotageKind::swap_order ? 0U : 5U) << "a proof without wrongs proves nothing";
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKindWithDevices, testing::ValuesIn(test::kinds_without_leaving()),
                         [](const auto& test) {
                             return std::string(name(static_cast<SabotageKind>(test.param)));
                         });

}  // namespace
}  // namespace hubbub::sim
