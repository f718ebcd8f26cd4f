// Every kind of wrong with a storm in the middle, over real sockets: it is found, and nothing else is
// accused. The same in virtual time: tests/sim/storm_sabotage_test.cpp.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/live/live_run.hpp"
#include "tests/support/campaign.hpp"
#include "tests/support/faults.hpp"
#include "tests/support/sabotage_storm.hpp"

namespace hubbub::test {
namespace {

/// HUBBUB_LIVE_STORM_SEEDS: runs of each kind.
std::uint64_t seeds() {
    return asked_or(1, "HUBBUB_LIVE_STORM_SEEDS");
}
constexpr unsigned at_once = 10;  // they mostly wait for their clocks
/// A storm may heal all that the wrongs of one run left out, or leave them no occasion: so many more are
/// asked.
constexpr std::uint64_t further_seeds = 5;

bool of_resumes(SabotageKind kind) {
    return kind == SabotageKind::resume_skip || kind == SabotageKind::resume_repeat ||
           kind == SabotageKind::wrong_epoch;
}

LiveResult storm_with(SabotageKind kind, std::uint64_t seed) {
    LiveSetup setup;
    setup.seed = setup.sabotage.seed = seed;
    setup.sabotage.items = {{kind, 0.3, 4}};
    setup.worker.ack_timeout = 500ms;
    setup.worker.backoff_base = 50ms;
    SmallScenario small{.users = 12,
                        .directs = 6,
                        .groups = 3,
                        .rate = 150,
                        .length = 1s,
                        .settle = 500ms,
                        .seed = seed,
                        .habits = habits_for(kind)};
    Duration offline = 100ms;
    // Occasions: sends of one device that wait together, catch-ups of several entries.
    if (kind == SabotageKind::swap_order || of_resumes(kind)) {
        setup.sabotage.items[0].rate = 1;
        small.directs = 3;
        small.channels = of_resumes(kind) ? 1 : 0;
        small.rate = of_resumes(kind) ? 300 : 800;
        offline = of_resumes(kind) ? 300ms : 100ms;
    }
    return run_over_sockets(with_faults(small, {reset(500ms, offline)}), setup);
}

/// What all runs of all kinds said. Filled by many threads.
class Campaign {
  public:
    void run(std::uint8_t kind, std::uint64_t seed) {
        const LiveResult result = storm_with(static_cast<SabotageKind>(kind), seed);
        const StormFindings said = findings_in_a_storm(result.run, result.truth);
        const std::lock_guard lock(mutex_);
        ++runs;
        acts += result.truth.size();
        cut += result.run.faults.empty() ? 0 : result.run.faults[0].fired;
        if (said.found) found.insert(kind);
        if (!said.wrongly.empty())
            complaints += std::string(name(static_cast<SabotageKind>(kind))) + ", seed " +
                          std::to_string(seed) + ": " + said.wrongly + "\n";
    }

    std::uint64_t runs = 0, acts = 0, cut = 0;
    std::set<std::uint8_t> found;
    std::string complaints;

  private:
    std::mutex mutex_;
};

TEST(LiveStorm, WrongsAreFoundAndNothingElseIsAccused) {
    const auto kinds = kinds_without_leaving();
    Campaign campaign;
    std::atomic<std::uint64_t> next{0};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < at_once; ++t)
        threads.emplace_back([&] {
            for (std::uint64_t run = next++; run < kinds.size() * seeds(); run = next++)
                campaign.run(kinds[run % kinds.size()], run / kinds.size() + 1);
        });
    for (auto& thread : threads) thread.join();
    for (const std::uint8_t kind : kinds)
        for (std::uint64_t more = 1; more <= further_seeds; ++more)
            if (!harmless(static_cast<SabotageKind>(kind)) && !campaign.found.contains(kind))
                campaign.run(kind, seeds() + more);

    EXPECT_EQ(campaign.complaints, "");
    for (const std::uint8_t kind : kinds)
        EXPECT_EQ(campaign.found.contains(kind), !harmless(static_cast<SabotageKind>(kind)))
            << name(static_cast<SabotageKind>(kind));
    EXPECT_EQ(campaign.cut, campaign.runs * 12) << "everybody, in each run";
    std::printf(
        "%llu runs, %llu wrongs, %llu connections cut\n", static_cast<unsigned long long>(campaign.runs),
        static_cast<unsigned long long>(campaign.acts), static_cast<unsigned long long>(campaign.cut));
}

}  // namespace
}  // namespace hubbub::test
