// Users that answer, in virtual time: whatever goes wrong around a right server, nobody is accused; what a
// wrong one does to replies is found.
#include <gmock/gmock.h>

#include "sim/world.hpp"
#include "tests/support/campaign.hpp"
#include "tests/support/sabotage_table.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

Habits talkative() {
    Habits habits;
    habits.reply = ReplyHabit{0.5, {50ms, 300ms}, 0.7};
    habits.edit = EditHabit{0.2, {100ms, 500ms}, 0.3};
    habits.react = ReactHabit{0.3, {20ms, 200ms}};
    habits.typing = TypingHabit{300ms};
    return habits;
}

WorldOptions jittery(std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.server.shards = 2;
    options.workers = 2;
    options.link = {.latency = 1ms, .jitter = 4ms, .slice_probability = 0.1};
    options.worker.ack_timeout = 700ms;
    return options;
}

std::string accusations(const RunResult& run) {
    std::string out = run.in.error;
    for (const auto& [name, value] : by_name(run.in.judgement.violations))
        if (value) out += " " + name + "=" + std::to_string(value);
    for (const auto& e : run.in.judgement.evidence)
        out += "\n  " + e.kind + " " + e.conversation + " q" + std::to_string(e.sequence) + " from " +
               e.sender + ": " + e.why;
    return out;
}

TEST(Talk, AddsRepliesToTheLoadAndCountsThemApart) {
    const auto plan = test::make_small_plan({.length = 3s, .habits = talkative()});
    const WorldResult result = simulate(plan, jittery(1));
    const Judgement& judged = result.run.in.judgement;
    EXPECT_EQ(result.run.verdict, Verdict::pass) << accusations(result.run);
    std::uint64_t planned = 0;
    for (Arrivals arrivals(*plan, 1); arrivals.next();) ++planned;
    EXPECT_EQ(judged.totals.sent - judged.totals.induced, planned);
    EXPECT_EQ(judged.sent_by_phase[1], planned);
    EXPECT_EQ(result.run.in.achieved_rate, static_cast<double>(planned) / 3);
    // Nearly one reply a message, with those to replies, less what the end of the load cuts off.
    EXPECT_GT(judged.totals.induced, planned / 2);
    EXPECT_LT(judged.totals.induced, planned * 2);
    EXPECT_EQ(result.run.in.induced_rate, static_cast<double>(judged.totals.induced) / 3);
    EXPECT_EQ(judged.totals.delivered, judged.totals.expected);
    EXPECT_GT(judged.latency.at({"typing", ""}).count(), 20U);
    EXPECT_GE(judged.latency.at({"typing", ""}).percentile(1), 1000) << "never faster than the link";
    EXPECT_THAT(judged.not_checked, testing::Not(testing::Contains("reactions")));
}

TEST(Talk, IsTheSameHoweverManyWorkersPlayIt) {
    // The link's latency is fixed, so that everybody sees a message at the same moment in every world.
    std::uint64_t induced = 0;
    for (const std::uint32_t workers : {1U, 2U, 5U}) {
        WorldOptions options;
        options.workers = workers;
        options.mail_delay_max = {};
        options.link = {.latency = 1ms};
        Habits habits = talkative();
        habits.reply->delay = habits.edit->delay = {100ms, 100ms};
        const WorldResult result = simulate(test::make_small_plan({.habits = habits}), options);
        EXPECT_EQ(result.run.verdict, Verdict::pass) << accusations(result.run);
        if (workers == 1) induced = result.run.in.judgement.totals.induced;
        EXPECT_GT(induced, 50U);
        EXPECT_EQ(result.run.in.judgement.totals.induced, induced);
    }
}

TEST(Talk, IsNeverAccusedWhateverHappensAroundARightServer) {
    std::uint64_t reconnects = 0, induced = 0;
    const auto seeds = test::each_seed_or(50);
    for (const std::uint64_t seed : seeds) {
        Random draw = Random(seed).child("talk");
        WorldOptions options = jittery(seed);
        for (std::uint64_t m = 1 + draw.below(3); m > 0; --m)
            options.mishaps.push_back({std::chrono::milliseconds(draw.below(1200)),
                                       static_cast<Mishap::Kind>(draw.below(3)), draw.unit(),
                                       std::chrono::milliseconds(draw.below(1000))});
        const std::vector<DeviceShare> devices =
            draw.chance(0.5) ? std::vector<DeviceShare>{} : std::vector<DeviceShare>{{1, 0.5}, {2, 0.5}};
        const auto plan = test::make_small_plan({.users = 4 + static_cast<std::uint32_t>(draw.below(12)),
                                                 .directs = 5,
                                                 .groups = 3,
                                                 .rate = 20 + draw.unit() * 150,
                                                 .seed = seed,
                                                 .devices = devices,
                                                 .habits = talkative()});
        const WorldResult result = simulate(plan, options);
        reconnects += result.run.in.connections.reconnects;
        induced += result.run.in.judgement.totals.induced;
        ASSERT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed << accusations(result.run);
    }
    EXPECT_GT(reconnects, seeds.size());
    EXPECT_GT(induced, seeds.size() * 10);
}

class EveryKindWithTalk : public testing::TestWithParam<std::uint8_t> {};

TEST_P(EveryKindWithTalk, IsFoundNamedRightlyAndNothingElseIsAccused) {
    const auto kind = static_cast<SabotageKind>(GetParam());
    const bool resumes = kind == SabotageKind::resume_skip || kind == SabotageKind::resume_repeat ||
                         kind == SabotageKind::wrong_epoch;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        WorldOptions options = jittery(seed);
        options.server.sabotage.seed = seed;
        options.server.sabotage.items = {{kind, kind == SabotageKind::resume_repeat ? 1 : 0.2, 3}};
        if (resumes)
            options.mishaps = {{300ms, Mishap::Kind::cut_links, 0.5}, {600ms, Mishap::Kind::cut_links, 0.5}};
        const auto plan = test::make_small_plan(
            {.users = 12, .directs = 6, .groups = 3, .rate = 100, .seed = seed, .habits = talkative()});
        const WorldResult result = simulate(plan, options);
        ASSERT_TRUE(test::agrees(result.run.in.judgement.violations, result.truth))
            << name(kind) << ", seed " << seed << accusations(result.run);
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKindWithTalk, testing::ValuesIn(test::kinds_without_leaving()),
                         [](const auto& test) {
                             return std::string(name(static_cast<SabotageKind>(test.param)));
                         });

}  // namespace
}  // namespace hubbub::sim
