// History that is read while the load runs, in virtual time.
#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Plan> readers(std::uint64_t seed) {
    test::SmallScenario small{.users = 20, .rate = 100, .length = 3s, .seed = seed};
    small.habits.history = HistoryHabit{30, 10, 100ms};
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

TEST(HistoryInVirtualTime, ACleanServerIsNotAccusedUnderCutsKillsAndPowerLosses) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        WorldOptions options = options_of(seed);
        options.mishaps = {{500ms, Mishap::Kind::cut_links, 0.5},
                           {seed * 40ms + 700ms, Mishap::Kind::kill_server, 1},
                           {2200ms, Mishap::Kind::power_loss, 1}};
        const WorldResult result = simulate(readers(seed), options);
        EXPECT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed;
        EXPECT_GT(result.run.in.judgement.latency.at({"page", ""}).count(), 300U);
    }
}

// The audit at the end finds each of these once; whoever reads meanwhile finds it again and again.
TEST(HistoryInVirtualTime, AStaleHistoryIsFoundByThoseWhoReadDuringTheLoad) {
    std::uint64_t accused = 0, records = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        WorldOptions options = options_of(seed);
        options.server.sabotage.seed = seed;
        options.server.sabotage.items = {{SabotageKind::stale_history, 0.5, 3}};
        const WorldResult result = simulate(readers(seed), options);
        accused += result.run.in.judgement.violations.history;
        records += result.truth.size();
        EXPECT_EQ(result.run.verdict, Verdict::violation) << "seed " << seed;
    }
    EXPECT_GT(records, 0U);
    EXPECT_GT(accused, 2 * records);
}

}  // namespace
}  // namespace hubbub::sim
