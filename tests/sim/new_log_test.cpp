// Logs that begin anew and are too long to be pushed: the whole server and real clients in virtual time.

#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "tests/support/sabotage_table.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::sim {
namespace {

using namespace std::chrono_literals;

std::string story(const WorldResult& result) {
    std::string out = result.run.in.error;
    for (const auto& e : result.run.in.judgement.evidence)
        if (e.kind != "lost" && e.kind != "disagreement")
            out += "\n  " + e.kind + " q" + std::to_string(e.sequence) + " to " + e.receiver + ": " + e.why;
    return out;
}

/// One group of all, and far more messages than a resume pushes.
std::shared_ptr<const Plan> one_long_log(std::uint64_t seed) {
    return test::make_small_plan({.users = 5,
                                  .directs = 0,
                                  .groups = 0,
                                  .channels = 1,
                                  .rate = 4000,
                                  .length = 1s,
                                  .settle = 2s,
                                  .seed = seed,
                                  .delivery = DeliveryMode::at_most_once});
}

WorldOptions restless(std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.server.shards = 2;
    options.workers = 2;
    options.link = {.latency = 1ms, .jitter = 2ms};
    options.worker.ack_timeout = 1s;
    // Some are cut off early and stay away long: the log goes on without them.
    options.worker.backoff_base = 3s;
    options.mishaps = {{150ms, Mishap::Kind::cut_links, 0.4}};
    return options;
}

// Power loss without a sync takes the end of the log: every position is answered under a new epoch, and a log
// of more than 1,000 entries by `too_old` from its beginning. What was acknowledged and is gone is lost; what
// was sent again stands under a second number and behind later ones; heads that were acknowledged and no
// longer exist are gaps. All that is true. That the answers start where they must, and that nothing came
// twice, is true too.
TEST(NewLog, ThatIsTooLongToBePushedIsPagedAndOnlyItsLossIsAccused) {
    std::uint64_t losing = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        WorldOptions options = restless(seed);
        options.durability = Durability::wal;
        options.mishaps.push_back({900ms, Mishap::Kind::power_loss, 1, 300ms});
        const WorldResult result = simulate(one_long_log(seed), options);
        const Violations& found = result.run.in.judgement.violations;
        EXPECT_EQ(found.resume, 0U) << "seed " << seed << story(result);
        EXPECT_EQ(found.duplicate_raw, 0U) << "seed " << seed << story(result);
        EXPECT_EQ(found.phantom + found.corrupt + found.leaked, 0U) << "seed " << seed << story(result);
        EXPECT_EQ(result.run.in.judgement.totals.unverified, 0U) << "seed " << seed;
        losing += found.history > 0 ? 1 : 0;
    }
    EXPECT_EQ(losing, 8U) << "a power loss that takes nothing proves nothing";
}

TEST(NewLog, UnderAWrongEpochIsCondemnedWhetherItIsPushedOrPaged) {
    std::uint64_t wrongs = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        WorldOptions options = restless(seed);
        options.server.sabotage.seed = seed;
        options.server.sabotage.items = {{SabotageKind::wrong_epoch, 1, 2}};
        options.mishaps.push_back({800ms, Mishap::Kind::cut_links, 1});
        const WorldResult result = simulate(one_long_log(seed), options);
        EXPECT_TRUE(test::agrees(result.run.in.judgement.violations, result.truth))
            << "seed " << seed << story(result);
        wrongs += result.truth.size();
    }
    EXPECT_GE(wrongs, 8U);
}

}  // namespace
}  // namespace hubbub::sim
