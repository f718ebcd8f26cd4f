// Presence in virtual time: users who hide, leave, fall silent and come back, under cuts and kills. A right
// server is never accused, and what it told is measured.

#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "tests/support/campaign.hpp"
#include "tests/support/scenarios.hpp"
#include "tests/support/story.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

/// Beats and TTL small enough that a run of seconds holds silences.
WorldOptions quick_beats(std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.workers = 2;
    options.server.shards = 2;
    options.server.beat = 400ms;
    options.server.silence = 1200ms;
    options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
    return options;
}

Habits watchers(double toggle = 0) {
    Habits habits;
    habits.presence = PresenceHabit{5, toggle};
    return habits;
}

std::shared_ptr<const Plan> evening(std::uint64_t seed, Habits habits, Duration length = 12s,
                                    std::vector<DeviceShare> devices = {}) {
    return test::make_small_plan({.users = 12,
                                  .directs = 10,
                                  .groups = 3,
                                  .channels = 0,
                                  .rate = 5,
                                  .length = length,
                                  .settle = 4s,
                                  .seed = seed,
                                  .devices = std::move(devices),
                                  .habits = std::move(habits)});
}

Histogram latency(const WorldResult& result, const std::string& label) {
    const auto& all = result.run.in.judgement.latency;
    const auto found = all.find({"presence", label});
    return found == all.end() ? Histogram() : found->second;
}

TEST(PresenceRun, OfUsersWhoHideAndComeBackIsCleanAndMeasured) {
    const WorldResult result = simulate(evening(1, watchers(0.1)), quick_beats(1));
    EXPECT_EQ(result.run.verdict, Verdict::pass) << test::story(result.run);
    const auto& not_checked = result.run.in.judgement.not_checked;
    EXPECT_EQ(std::count(not_checked.begin(), not_checked.end(), "presence"), 0);
    EXPECT_GT(latency(result, "kind=graceful").count(), 5U);
    EXPECT_GT(latency(result, "kind=away").count(), 5U);
    EXPECT_EQ(latency(result, "").missing(), 0U);
    EXPECT_LT(latency(result, "kind=graceful").max(),
              1'100'000);  // at once, or a second after another change
}

TEST(PresenceRun, OfUsersWhoLeaveAndComeBackIsCleanAndMeasured) {
    Habits habits = watchers();
    habits.session = SessionHabit{{3s, 3s}, {5s, 5s}};
    const WorldResult result = simulate(evening(2, habits), quick_beats(2));
    EXPECT_EQ(result.run.verdict, Verdict::pass) << test::story(result.run);
    EXPECT_GT(latency(result, "kind=graceful").count(), 5U);
    EXPECT_EQ(latency(result, "").missing(), 0U);
    EXPECT_GE(latency(result, "kind=graceful").percentile(50), 1'000'000);  // a farewell waits a second
    EXPECT_LT(latency(result, "kind=graceful").max(), 2'000'000);
}

// A third of the users says nothing after its connection stands: away, given up, and back again.
TEST(PresenceRun, OfDevicesThatFallSilentSeesThemAwayAndThenOffline) {
    const auto base = test::make_small_plan({.users = 12,
                                             .directs = 12,
                                             .groups = 3,
                                             .channels = 0,
                                             .rate = 0.3,
                                             .length = 15s,
                                             .settle = 4s,
                                             .habits = watchers()});
    auto scenario = std::make_shared<Scenario>(*base->scenario);
    Behavior quiet;
    quiet.name = "quiet";
    quiet.share = 0.34;
    quiet.habits.heartbeat = Duration{};
    scenario->behaviors.push_back(quiet);
    WorldOptions options = quick_beats(3);
    options.worker.backoff_base = 3s;  // long enough to be missed
    const WorldResult result = simulate(*make_plan(scenario), options);
    EXPECT_EQ(result.run.in.judgement.violations.presence, 0U) << test::story(result.run);
    EXPECT_GT(latency(result, "kind=away").count(), 3U);
    EXPECT_GT(latency(result, "kind=silent").count(), 3U);
    EXPECT_EQ(latency(result, "").missing(), 0U);
    EXPECT_GE(latency(result, "kind=away").percentile(50), 800'000);
    EXPECT_LT(latency(result, "kind=away").max(), 2'800'000);
    EXPECT_GE(latency(result, "kind=silent").percentile(50), 1'200'000);
    EXPECT_LT(latency(result, "kind=silent").max(), 3'200'000);
}

class PresenceSeeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(PresenceSeeds, CutsKillsAndResumesAreNeverAccused) {
    const std::uint64_t seed = GetParam();
    Random draw = Random(seed).child("presence drawn");
    WorldOptions options = quick_beats(seed);
    options.server.shards = 1 + static_cast<std::uint32_t>(draw.below(3));
    options.workers = 1 + static_cast<std::uint32_t>(draw.below(3));
    for (std::uint64_t m = draw.below(5); m > 0; --m)
        options.mishaps.push_back({std::chrono::milliseconds(draw.below(12'000)),
                                   static_cast<Mishap::Kind>(draw.below(3)), draw.unit(),
                                   std::chrono::milliseconds(draw.below(4000))});
    if (draw.chance(0.3)) options.worker.backoff_base = 1500ms;
    Habits habits = watchers(draw.chance(0.7) ? 0.15 : 0);
    if (draw.chance(0.5)) habits.session = SessionHabit{{4s, 9s}, {2s, 6s}};
    if (draw.chance(0.2)) habits.heartbeat = std::chrono::milliseconds(300 + draw.below(1200));
    const auto devices =
        draw.chance(0.4) ? std::vector<DeviceShare>{{1, 0.5}, {2, 0.5}} : std::vector<DeviceShare>{};
    const WorldResult result = simulate(evening(seed, habits, 12s, devices), options);
    EXPECT_EQ(result.run.in.judgement.violations.presence, 0U) << test::story(result.run);
    EXPECT_EQ(latency(result, "").missing(), 0U) << test::story(result.run);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PresenceSeeds, testing::Range<std::uint64_t>(1, test::seeds_or(50) + 1));

}  // namespace
}  // namespace hubbub::sim
