// Everybody's token ends at one moment, in virtual time: the server ends the sessions, everybody comes back
// and lacks nothing; a server that never looks at a live session's token has shown nothing.
#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "tests/support/faults.hpp"
#include "tests/support/plain_tokens.hpp"
#include "tests/support/story.hpp"

namespace hubbub::sim {
namespace {

using namespace hubbub::test;

WorldResult expiring(std::uint64_t seed, double sample, bool forgets = false) {
    TimedFault fault = at(4s);
    fault.deed.expire_tokens = true;
    fault.select.sample = sample;
    const auto clock = std::make_shared<CountedWallClock>(1'800'000'000);
    WorldOptions options;
    options.seed = seed;
    options.workers = 2;
    options.server.shards = 2;
    options.server.authenticator = std::make_shared<PlainChecks>(clock, forgets);
    options.worker.tokens = std::make_shared<PlainMint>(clock, 1h);
    options.link = {.latency = 1ms, .jitter = 3ms, .slice_probability = 0.1};
    return simulate(with_faults({.users = 24, .rate = 120, .length = 7s, .seed = seed}, {fault}), options);
}

TEST(TokenExpiryStorm, EndsAllSessionsAndBringsEverybodyBack) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const WorldResult result = expiring(seed, 1);
        EXPECT_EQ(result.run.verdict, Verdict::pass) << "seed " << seed << " " << story(result.run);
        ASSERT_EQ(result.run.faults.size(), 1U);
        const FaultOutcome& fault = result.run.faults[0];
        EXPECT_EQ(fault.kind, "expire_tokens");
        EXPECT_EQ(fault.fired, 24U);
        EXPECT_EQ(fault.lost, 24U);
        EXPECT_EQ(fault.back.count(), 24U);
        EXPECT_EQ(fault.caught_up.missing(), 0U);
        EXPECT_EQ(result.run.in.connections.reconnects, 24U) << "and nobody was cut by anything else";
    }
}

TEST(TokenExpiryStorm, MeetsTheChosenAlone) {
    const WorldResult result = expiring(3, 0.4);
    EXPECT_EQ(result.run.verdict, Verdict::pass) << " " << story(result.run);
    EXPECT_GT(result.run.faults[0].fired, 3U);
    EXPECT_LT(result.run.faults[0].fired, 18U);
    EXPECT_EQ(result.run.in.connections.reconnects, result.run.faults[0].fired);
}

TEST(TokenExpiryStorm, IsNotFeltWhereTheServerForgetsTheToken) {
    const WorldResult result = expiring(1, 1, true);
    EXPECT_EQ(result.run.faults[0].fired, 0U);
    EXPECT_EQ(result.run.verdict, Verdict::inconclusive) << " " << story(result.run);
}

}  // namespace
}  // namespace hubbub::sim
