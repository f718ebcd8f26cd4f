// The faults of chaos/ on the connections of the simulated world: a clean server is not accused for them, and
// what they do to messages is named rightly.
#include <gtest/gtest.h>

#include "chaos/faults/registry.hpp"
#include "sim/world.hpp"
#include "tests/support/scenarios.hpp"
#include "tests/support/story.hpp"

namespace hubbub::sim {
namespace {

using test::make_small_plan;
using namespace std::chrono_literals;

FaultSpec fault(const FaultKind& kind, FaultStream stream, double toxicity, FaultValues values) {
    return {std::string(kind.name) + "_" + std::string(name(stream)), &kind, stream, toxicity,
            std::move(values)};
}

WorldOptions options_of(std::uint64_t seed) {
    WorldOptions options;
    options.seed = seed;
    options.server.shards = 2;
    options.workers = 2;
    options.link = {.latency = 2ms, .jitter = 5ms, .slice_probability = 0.2};
    options.worker.ack_timeout = 2s;
    return options;
}

/// Something that a network may do to a clean system, with drawn values.
FaultSpec any_fault(Random& draw) {
    const FaultStream stream = draw.chance(0.5) ? FaultStream::upstream : FaultStream::downstream;
    const auto below = [&](std::uint64_t bound) { return static_cast<std::int64_t>(draw.below(bound)); };
    switch (draw.below(10)) {
        case 0:
            return fault(latency_fault, stream, 1, {below(100), below(100), below(2)});
        case 1:
            return fault(bandwidth_fault, stream, 1, {20 + below(100)});
        case 2:
            return fault(slicer_fault, stream, 1, {1 + below(50), 0, below(1'000)});
        case 3:
            return fault(reset_peer_fault, stream, draw.unit(), {0, 100 + below(5'000), 0});
        case 4:
            return fault(limit_data_fault, stream, draw.unit(), {500 + below(5'000)});
        case 5:
            return fault(half_close_fault, stream, draw.unit(), {500 + below(5'000), 0});
        case 6:
            return fault(stall_fault, stream, draw.unit(), {below(3'000), 1 + below(1'500)});
        case 7:
            return fault(partition_fault, stream, draw.unit(), {below(1'500), 1 + below(1'000)});
        case 8:
            return fault(accept_delay_fault, stream, 1, {below(300), below(300)});
        default:
            return fault(flapping_fault, stream, 1, {200 + below(800), 1 + below(200), below(2)});
    }
}

TEST(LinkFaults, DrawnOnesNeverAccuseACleanServer) {
    std::uint64_t bites = 0;
    std::map<std::string, std::uint64_t> bites_of;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        Random draw = Random(seed).child("faults");
        WorldOptions options = options_of(seed);
        for (std::uint64_t left = 1 + draw.below(3); left > 0; --left) {
            FaultSpec spec = any_fault(draw);
            spec.name += std::to_string(left);
            options.faults.push_back(std::move(spec));
        }
        const WorldResult result = simulate(make_small_plan({.seed = seed}), options);
        ASSERT_EQ(test::sum(result.run.in.judgement.violations), 0U)
            << "seed " << seed << ": " << test::story(result.run);
        ASSERT_NE(result.run.verdict, Verdict::violation) << "seed " << seed;
        for (std::size_t i = 0; i < options.faults.size(); ++i) {
            bites += result.faults[i].bites;
            bites_of[std::string(options.faults[i].kind->name)] += result.faults[i].bites;
        }
    }
    EXPECT_GT(bites, 1'000U);
    for (const auto& [kind, count] : bites_of) EXPECT_GT(count, 0U) << kind << " never bit";
    EXPECT_EQ(bites_of.size(), 10U);
}

TEST(LinkFaults, PlayTheSameTraceForTheSameSeed) {
    WorldOptions options = options_of(3);
    options.faults = {fault(latency_fault, FaultStream::downstream, 0.5, {20, 20, 0}),
                      fault(reset_peer_fault, FaultStream::upstream, 0.5, {0, 2'000, 0})};
    const WorldResult first = simulate(make_small_plan(), options);
    const WorldResult second = simulate(make_small_plan(), options);
    EXPECT_EQ(first.trace.hash, second.trace.hash);
    EXPECT_EQ(first.faults[0].bites, second.faults[0].bites);
    options.faults[0].values[0] = 21;
    EXPECT_NE(first.trace.hash, simulate(make_small_plan(), options).trace.hash);
}

// What changes messages must be found: else the checker would excuse a backend that does so.
WorldResult with_frame_fault(const FaultKind& kind, std::uint64_t seed) {
    WorldOptions options = options_of(seed);
    options.faults = {fault(kind, FaultStream::downstream, 1, {20, 10})};
    return simulate(make_small_plan({.seed = seed}), options);
}

TEST(LinkFaults, ADroppedMessageIsAGap) {
    const WorldResult result = with_frame_fault(frame_drop_fault, 1);
    EXPECT_GT(result.faults[0].bites, 0U);
    EXPECT_GT(result.run.in.judgement.violations.gap_live, 0U) << test::story(result.run);
}

TEST(LinkFaults, ADoubledMessageIsADuplicateOnTheWire) {
    const WorldResult result = with_frame_fault(frame_duplicate_fault, 1);
    EXPECT_GT(result.faults[0].bites, 0U);
    EXPECT_GT(result.run.in.judgement.violations.duplicate_raw, 0U) << test::story(result.run);
    EXPECT_EQ(result.run.in.judgement.violations.lost, 0U) << test::story(result.run);
}

}  // namespace
}  // namespace hubbub::sim
