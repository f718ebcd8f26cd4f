// Everything that users do at once, in virtual time: habits meet each other, cuts and kills, and a clean
// server is not accused by any combination.
#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "tests/support/campaign.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const Plan> everyday(std::uint64_t seed) {
    test::SmallScenario small{
        .users = 24, .directs = 8, .groups = 6, .rate = 100, .length = 4s, .seed = seed};
    if (seed % 2 == 0) small.devices = {{1, 0.5}, {2, 0.3}, {3, 0.2}};
    Habits& habits = small.habits;
    habits.session = SessionHabit{{1s, 3s}, {500ms, 2s}};
    habits.membership = MembershipHabit{0.3, {300ms, 1s}};
    habits.history = HistoryHabit{30, 10, 300ms};
    habits.reply = ReplyHabit{0.3, {50ms, 400ms}, 0.7};
    habits.edit = EditHabit{0.1, {50ms, 400ms}, 0.3};
    habits.react = ReactHabit{0.1, {50ms, 400ms}};
    habits.typing = TypingHabit{100ms};
    habits.presence = PresenceHabit{5, 0.2};
    habits.read = ReadHabit{{50ms, 400ms}};
    return test::make_small_plan(small);
}

TEST(Everyday, ACleanServerIsNotAccusedWhateverPeopleDoAndWhateverBreaks) {
    for (const std::uint64_t seed : test::each_seed_or(40)) {
        WorldOptions options;
        options.seed = seed;
        options.workers = static_cast<std::uint32_t>(1 + seed % 3);
        options.server.shards = 2;
        options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
        if (seed % 4 != 0)
            options.mishaps = {{500ms, Mishap::Kind::cut_links, 0.5},
                               {1s + seed % 50 * 20ms, Mishap::Kind::kill_server, 1},
                               {3s, Mishap::Kind::power_loss, 1}};
        const WorldResult result = simulate(everyday(seed), options);
        EXPECT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed << "\n"
                                                     << to_summary(result.run, false);
    }
}

}  // namespace
}  // namespace hubbub::sim
