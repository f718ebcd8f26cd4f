// The same proof as in virtual time (tests/sim/sabotage_test.cpp), over real sockets and RocksDB.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "protocol/codec.hpp"
#include "tests/live/live_run.hpp"
#include "tests/support/campaign.hpp"
#include "tests/support/sabotage_table.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::test {
namespace {

/// Seeds a kind (HUBBUB_LIVE_SEEDS) and runs at once: a run mostly waits for its clock.
std::uint64_t seeds() {
    return asked_or(100, "HUBBUB_LIVE_SEEDS");
}
constexpr unsigned at_once = 20;
/// These take ten times as long.
std::uint64_t seeds_of(SabotageKind kind) {
    return takes_time(kind) ? std::max<std::uint64_t>(seeds() / 5, 1) : seeds();
}
std::vector<std::uint8_t> kinds() {
    std::vector<std::uint8_t> all = kinds_without_leaving();
    const auto slow = kinds_that_take_time();
    all.insert(all.end(), slow.begin(), slow.end());
    return all;
}

LiveSetup setup_for(SabotageKind kind, std::uint64_t seed) {
    LiveSetup setup;
    setup.seed = seed;
    setup.workers = 1 + static_cast<std::uint32_t>(seed % 2);
    setup.sabotage.seed = seed;
    setup.sabotage.items = {{kind, 0.08, 3}};
    setup.worker.ack_timeout = 300ms;
    setup.worker.backoff_base = 20ms;
    if (kind == SabotageKind::swap_order) setup.sabotage.items[0].rate = 1;
    if (kind == SabotageKind::typing_leak) setup.sabotage.items[0].rate = 0.3;
    if (takes_time(kind)) {
        setup.sabotage.items[0].rate = 0.2;
        setup.beat = 2 * quick_beat;  // a pong that takes half of one proves nothing: the machine is busy
        setup.silence = 2 * quick_silence;
    }
    if (kind == SabotageKind::resume_skip || kind == SabotageKind::resume_repeat ||
        kind == SabotageKind::wrong_epoch) {
        setup.sabotage.items[0].rate = 1;
        setup.sabotage.items.push_back(
            {SabotageKind::lose_ack, 0.1, 6});  // harmless, and makes clients come back and resume
        setup.worker.backoff_base = 400ms;      // away long enough to miss several entries
    }
    return setup;
}

SmallScenario scenario_for(SabotageKind kind, std::uint64_t seed) {
    if (takes_time(kind)) return presence_scenario(kind, seed);
    if (kind == SabotageKind::swap_order)  // needs sends of one device that wait together
        return {.users = 5,
                .directs = 3,
                .groups = 1,
                .channels = 0,
                .rate = 800,
                .length = 400ms,
                .settle = 500ms,
                .seed = seed};
    if (kind == SabotageKind::resume_skip || kind == SabotageKind::resume_repeat)
        return {.users = 10,
                .directs = 2,
                .groups = 3,
                .rate = 300,
                .length = 800ms,
                .settle = 500ms,
                .seed = seed};
    return {.users = 12,
            .directs = 6,
            .groups = 3,
            .rate = 120,
            .length = 600ms,
            .settle = 500ms,
            .seed = seed,
            .habits = habits_for(kind)};
}

class EveryKindLive : public testing::TestWithParam<std::uint8_t> {};

TEST_P(EveryKindLive, IsFoundNamedRightlyAndNothingElseIsAccused) {
    const auto kind = static_cast<SabotageKind>(GetParam());
    std::atomic<std::uint64_t> next{1};
    std::atomic<std::uint64_t> wrongs{0};
    std::mutex mutex;
    std::string complaints;
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < at_once; ++t)
        threads.emplace_back([&] {
            for (std::uint64_t seed = next++; seed <= seeds_of(kind); seed = next++) {
                const auto plan = make_small_plan(scenario_for(kind, seed));
                const LiveResult result = run_over_sockets(plan, setup_for(kind, seed));
                wrongs += static_cast<std::uint64_t>(std::count_if(
                    result.truth.begin(), result.truth.end(), [&](const auto& r) { return r.kind == kind; }));
                const auto verdict = agrees(result.run.in.judgement.violations, result.truth);
                if (verdict && result.run.in.error.empty()) continue;
                const std::lock_guard lock(mutex);
                complaints +=
                    "seed " + std::to_string(seed) + ": " + verdict.message() + result.run.in.error + "\n";
                for (const auto& r : result.truth)
                    complaints += "  truth: " + std::string(name(r.kind)) + " " + to_string(r.conversation) +
                                  " q" + std::to_string(r.sequence) + " by " + r.user + " victim " +
                                  r.victim_user + "\n";
                for (const auto& e : result.run.in.judgement.evidence)
                    complaints += "  " + e.kind + " " + e.conversation + " q" + std::to_string(e.sequence) +
                                  " " + e.sender + " to " + e.receiver + " at " + std::to_string(e.at) +
                                  " s: " + e.why + "\n";
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(complaints, "") << name(kind);
    EXPECT_GE(wrongs, seeds_of(kind) / 2) << "a proof without wrongs proves nothing";
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKindLive, testing::ValuesIn(kinds()), [](const auto& test) {
    return std::string(name(static_cast<SabotageKind>(test.param)));
});

}  // namespace
}  // namespace hubbub::test
