// Everything drawn at once, in virtual time: what people do, how they read, what the server allows and what
// breaks. No combination accuses a clean server, and no message that it took is missing at the end.
#include <gtest/gtest.h>

#include <array>

#include "sim/world.hpp"
#include "tests/support/campaign.hpp"
#include "tests/support/faults.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

Habits drawn_habits(Random& draw) {
    Habits habits;
    if (draw.chance(0.5)) habits.session = SessionHabit{{800ms, 2s}, {300ms, 1s}};
    if (draw.chance(0.5)) habits.membership = MembershipHabit{0.4, {200ms, 900ms}};
    if (draw.chance(0.5)) habits.history = HistoryHabit{30, 7, 200ms};
    if (draw.chance(0.5)) habits.reply = ReplyHabit{0.4, {50ms, 400ms}, 0.7};
    if (draw.chance(0.5)) habits.edit = EditHabit{0.3, {50ms, 400ms}, 0.5};
    if (draw.chance(0.4)) habits.react = ReactHabit{0.2, {50ms, 400ms}};
    if (draw.chance(0.4)) habits.typing = TypingHabit{100ms};
    if (draw.chance(0.4)) habits.presence = PresenceHabit{5, 0.2};
    if (draw.chance(0.5)) habits.read = ReadHabit{{50ms, 400ms}};
    return habits;
}

std::shared_ptr<const Plan> drawn_plan(std::uint64_t seed, Random& draw) {
    test::SmallScenario small{.users = static_cast<std::uint32_t>(8 + draw.below(14)),
                              .directs = static_cast<std::uint32_t>(draw.below(8)),
                              .groups = static_cast<std::uint32_t>(1 + draw.below(5)),
                              .channels = static_cast<std::uint32_t>(draw.below(2)),
                              .rate = 50 + 200 * draw.unit(),
                              .length = 2500ms,
                              .settle = 30s,  // slow readers have time
                              .seed = seed};
    if (draw.chance(0.5)) small.devices = {{1, 0.4}, {2, 0.4}, {3, 0.2}};
    small.habits = drawn_habits(draw);
    std::vector<TimedFault> faults;
    for (std::uint64_t left = draw.below(4); left > 0; --left) faults.push_back(test::any_fault(draw));
    const auto profiles = network_profiles();
    const std::string network =
        draw.chance(0.2) ? std::string(profiles[draw.below(profiles.size())].name) : std::string();
    return test::with_faults(small, faults, network);
}

WorldOptions drawn_world(std::uint64_t seed, Random& draw) {
    WorldOptions options;
    options.seed = seed;
    options.workers = static_cast<std::uint32_t>(1 + draw.below(3));
    options.carried = draw.chance(0.3);
    options.server.shards = static_cast<std::uint32_t>(1 + draw.below(3));
    options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
    options.worker.ack_timeout = 2s;
    if (draw.chance(0.4)) {
        constexpr std::array policies = {SlowReaderPolicy::disconnect, SlowReaderPolicy::drop_oldest,
                                         SlowReaderPolicy::conflate, SlowReaderPolicy::shed};
        options.server.slow_reader = policies[draw.below(policies.size())];
        options.server.outbox_bytes_max = 32 * 1024;
        options.slow_reading = {.share = 0.3, .bytes_per_second = 15'000, .socket_bytes = 8 * 1024};
    }
    if (draw.chance(0.3)) options.server.limits.user_sends = {.per_second = 8, .burst = 8};
    if (draw.chance(0.3)) options.server.limits.conversation_sends = {.per_second = 20, .burst = 10};
    if (draw.chance(0.3)) options.server.limits.connects = {.per_second = 40, .burst = 20};
    if (draw.chance(0.3)) options.mishaps.push_back({500ms, Mishap::Kind::cut_links, draw.unit()});
    if (draw.chance(0.3))
        options.mishaps.push_back(
            {std::chrono::milliseconds(300 + draw.below(2000)), Mishap::Kind::kill_server, 1});
    if (draw.chance(0.3))
        options.mishaps.push_back(
            {std::chrono::milliseconds(300 + draw.below(2000)), Mishap::Kind::power_loss, 1});
    return options;
}

TEST(EverythingDrawn, NoCombinationAccusesACleanServer) {
    // HUBBUB_FIRST_SEED=1062 HUBBUB_SEEDS=1062 for one alone.
    for (const std::uint64_t seed : test::each_seed_or(60)) {
        Random draw = Random(seed).child("everything");
        const auto plan = drawn_plan(seed, draw);
        const WorldResult result = simulate(plan, drawn_world(seed, draw));
        EXPECT_EQ(result.run.in.judgement.violations.gap_healed, result.run.in.judgement.violations.gap_live);
        EXPECT_TRUE(result.run.broken.empty()) << "seed " << seed << "\n" << to_summary(result.run, false);
        EXPECT_EQ(result.run.in.error, "") << "seed " << seed;
    }
}

/// Wrongs that stay in the log whatever else happens, and what each must move. (An acknowledgement of what
/// was never stored may get lost on its way, and then nothing is.)
struct LastingWrong {
    SabotageKind kind;
    std::uint64_t Violations::*counter;
};
constexpr std::array lasting_wrongs = {LastingWrong{SabotageKind::duplicate_entry, &Violations::duplicate},
                                       LastingWrong{SabotageKind::wrong_sender, &Violations::corrupt},
                                       LastingWrong{SabotageKind::corrupt_body, &Violations::corrupt},
                                       LastingWrong{SabotageKind::phantom, &Violations::phantom}};

TEST(EverythingDrawn, NoCombinationExcusesABrokenOne) {
    std::size_t acts = 0;
    for (std::uint64_t seed = test::asked_or(1, "HUBBUB_FIRST_SEED"); seed <= test::seeds_or(40); ++seed) {
        Random draw = Random(seed).child("everything");
        const auto plan = drawn_plan(seed, draw);
        WorldOptions options = drawn_world(seed, draw);
        const LastingWrong& wrong = lasting_wrongs[draw.below(lasting_wrongs.size())];
        options.server.sabotage.seed = seed;
        options.server.sabotage.items = {{wrong.kind, 0.05, 2}};
        const WorldResult result = simulate(plan, options);
        acts += result.truth.size();
        EXPECT_GE(result.run.in.judgement.violations.*wrong.counter, result.truth.size())
            << "seed " << seed << " " << name(wrong.kind) << "\n"
            << to_summary(result.run, false);
    }
    EXPECT_GT(acts, 40U);
}

}  // namespace
}  // namespace hubbub::sim
