// The proof that the checker works: every kind of wrong, many seeds, report and truth held equal.

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/codec.hpp"
#include "sim/world.hpp"
#include "tests/support/campaign.hpp"
#include "tests/support/sabotage_table.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

/// So many seeds a kind.
std::uint64_t seeds() {
    return test::seeds_or(100);
}

bool needs_resumes(SabotageKind kind) {
    return kind == SabotageKind::resume_skip || kind == SabotageKind::resume_repeat ||
           kind == SabotageKind::wrong_epoch;
}

/// Enough occasions for each kind: resumes for some, sends that wait together for one.
double rate_of(SabotageKind kind) {
    if (kind == SabotageKind::swap_order || kind == SabotageKind::resume_repeat) return 1;
    if (kind == SabotageKind::stale_history) return 0.2;  // drawn once a conversation
    if (kind == SabotageKind::typing_leak) return 0.3;    // few are told: who types again is told once
    return needs_resumes(kind) ? 0.3 : 0.05;
}
test::SmallScenario scenario_for(SabotageKind kind, std::uint64_t seed) {
    if (kind == SabotageKind::swap_order)
        return {
            .users = 5, .directs = 3, .groups = 1, .channels = 0, .rate = 800, .length = 500ms, .seed = seed};
    return {
        .users = 12, .directs = 6, .groups = 3, .rate = 100, .seed = seed, .habits = test::habits_for(kind)};
}

class EveryKind : public testing::TestWithParam<std::uint8_t> {};

TEST_P(EveryKind, IsFoundNamedRightlyAndNothingElseIsAccused) {
    const auto kind = static_cast<SabotageKind>(GetParam());
    std::uint64_t wrongs = 0;
    for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
        WorldOptions options;
        options.seed = seed;
        options.server.shards = 2;
        options.server.sabotage.seed = seed;
        options.server.sabotage.items = {{kind, rate_of(kind), 3}};
        options.workers = 2;
        options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
        options.worker.ack_timeout = 700ms;
        if (needs_resumes(kind))
            options.mishaps = {{300ms, Mishap::Kind::cut_links, 0.5}, {600ms, Mishap::Kind::cut_links, 0.5}};
        const auto plan = test::make_small_plan(scenario_for(kind, seed));
        const WorldResult result = simulate(plan, options);
        wrongs += result.truth.size();
        ASSERT_EQ(result.run.in.error, "");
        std::string story;
        for (const auto& e : result.run.in.judgement.evidence)
            story += "\n  " + e.kind + " " + e.conversation + " q" + std::to_string(e.sequence) + " " +
                     e.sender + " to " + e.receiver + ": " + e.why;
        for (const auto& r : result.truth)
            story += "\n  truth: " + std::string(name(r.kind)) + " " + to_string(r.conversation) + " q" +
                     std::to_string(r.sequence) + " by " + r.user + " victim " + r.victim_user;
        EXPECT_TRUE(test::agrees(result.run.in.judgement.violations, result.truth))
            << name(kind) << ", seed " << seed << story;
        if (HasFailure()) break;
        if (seed <= 3) {  // the same, judged by a process that none of the workers runs in
            options.carried = true;
            EXPECT_EQ(to_json(simulate(plan, options).run), to_json(result.run)) << "seed " << seed;
        }
        EXPECT_EQ(result.run.verdict, result.run.broken.empty() ? Verdict::pass : Verdict::violation);
        if (harmless(kind)) {
            EXPECT_EQ(result.run.verdict, Verdict::pass);
        }
    }
    EXPECT_GE(wrongs, seeds() / 2) << "a proof without wrongs proves nothing";
}

// A lost ack leaves a hole that an own send may explain; what a catch-up leaves out beside it is still a
// wrong.
TEST(KindsTogether, ASkippedCatchUpIsFoundBesideLostAcks) {
    std::uint64_t skipped = 0;
    for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
        WorldOptions options;
        options.seed = seed;
        options.server.shards = 2;
        options.server.sabotage.seed = seed;
        options.server.sabotage.items = {{SabotageKind::resume_skip, 1, 3}, {SabotageKind::lose_ack, 0.1, 6}};
        options.link = {.latency = 1ms, .jitter = 1ms};
        options.worker.ack_timeout = 300ms;
        options.worker.backoff_base = 400ms;
        const auto plan = test::make_small_plan(
            {.users = 10, .directs = 2, .groups = 3, .rate = 300, .length = 800ms, .seed = seed});
        const WorldResult result = simulate(plan, options);
        skipped += static_cast<std::uint64_t>(std::count_if(
            result.truth.begin(), result.truth.end(),
            [](const SabotageRecord& record) { return record.kind == SabotageKind::resume_skip; }));
        ASSERT_TRUE(test::agrees(result.run.in.judgement.violations, result.truth)) << "seed " << seed;
    }
    EXPECT_GE(skipped, seeds());
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKind, testing::ValuesIn(test::kinds_without_leaving()),
                         [](const auto& test) {
                             return std::string(name(static_cast<SabotageKind>(test.param)));
                         });

}  // namespace
}  // namespace hubbub::sim
