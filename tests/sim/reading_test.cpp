// People who read, in virtual time: receipts are said, told, judged and asked for at the end.

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/world.hpp"
#include "tests/support/campaign.hpp"
#include "tests/support/scenarios.hpp"
#include "tests/support/story.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

test::SmallScenario readers(std::uint64_t seed) {
    test::SmallScenario scenario{.users = 12, .directs = 6, .groups = 3, .rate = 100, .seed = seed};
    scenario.devices = {{1, 0.5}, {2, 0.3}, {3, 0.2}};
    scenario.habits.read = ReadHabit{{150ms, 600ms}};
    return scenario;
}

WorldOptions jittery(std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.server.shards = 3;
    options.workers = 1 + static_cast<std::uint32_t>(seed % 3);
    options.link = {.latency = 2ms, .jitter = 5ms, .slice_probability = 0.2};
    options.worker.ack_timeout = 2s;
    return options;
}

std::uint64_t receipts_timed(const WorldResult& result) {
    const auto& latency = result.run.in.judgement.latency;
    const auto found = latency.find({"receipt", ""});
    return found == latency.end() ? 0 : found->second.count();
}

TEST(Reading, IsToldToTheOthersAndTimed) {
    const WorldResult result = simulate(test::make_small_plan(readers(1)), jittery(1));
    EXPECT_EQ(result.run.verdict, Verdict::pass) << test::story(result.run);
    EXPECT_GT(receipts_timed(result), 50U);
    const auto& not_checked = result.run.in.judgement.not_checked;
    EXPECT_EQ(std::count(not_checked.begin(), not_checked.end(), "receipts"), 0);
    // A receipt is told within the server's window of 200 ms, the turns and the ways.
    EXPECT_LT(result.run.in.judgement.latency.at({"receipt", ""}).max(), 300'000);
}

TEST(Reading, WithoutReadersIsNotChecked) {
    test::SmallScenario scenario = readers(1);
    scenario.habits = {};
    const WorldResult result = simulate(test::make_small_plan(scenario), jittery(1));
    const auto& not_checked = result.run.in.judgement.not_checked;
    EXPECT_EQ(std::count(not_checked.begin(), not_checked.end(), "receipts"), 1);
    EXPECT_EQ(receipts_timed(result), 0U);
}

TEST(Reading, DoesTheSameHoweverManyWorkers) {
    const auto plan = test::make_small_plan(readers(5));
    WorldOptions options = jittery(5);
    options.workers = 1;
    const WorldResult one = simulate(plan, options);
    options.workers = 4;
    const WorldResult four = simulate(plan, options);
    EXPECT_EQ(one.run.verdict, Verdict::pass) << test::story(one.run);
    EXPECT_EQ(four.run.verdict, Verdict::pass) << test::story(four.run);
    EXPECT_EQ(one.run.in.judgement.totals.sent, four.run.in.judgement.totals.sent);
}

TEST(Reading, OfACleanSystemIsNeverAccusedWhateverBreaks) {
    std::uint64_t reconnects = 0, timed = 0;
    const auto seeds = test::each_seed_or(50);
    for (const std::uint64_t seed : seeds) {
        Random draw = Random(seed).child("reading");
        WorldOptions options = jittery(seed);
        options.server.shards = 1 + static_cast<std::uint32_t>(draw.below(4));
        options.worker.ack_timeout = draw.chance(0.5) ? 300ms : 2s;
        for (std::uint64_t m = 1 + draw.below(3); m > 0; --m)
            options.mishaps.push_back({std::chrono::milliseconds(draw.below(1200)),
                                       static_cast<Mishap::Kind>(draw.below(3)), draw.unit(),
                                       std::chrono::milliseconds(draw.below(1000))});
        const WorldResult result = simulate(test::make_small_plan(readers(seed)), options);
        reconnects += result.run.in.connections.reconnects;
        timed += receipts_timed(result);
        ASSERT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed << ": " << test::story(result.run);
        ASSERT_EQ(result.run.in.judgement.violations.receipts, 0U)
            << "seed " << seed << ": " << test::story(result.run);
    }
    EXPECT_GT(reconnects, seeds.size());
    EXPECT_GT(timed, 10 * seeds.size());
}

TEST(Reading, OfPeopleWhoComeAndGoIsNotAccused) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        test::SmallScenario scenario = readers(seed);
        scenario.length = 3s;
        scenario.habits.session = SessionHabit{{800ms, 2s}, {300ms, 1s}};
        scenario.habits.membership = MembershipHabit{0.3, {300ms, 1s}};
        WorldOptions options = jittery(seed);
        options.mishaps = {{1s, Mishap::Kind::cut_links, 0.5}, {2s, Mishap::Kind::kill_server}};
        const WorldResult result = simulate(test::make_small_plan(scenario), options);
        ASSERT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed << ": " << test::story(result.run);
    }
}

// What such a server loses is accused, but not that it knows less of who read it: the log began anew.
TEST(Reading, OfALogThatBeganAnewBeginsAnewToo) {
    std::uint64_t losing = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        WorldOptions options = jittery(seed);
        options.durability = seed % 3 == 0   ? Durability::none
                             : seed % 3 == 1 ? Durability::memory
                                             : Durability::wal;
        options.mishaps = {{700ms, seed % 3 == 2 ? Mishap::Kind::power_loss : Mishap::Kind::kill_server}};
        const WorldResult result = simulate(test::make_small_plan(readers(seed)), options);
        losing += result.run.verdict == Verdict::violation ? 1 : 0;
        ASSERT_EQ(result.run.in.judgement.violations.receipts, 0U)
            << "seed " << seed << ": " << test::story(result.run);
    }
    EXPECT_GT(losing, 25U);
}

}  // namespace
}  // namespace hubbub::sim
