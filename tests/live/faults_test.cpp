// The scenario's faults over real sockets: a clean server is not accused, everybody is back, and what is done
// to messages is named.
#include "tests/support/faults.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/live/live_run.hpp"

namespace hubbub::test {
namespace {

/// HUBBUB_LIVE_FAULT_SEEDS: clean runs with drawn faults; they mostly wait for their clocks.
std::uint64_t seeds() {
    const char* const text = std::getenv("HUBBUB_LIVE_FAULT_SEEDS");
    return text ? std::strtoull(text, nullptr, 10) : 20;
}
constexpr unsigned at_once = 10;

std::string story(const RunResult& run) {
    std::string out = run.in.error + " " + std::string(name(run.verdict));
    for (const auto& [name, value] : by_name(run.in.judgement.violations))
        if (value) out += " " + name + "=" + std::to_string(value);
    for (const auto& reason : run.in.health.reasons) out += " (" + reason + ")";
    return out;
}

TimedFault drawn(Random& draw) {
    const auto ms = [&](std::uint64_t most) { return static_cast<std::int64_t>(1 + draw.below(most)); };
    const Duration offset = std::chrono::milliseconds(draw.below(500));
    const Duration length = std::chrono::milliseconds(100 + draw.below(500));
    const bool up = draw.chance(0.5);
    switch (draw.below(8)) {
        case 0:
            return on_links(latency_fault, {ms(80), ms(40), 0}, offset, length, up, !up);
        case 1:
            return on_links(slicer_fault, {ms(50), 0, ms(200)}, offset, length, up, !up);
        case 2:
            return on_links(reset_peer_fault, {0, ms(3'000), 0}, offset, length, up, !up);
        case 3:
            return on_links(limit_data_fault, {ms(4'000)}, offset, length, up, !up);
        case 4:
            return on_links(partition_fault, {0, 0}, offset, length, up, !up);
        case 5:
            return on_links(half_open_fault, {0, ms(200)}, offset, length, up, !up);
        case 6:
            return on_links(slow_reader_fault, {200 + ms(500), ms(50)}, offset, length, up, !up);
        default:
            return reset(offset, std::chrono::milliseconds(draw.below(300)));
    }
}

TEST(LiveFaults, DrawnOnesNeverAccuseACleanServer) {
    std::atomic<std::uint64_t> next{1}, bites{0};
    std::mutex mutex;
    std::string complaints;
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < at_once; ++t)
        threads.emplace_back([&] {
            for (std::uint64_t seed = next++; seed <= seeds(); seed = next++) {
                Random draw = Random(seed).child("live faults");
                const auto plan =
                    with_faults({.rate = 120, .length = 800ms, .seed = seed}, {drawn(draw), drawn(draw)});
                LiveSetup setup;
                setup.worker.ack_timeout = 1s;
                setup.seed = seed;
                const LiveResult result = run_over_sockets(plan, setup);
                for (const FaultOutcome& fault : result.run.faults) bites += fault.fired;
                std::uint64_t wrongs = result.run.in.judgement.totals.missing;
                for (const auto& [name, value] : by_name(result.run.in.judgement.violations)) wrongs += value;
                if (wrongs == 0 && result.run.in.error.empty()) continue;
                const std::lock_guard lock(mutex);
                complaints += "seed " + std::to_string(seed) + ": " + story(result.run) + "\n";
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(complaints, "");
    EXPECT_GT(bites, seeds()) << "a proof without faults proves nothing";
}

TEST(LiveFaults, AStormBringsEverybodyBack) {
    const LiveResult result =
        run_over_sockets(with_faults({.users = 60, .rate = 300, .length = 2s}, {reset(500ms, 300ms)}), {});
    EXPECT_EQ(result.run.verdict, Verdict::pass) << story(result.run);
    ASSERT_EQ(result.run.faults.size(), 1U);
    EXPECT_EQ(result.run.faults[0].lost, 60U);
    EXPECT_EQ(result.run.faults[0].back.count(), 60U);
    EXPECT_EQ(result.run.faults[0].caught_up.missing(), 0U);
}

TEST(LiveFaults, ADroppedMessageIsAGap) {
    LiveSetup setup;
    setup.worker.ack_timeout = setup.worker.connect_timeout = 1s;
    const LiveResult result = run_over_sockets(
        with_faults({.length = 1s}, {on_links(frame_drop_fault, {10, 0}, 100ms, 800ms)}), setup);
    EXPECT_GT(result.run.faults[0].fired, 0U);
    EXPECT_GT(result.run.in.judgement.violations.gap_live, 0U) << story(result.run);
    EXPECT_EQ(result.run.verdict, Verdict::violation) << story(result.run);
}

}  // namespace
}  // namespace hubbub::test
