// The scenario's own faults in virtual time: a clean server is not accused for them, a dishonest one is, and
// each says that it was felt.

#include "tests/support/faults.hpp"

#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "tests/support/campaign.hpp"
#include "tests/support/story.hpp"

namespace hubbub::sim {
namespace {

using namespace hubbub::test;
using namespace std::chrono_literals;

WorldOptions options_of(std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.server.shards = 2;
    options.workers = 2;
    options.link = {.latency = 1ms, .jitter = 2ms, .slice_probability = 0.1};
    options.worker.ack_timeout = 2s;
    return options;
}

TEST(ScenarioFaultsInTheWorld, DrawnOnesNeverAccuseACleanServer) {
    std::map<std::string, std::uint64_t> bites;
    for (const std::uint64_t seed : test::each_seed_or(200)) {
        Random draw = Random(seed).child("scenario faults");
        std::vector<TimedFault> faults;
        for (std::uint64_t left = 1 + draw.below(3); left > 0; --left) faults.push_back(any_fault(draw));
        const auto profiles = network_profiles();
        const std::string network =
            draw.chance(0.3) ? std::string(profiles[draw.below(profiles.size())].name) : std::string();
        const auto plan = with_faults({.seed = seed}, faults, network);
        const WorldResult result = simulate(plan, options_of(seed));
        ASSERT_EQ(test::sum(result.run.in.judgement.violations), 0U)
            << "seed " << seed << ": " << test::story(result.run);
        ASSERT_EQ(result.run.in.judgement.totals.missing, 0U)
            << "seed " << seed << ": " << test::story(result.run);
        for (const FaultOutcome& fault : result.run.faults) bites[fault.kind] += fault.fired;
    }
    for (const auto& [kind, count] : bites) EXPECT_GT(count, 0U) << kind << " never bit";
    EXPECT_GE(bites.size(), 15U);
}

TEST(ScenarioFaultsInTheWorld, PlayTheSameTraceWhateverTheWorkersForTheSameSeed) {
    const auto plan =
        with_faults({}, {reset(300ms, 200ms), on_links(latency_fault, {20, 5, 0}, 100ms, 500ms)}, "4g");
    const WorldResult first = simulate(plan, options_of(5));
    const WorldResult second = simulate(plan, options_of(5));
    EXPECT_EQ(first.trace.hash, second.trace.hash);
    EXPECT_EQ(first.run.faults[0].fired, second.run.faults[0].fired);
    WorldOptions three = options_of(5);
    three.workers = 3;
    const WorldResult split = simulate(plan, three);
    EXPECT_EQ(split.run.faults[0].fired, first.run.faults[0].fired)
        << "whom it meets does not hang on workers";
    EXPECT_EQ(split.run.faults[0].lost, first.run.faults[0].lost);
}

TEST(ScenarioFaultsInTheWorld, AStormBringsEverybodyBack) {
    const WorldResult result = simulate(with_faults({}, {reset(300ms, 300ms)}), options_of(1));
    EXPECT_EQ(result.run.verdict, Verdict::pass) << test::story(result.run);
    const FaultOutcome& storm = result.run.faults[0];
    EXPECT_EQ(storm.fired, 20U);
    EXPECT_EQ(storm.lost, 20U);
    EXPECT_EQ(storm.back.count(), 20U);
    EXPECT_EQ(storm.caught_up.count(), 20U);
    EXPECT_GE(storm.back.percentile(1), 300'000) << "nobody is back while nobody may";
    EXPECT_GT(storm.attempts, 1);
}

TEST(ScenarioFaultsInTheWorld, ARollingResetCutsEverybodyOnceOneAfterTheOther) {
    const WorldResult result = simulate(with_faults({.length = 2s}, {reset(200ms, {}, 1s)}), options_of(1));
    EXPECT_EQ(result.run.verdict, Verdict::pass) << test::story(result.run);
    EXPECT_EQ(result.run.faults[0].fired, 20U);
    EXPECT_EQ(result.run.faults[0].lost, 20U);
    EXPECT_GT(result.run.faults[0].back.percentile(90), result.run.faults[0].back.percentile(10) + 400'000);
}

TEST(ScenarioFaultsInTheWorld, WithoutJitterTheyComeBackAllAtOnce) {
    const auto peak = [](ReconnectPolicy::Jitter jitter) {
        Scenario scenario = *make_small_plan({.users = 200, .length = 3s})->scenario;
        scenario.faults = {reset(300ms)};
        Cohort cohort;
        cohort.name = "all";
        cohort.share = 1;
        cohort.reconnect = {ReconnectPolicy::Kind::exponential, jitter, 1s, 5s};
        scenario.population.cohorts = {cohort};
        const auto plan = make_plan(std::make_shared<const Scenario>(std::move(scenario))).value();
        const WorldResult result = simulate(plan, options_of(1));
        EXPECT_EQ(result.run.faults[0].back.count(), 200U);
        return result.run.faults[0].peak_attempts;
    };
    EXPECT_GT(peak(ReconnectPolicy::Jitter::none), 3 * peak(ReconnectPolicy::Jitter::full));
}

TEST(ScenarioFaultsInTheWorld, AFaultThatMeetsNobodyProvesNothing) {
    TimedFault nobody = on_links(latency_fault, {20, 0, 0}, 300ms, 100ms);
    nobody.select.sample = 1e-9;
    const WorldResult result = simulate(with_faults({}, {nobody}), options_of(1));
    EXPECT_EQ(result.run.verdict, Verdict::inconclusive) << test::story(result.run);
}

struct FrameCase {
    const FaultKind* kind;
    std::uint64_t Violations::*counter;
    Verdict verdict = Verdict::violation;
};
class FrameFaults : public ::testing::TestWithParam<FrameCase> {};

TEST_P(FrameFaults, AreAccusedForWhatTheyAre) {
    const auto plan = with_faults({}, {on_links(*GetParam().kind, {15, 0}, 100ms, 800ms)});
    const WorldResult result = simulate(plan, options_of(2));
    EXPECT_GT(result.run.faults[0].fired, 0U);
    EXPECT_GT(result.run.in.judgement.violations.*GetParam().counter, 0U) << test::story(result.run);
    EXPECT_EQ(result.run.verdict, GetParam().verdict) << test::story(result.run);
}
INSTANTIATE_TEST_SUITE_P(
    Of, FrameFaults,
    ::testing::Values(FrameCase{&frame_drop_fault, &Violations::gap_live},
                      // effectively_once permits it on the wire, where the client can tell
                      FrameCase{&frame_duplicate_fault, &Violations::duplicate_raw, Verdict::pass},
                      FrameCase{&frame_reorder_fault, &Violations::gap_live},
                      FrameCase{&frame_corrupt_fault, &Violations::disagreement}),
    [](const auto& one) { return std::string(one.param.kind->name); });

// ---- negative controls: whoever promises less than it says is caught
struct Control {
    const char* name;
    Durability durability;
    const TargetFaultKind* fault;
    std::vector<std::int64_t> values;
    bool loses;
};
class Controls : public ::testing::TestWithParam<Control> {};

TEST_P(Controls, LossIsFoundWhereItMustBeAndNowhereElse) {
    std::uint32_t found = 0;
    constexpr std::uint32_t runs = 10;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
        WorldOptions options = options_of(seed);
        options.durability = GetParam().durability;
        const auto plan =
            with_faults({.seed = seed}, {on_target(*GetParam().fault, GetParam().values, 500ms)});
        const WorldResult result = simulate(plan, options);
        const Violations& v = result.run.in.judgement.violations;
        EXPECT_EQ(result.run.faults[0].fired, 1U);
        const bool loses = v.lost + v.history > 0;
        EXPECT_EQ(loses, result.run.verdict == Verdict::violation)
            << "seed " << seed << ": " << test::story(result.run);
        found += loses ? 1 : 0;
    }
    EXPECT_EQ(found, GetParam().loses ? runs : 0U);
}
INSTANTIATE_TEST_SUITE_P(
    Of, Controls,
    ::testing::Values(Control{"NothingKept", Durability::none, &kill_fault, {0, 0, 300}, true},
                      Control{"MemoryUnderAKill", Durability::memory, &kill_fault, {0, 0, 300}, true},
                      Control{"WalUnderAPowerLoss", Durability::wal, &power_loss_fault, {0, 300}, true},
                      Control{"WalUnderAKill", Durability::wal, &kill_fault, {0, 0, 300}, false},
                      Control{
                          "SyncedUnderAPowerLoss", Durability::wal_sync, &power_loss_fault, {0, 300}, false},
                      Control{"SyncedUnderAKill", Durability::wal_sync, &kill_fault, {0, 0, 300}, false}),
    [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace hubbub::sim
