// Strategies of delivery in virtual time, with a storm in the middle: each keeps what it promises and no
// more, and is caught where more was expected.
#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "tests/support/faults.hpp"
#include "tests/support/story.hpp"

namespace hubbub::sim {
namespace {

using namespace hubbub::test;

constexpr std::uint64_t seeds = 20;

WorldResult storm(DeliveryStrategy strategy, DeliveryMode expected, std::uint64_t seed,
                  const Habits& habits = {}) {
    WorldOptions options;
    options.seed = seed;
    options.workers = 2;
    options.server.shards = 2;
    options.server.delivery = strategy;
    options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
    // Slow enough that a client is back before what it sent is stored: then it must send it again.
    options.commit_latency = 80ms;
    options.worker.ack_timeout = 2s;
    options.worker.backoff_base = 5ms;
    TimedFault away = reset(900ms, 100ms);
    away.select.sample = 0.5;  // while the others talk
    const auto plan = with_faults({.users = 15,
                                   .directs = 8,
                                   .groups = 4,
                                   .rate = 250,
                                   .length = 1500ms,
                                   .seed = seed,
                                   .delivery = expected,
                                   .habits = habits},
                                  {reset(500ms), away});
    return simulate(plan, options);
}

std::string accused(const WorldResult& result) {
    std::string out = result.run.in.error;
    for (const auto& [name, value] : by_name(result.run.in.judgement.violations))
        if (value) out += " " + name;
    return out;
}

TEST(DeliveryStrategies, EffectivelyOnceKeepsEveryPromise) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
        for (const DeliveryMode expected :
             {DeliveryMode::effectively_once, DeliveryMode::at_least_once, DeliveryMode::at_most_once}) {
            const WorldResult result = storm(DeliveryStrategy::effectively_once, expected, seed);
            EXPECT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed << story(result.run);
            EXPECT_EQ(accused(result), "");
        }
}

TEST(DeliveryStrategies, AtMostOnceLosesAndDoesNothingElse) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const WorldResult strict =
            storm(DeliveryStrategy::at_most_once, DeliveryMode::effectively_once, seed);
        EXPECT_EQ(accused(strict), " lost") << "seed " << seed << story(strict.run);
        EXPECT_EQ(strict.run.verdict, Verdict::violation) << "seed " << seed;
        const WorldResult fair = storm(DeliveryStrategy::at_most_once, DeliveryMode::at_most_once, seed);
        EXPECT_EQ(fair.run.verdict, Verdict::pass) << "seed " << seed << story(fair.run);
        EXPECT_GT(fair.run.in.judgement.totals.missing, 0U);
        EXPECT_EQ(storm(DeliveryStrategy::at_most_once, DeliveryMode::at_least_once, seed).run.verdict,
                  Verdict::violation);
    }
}

TEST(DeliveryStrategies, AtLeastOnceDoublesAndDoesNothingElse) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const WorldResult strict =
            storm(DeliveryStrategy::at_least_once, DeliveryMode::effectively_once, seed);
        EXPECT_EQ(accused(strict), " duplicate") << "seed " << seed << story(strict.run);
        EXPECT_EQ(strict.run.verdict, Verdict::violation) << "seed " << seed;
        const WorldResult fair = storm(DeliveryStrategy::at_least_once, DeliveryMode::at_least_once, seed);
        EXPECT_EQ(fair.run.verdict, Verdict::pass) << "seed " << seed << story(fair.run);
        EXPECT_EQ(storm(DeliveryStrategy::at_least_once, DeliveryMode::at_most_once, seed).run.verdict,
                  Verdict::violation);
    }
}

// Who reads, answers, reacts and comes and goes does so on top of what was lost or doubled.
TEST(DeliveryStrategies, PassWithEverydaysHabitsToo) {
    Habits habits;
    habits.read = ReadHabit{{std::chrono::milliseconds{100}, std::chrono::milliseconds{300}}};
    habits.typing = TypingHabit{std::chrono::milliseconds{300}};
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const WorldResult most =
            storm(DeliveryStrategy::at_most_once, DeliveryMode::at_most_once, seed, habits);
        EXPECT_EQ(most.run.verdict, Verdict::pass) << "seed " << seed << story(most.run);
        const WorldResult least =
            storm(DeliveryStrategy::at_least_once, DeliveryMode::at_least_once, seed, habits);
        EXPECT_EQ(least.run.verdict, Verdict::pass) << "seed " << seed << story(least.run);
    }
}

}  // namespace
}  // namespace hubbub::sim
