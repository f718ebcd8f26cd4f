// Wrongs and a storm in the same run: still nothing is accused but what was done, and it is found.
#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "tests/support/faults.hpp"
#include "tests/support/sabotage_storm.hpp"

namespace hubbub::sim {
namespace {

using namespace hubbub::test;

constexpr std::uint64_t seeds = 20;

class InAStorm : public testing::TestWithParam<std::uint8_t> {};

TEST_P(InAStorm, WrongsAreFoundAndNothingElseIsAccused) {
    const auto kind = static_cast<SabotageKind>(GetParam());
    std::uint64_t found = 0, acts = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        WorldOptions options;
        options.seed = seed;
        options.server.shards = 2;
        options.server.sabotage.seed = seed;
        options.server.sabotage.items = {{kind, 0.3, 4}};
        options.workers = 2;
        options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
        options.worker.ack_timeout = 700ms;
        TimedFault some = on_links(latency_fault, {30, 20, 0}, 100ms, 600ms);
        some.select.sample = 0.5;
        const auto plan = with_faults({.users = 12,
                                       .directs = 6,
                                       .groups = 3,
                                       .rate = 150,
                                       .length = 1500ms,
                                       .seed = seed,
                                       .habits = habits_for(kind)},
                                      {some, reset(700ms, 100ms, {})});
        const WorldResult result = simulate(plan, options);
        EXPECT_EQ(result.run.faults[1].fired, 12U);
        acts += result.truth.size();
        const StormFindings said = findings_in_a_storm(result.run, result.truth);
        found += said.found ? 1 : 0;
        ASSERT_EQ(said.wrongly, "") << name(kind) << ", seed " << seed;
    }
    EXPECT_GT(acts, 0U) << "a proof without wrongs proves nothing";
    EXPECT_EQ(found > 0, !harmless(kind)) << name(kind);
}

INSTANTIATE_TEST_SUITE_P(Kinds, InAStorm, testing::ValuesIn(kinds_without_leaving()), [](const auto& test) {
    return std::string(name(static_cast<SabotageKind>(test.param)));
});

}  // namespace
}  // namespace hubbub::sim
