// Wrongs and a storm in the same run: still nothing is accused but what was done, and it is found.
#include <gtest/gtest.h>

#include <set>

#include "sim/world.hpp"
#include "tests/support/faults.hpp"
#include "tests/support/sabotage_table.hpp"

namespace hubbub::sim {
namespace {

using namespace hubbub::test;

constexpr std::uint64_t seeds = 20;

/// Counters that the page lets an act of this kind move. A storm may heal what a wrong left out, so that it
/// cannot be counted; it never brings about another one.
std::set<std::string> may_move(const std::vector<SabotageRecord>& truth) {
    static const auto rules = sabotage_rules();
    std::set<std::string> out = {"gap_healed"};
    for (const SabotageRecord& record : truth) {
        const SabotageRule& rule = rules.at(std::string(name(record.kind)));
        for (const auto& [counter, shares] : rule.exactly) out.insert(counter);
        out.insert(rule.may_follow.begin(), rule.may_follow.end());
    }
    return out;
}

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
        const auto allowed = may_move(result.truth);
        for (const auto& [counter, count] : by_name(result.run.in.judgement.violations)) {
            found += count > 0 && counter != "gap_healed" ? 1 : 0;
            ASSERT_TRUE(count == 0 || allowed.contains(counter))
                << name(kind) << ", seed " << seed << ": " << counter << " " << count;
        }
    }
    EXPECT_GT(acts, 0U) << "a proof without wrongs proves nothing";
    EXPECT_EQ(found > 0, !harmless(kind)) << name(kind);
}

INSTANTIATE_TEST_SUITE_P(Kinds, InAStorm, testing::ValuesIn(kinds_without_leaving()), [](const auto& test) {
    return std::string(name(static_cast<SabotageKind>(test.param)));
});

}  // namespace
}  // namespace hubbub::sim
