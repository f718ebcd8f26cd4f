// Readers that cannot keep up, in virtual time: each policy of the server as the generator sees it, and
// nobody is accused.
#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

WorldResult run(SlowReaderPolicy policy, std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.workers = 2;
    options.server.shards = 2;
    options.server.slow_reader = policy;
    options.server.outbox_bytes_max = 64 * 1024;
    options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
    // About 80 KB a second are told to everybody; a third of the readers takes a quarter of it.
    options.slow_reading = {.share = 0.35, .bytes_per_second = 20'000, .socket_bytes = 8 * 1024};
    const auto plan = test::make_small_plan({.users = 12,
                                             .directs = 4,
                                             .groups = 2,
                                             .channels = 2,
                                             .rate = 600,
                                             .length = 3s,
                                             .settle = 2s,
                                             .seed = seed});
    return simulate(plan, options);
}

std::string wrongs(const WorldResult& result) {
    std::string out = result.run.in.error;
    for (const auto& [name, value] : by_name(result.run.in.judgement.violations))
        if (value) out += " " + name + "=" + std::to_string(value);
    for (const Evidence& e : result.run.in.judgement.evidence)
        out += "\n  " + e.kind + " " + e.conversation + " q" + std::to_string(e.sequence) + " to " +
               e.receiver + ": " + e.why;
    return out;
}

// Who reads slowly is drawn: some seeds draw nobody, so what must happen is counted over all of them.
constexpr std::uint64_t seeds = 12;

TEST(SlowReaders, AreCutAndComeBackUnderDisconnectAndConflate) {
    for (const SlowReaderPolicy policy : {SlowReaderPolicy::disconnect, SlowReaderPolicy::conflate}) {
        std::uint64_t cuts = 0;
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            const WorldResult result = run(policy, seed);
            EXPECT_EQ(wrongs(result), "") << name(policy) << " seed " << seed;
            EXPECT_EQ(result.run.verdict, Verdict::pass) << name(policy) << " seed " << seed;
            EXPECT_EQ(result.run.in.judgement.totals.skipped, 0U) << name(policy);
            cuts += result.run.in.connections.reconnects;
        }
        EXPECT_GT(cuts, seeds) << name(policy);
    }
}

TEST(SlowReaders, StayAndPageWhatWasAnnouncedUnderDropOldestAndShed) {
    for (const SlowReaderPolicy policy : {SlowReaderPolicy::drop_oldest, SlowReaderPolicy::shed}) {
        std::uint64_t skipped = 0;
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            const WorldResult result = run(policy, seed);
            const Totals& totals = result.run.in.judgement.totals;
            EXPECT_EQ(wrongs(result), "") << name(policy) << " seed " << seed;
            EXPECT_EQ(result.run.verdict, Verdict::pass) << name(policy) << " seed " << seed;
            EXPECT_EQ(result.run.in.connections.reconnects, 0U) << name(policy) << " seed " << seed;
            EXPECT_EQ(totals.delivered, totals.expected) << name(policy) << " seed " << seed;
            skipped += totals.skipped;
        }
        EXPECT_GT(skipped, 100 * seeds) << name(policy);
    }
}

}  // namespace
}  // namespace hubbub::sim
