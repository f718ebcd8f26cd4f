#include "sim/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/campaign.hpp"
#include "tests/support/scenarios.hpp"
#include "tests/support/story.hpp"

namespace hubbub::sim {
namespace {

using test::make_small_plan;
using test::SmallScenario;
using namespace std::chrono_literals;

WorldOptions jittery(std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.server.shards = 3;
    options.workers = 2;
    options.link = {.latency = 2ms, .jitter = 5ms, .slice_probability = 0.2};
    options.worker.ack_timeout = 2s;
    return options;
}

TEST(World, DeliversEveryMessageOfACleanRunOnce) {
    const WorldResult result = simulate(make_small_plan(), jittery(1));
    const Totals& totals = result.run.in.judgement.totals;
    EXPECT_EQ(result.run.verdict, Verdict::pass) << test::story(result.run);
    EXPECT_EQ(test::sum(result.run.in.judgement.violations), 0U) << test::story(result.run);
    EXPECT_GT(totals.sent, 100U);
    EXPECT_EQ(totals.acked, totals.sent);
    EXPECT_EQ(totals.delivered, totals.expected);
    EXPECT_GT(totals.expected, totals.sent);  // groups and the channel fan out
}

TEST(World, ShowsEveryFrameOfOneUserAndPlaysTheSameRun) {
    std::vector<std::string> lines;
    WorldOptions traced = jittery(7);
    traced.worker.trace = {UserIndex{3}, [&](const std::string& line) { lines.push_back(line); }};
    const WorldResult seen = simulate(make_small_plan(), traced);
    EXPECT_EQ(seen.trace.hash, simulate(make_small_plan(), jittery(7)).trace.hash);
    const auto shown = [&](std::string_view what) {
        return std::count_if(lines.begin(), lines.end(),
                             [&](const std::string& line) { return line.find(what) != std::string::npos; });
    };
    EXPECT_EQ(shown(" u3 -> {\"t\":\"hello\""), 1);
    EXPECT_GT(shown(" u3 <- {\"t\":\"msg\""), 0);
    EXPECT_EQ(shown(" u3 "), static_cast<std::ptrdiff_t>(lines.size()));
}

TEST(World, PlaysTheSameTraceForTheSameSeed) {
    const WorldResult first = simulate(make_small_plan(), jittery(7));
    const WorldResult second = simulate(make_small_plan(), jittery(7));
    const WorldResult other = simulate(make_small_plan(), jittery(8));
    EXPECT_EQ(first.trace.hash, second.trace.hash);
    EXPECT_EQ(first.trace.events, second.trace.events);
    EXPECT_EQ(first.virtual_time, second.virtual_time);
    EXPECT_NE(first.trace.hash, other.trace.hash);
}

TEST(World, SendsTheSameMessagesHoweverManyWorkersAndShards) {
    WorldOptions options = jittery(3);
    const auto plan = make_small_plan();
    const WorldResult two = simulate(plan, options);
    options.workers = 5;
    options.server.shards = 1;
    const WorldResult five = simulate(plan, options);
    EXPECT_EQ(two.run.in.judgement.totals.sent, five.run.in.judgement.totals.sent);
    EXPECT_EQ(two.run.in.judgement.totals.expected, five.run.in.judgement.totals.expected);
    EXPECT_EQ(five.run.verdict, Verdict::pass) << test::story(five.run);
}

class Mishaps : public testing::TestWithParam<std::uint64_t> {};

TEST_P(Mishaps, CutConnectionsAreHealedAndNobodyIsAccused) {
    WorldOptions options = jittery(GetParam());
    options.mishaps = {{200ms, Mishap::Kind::cut_links, 1.0},
                       {500ms, Mishap::Kind::cut_links, 0.3},
                       {800ms, Mishap::Kind::cut_links, 0.5}};
    const WorldResult result = simulate(make_small_plan({.seed = GetParam()}), options);
    EXPECT_EQ(test::sum(result.run.in.judgement.violations), 0U) << test::story(result.run);
    EXPECT_EQ(result.run.verdict, Verdict::pass) << test::story(result.run);
    EXPECT_GT(result.run.in.connections.reconnects, 0U);
    EXPECT_EQ(result.run.in.judgement.totals.missing, 0U);
}

TEST_P(Mishaps, AKilledServerLosesNothingItAcknowledgedWhenItHasALog) {
    for (const Durability durability : {Durability::wal, Durability::wal_sync}) {
        WorldOptions options = jittery(GetParam());
        options.durability = durability;
        options.mishaps = {{400ms, Mishap::Kind::kill_server}};
        const WorldResult result = simulate(make_small_plan({.seed = GetParam()}), options);
        EXPECT_EQ(test::sum(result.run.in.judgement.violations), 0U)
            << name(durability) << ": " << test::story(result.run);
    }
}

TEST_P(Mishaps, PowerLossTakesNothingAcknowledgedFromASyncedLog) {
    WorldOptions options = jittery(GetParam());
    options.mishaps = {{300ms, Mishap::Kind::power_loss}, {700ms, Mishap::Kind::power_loss}};
    const WorldResult result = simulate(make_small_plan({.seed = GetParam()}), options);
    EXPECT_EQ(test::sum(result.run.in.judgement.violations), 0U) << test::story(result.run);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Mishaps, testing::Range<std::uint64_t>(1, 31));

// The other half of the proof: whatever goes wrong around a right server, nobody is accused.
// HUBBUB_SEEDS=100000 for a nightly run.
TEST(CleanRuns, WithDrawnMishapsAreNeverAccused) {
    std::uint64_t reconnects = 0;
    const auto seeds = test::each_seed_or(500);
    for (const std::uint64_t seed : seeds) {
        Random draw = Random(seed).child("drawn");
        WorldOptions options = jittery(seed);
        options.server.shards = 1 + static_cast<std::uint32_t>(draw.below(4));
        options.workers = 1 + static_cast<std::uint32_t>(draw.below(3));
        options.worker.ack_timeout = draw.chance(0.5) ? 300ms : 2s;
        for (std::uint64_t m = draw.below(4); m > 0; --m)
            options.mishaps.push_back({std::chrono::milliseconds(draw.below(1200)),
                                       static_cast<Mishap::Kind>(draw.below(3)), draw.unit(),
                                       std::chrono::milliseconds(draw.below(1000))});
        const auto plan = make_small_plan({.users = 4 + static_cast<std::uint32_t>(draw.below(12)),
                                           .directs = 5,
                                           .groups = 3,
                                           .rate = 20 + draw.unit() * 300,
                                           .length = 1s,
                                           .settle = 1s,
                                           .seed = seed});
        const WorldResult result = simulate(plan, options);
        reconnects += result.run.in.connections.reconnects;
        ASSERT_EQ(test::sum(result.run.in.judgement.violations), 0U)
            << "seed " << seed << ": " << test::story(result.run);
        ASSERT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed << ": " << test::story(result.run);
    }
    EXPECT_GT(reconnects, seeds.size());  // the mishaps bit
}

std::uint64_t losing_seeds(Durability durability, Mishap::Kind kind) {
    std::uint64_t losing = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        WorldOptions options = jittery(seed);
        options.durability = durability;
        options.mishaps = {{400ms, kind}};
        const WorldResult result = simulate(make_small_plan({.seed = seed}), options);
        const bool lost =
            result.run.in.judgement.violations.lost > 0 || result.run.in.judgement.violations.history > 0;
        EXPECT_EQ(lost, result.run.verdict == Verdict::violation)
            << "seed " << seed << ": " << test::story(result.run);
        losing += lost;
    }
    return losing;
}

// Negative controls: if these did not lose, the tests above would prove nothing.
TEST(World, CatchesAServerWithoutALogLosingOnAKill) {
    EXPECT_EQ(losing_seeds(Durability::none, Mishap::Kind::kill_server), 20U);
    EXPECT_EQ(losing_seeds(Durability::memory, Mishap::Kind::kill_server), 20U);
}
TEST(World, CatchesAnUnsyncedLogLosingOnPowerLoss) {
    EXPECT_EQ(losing_seeds(Durability::wal, Mishap::Kind::power_loss), 20U);
}

}  // namespace
}  // namespace hubbub::sim
