// Wrongs of presence that show only in time: a watcher must wait as long as the promises say before anything
// is claimed, so these runs are longer than those of the other wrongs, with quick beats.
#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/world.hpp"
#include "tests/support/sabotage_table.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

std::uint64_t seeds() {
    const char* text = std::getenv("HUBBUB_SEEDS");
    return text ? std::strtoull(text, nullptr, 10) : 50;
}

WorldOptions options_for(SabotageKind kind, std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.workers = 2;
    options.server.shards = 2;
    options.server.beat = test::quick_beat;
    options.server.silence = test::quick_silence;
    options.server.sabotage.seed = seed;
    options.server.sabotage.items = {{kind, 0.2, 3}};
    options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
    return options;
}

std::string story(const WorldResult& result) {
    std::string out = result.run.in.error;
    for (const auto& e : result.run.in.judgement.evidence)
        out += "\n  " + e.kind + " of " + e.sender + " to " + e.receiver + " at " + std::to_string(e.at) +
               ": " + e.why;
    for (const auto& r : result.truth)
        out += "\n  truth: " + std::string(name(r.kind)) + " of " + r.user + " victim " + r.victim_user +
               "/" + r.victim_device;
    return out;
}

class PresenceInTime : public testing::TestWithParam<std::uint8_t> {};

TEST_P(PresenceInTime, IsFoundNamedRightlyAndNothingElseIsAccused) {
    const auto kind = static_cast<SabotageKind>(GetParam());
    std::uint64_t wrongs = 0;
    for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
        const std::vector<DeviceShare> devices =
            seed % 3 == 0 ? std::vector<DeviceShare>{{1, 0.5}, {2, 0.5}} : std::vector<DeviceShare>{};
        const auto plan = test::make_small_plan(test::presence_scenario(kind, seed, devices));
        const WorldResult result = simulate(plan, options_for(kind, seed));
        wrongs += result.truth.size();
        ASSERT_EQ(result.run.in.error, "");
        ASSERT_TRUE(test::agrees(result.run.in.judgement.violations, result.truth))
            << name(kind) << ", seed " << seed << story(result);
        if (seed > 3) continue;
        WorldOptions carried = options_for(kind, seed);
        carried.carried = true;
        EXPECT_EQ(to_json(simulate(plan, carried).run), to_json(result.run)) << "seed " << seed;
    }
    EXPECT_GE(wrongs, seeds() / 2) << "a proof without wrongs proves nothing";
}

// What breaks meanwhile may hide such a wrong; it never brings about another accusation.
TEST_P(PresenceInTime, NothingElseIsAccusedWhenLinksBreakToo) {
    const auto kind = static_cast<SabotageKind>(GetParam());
    std::uint64_t found = 0;
    for (std::uint64_t seed = 1; seed <= seeds() / 2; ++seed) {
        WorldOptions options = options_for(kind, seed);
        options.mishaps = {{900ms, Mishap::Kind::cut_links, 0.5}};
        const WorldResult result =
            simulate(test::make_small_plan(test::presence_scenario(kind, seed)), options);
        const Violations& violations = result.run.in.judgement.violations;
        for (const auto& [counter, count] : by_name(violations)) {
            if (counter == "presence" || counter == "gap_healed") continue;
            ASSERT_EQ(count, 0U) << counter << ", seed " << seed << story(result);
        }
        ASSERT_LE(violations.presence, result.truth.size()) << "seed " << seed << story(result);
        found += violations.presence;
    }
    EXPECT_GT(found, 0U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, PresenceInTime, testing::ValuesIn(test::kinds_that_take_time()),
                         [](const auto& test) {
                             return std::string(name(static_cast<SabotageKind>(test.param)));
                         });

}  // namespace
}  // namespace hubbub::sim
