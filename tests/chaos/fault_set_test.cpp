#include "chaos/fault_set.hpp"

#include <gtest/gtest.h>

#include "ride.hpp"

namespace hubbub::testing {
namespace {

FaultSpec spec(const FaultKind& kind, FaultStream stream, double toxicity, FaultValues values) {
    return {std::string(kind.name), &kind, stream, toxicity, std::move(values)};
}

std::string out_of(ConnectionFaults& faults, FaultStream stream, Time now) {
    std::string all;
    for (;;) {
        const auto out = faults.chain(stream).front(now);
        if (out.nothing()) return all;
        all.append(out.bytes.begin(), out.bytes.end());
        if (out.ending != Ending::none) all += '|';
        faults.chain(stream).consume(out.bytes.size());
    }
}

TEST(FaultSet, ToxicityIsTheShareOfConnectionsAndSeeded) {
    const auto met = [](std::uint64_t seed, double toxicity) {
        FaultSet set(seed);
        const auto& placed =
            set.add(spec(latency_fault, FaultStream::upstream, toxicity, {1, 0, 0}), at_ms(0));
        std::vector<bool> out;
        for (std::uint64_t i = 0; i < 10'000; ++i) out.push_back(set.meets(placed, i));
        return out;
    };
    const auto quarter = met(7, 0.25), half = met(7, 0.5);
    EXPECT_NEAR(static_cast<double>(std::count(quarter.begin(), quarter.end(), true)), 2'500, 150);
    EXPECT_EQ(quarter, met(7, 0.25));
    EXPECT_NE(quarter, met(8, 0.25));
    for (std::size_t i = 0; i < quarter.size(); ++i)
        EXPECT_LE(quarter[i], half[i]) << "raising it takes none away";
    EXPECT_EQ(met(7, 0), std::vector<bool>(10'000, false));
    EXPECT_EQ(met(7, 1), std::vector<bool>(10'000, true));
}

TEST(FaultSet, AFaultOnOneStreamLeavesTheOtherAlone) {
    FaultSet set(1);
    set.add(spec(latency_fault, FaultStream::downstream, 1, {100, 0, 0}), at_ms(0));
    ConnectionFaults faults(set, 0, at_ms(0));
    faults.write(FaultStream::upstream, "up", at_ms(0));
    faults.write(FaultStream::downstream, "down", at_ms(0));
    EXPECT_EQ(out_of(faults, FaultStream::upstream, at_ms(0)), "up");
    EXPECT_EQ(out_of(faults, FaultStream::downstream, at_ms(99)), "");
    EXPECT_EQ(out_of(faults, FaultStream::downstream, at_ms(100)), "down");
}

TEST(FaultSet, HalfOpenSilencesBothStreamsAndTheirEnds) {
    FaultSet set(1);
    const auto& placed = set.add(spec(half_open_fault, FaultStream::upstream, 1, {0, 100}), at_ms(0));
    ConnectionFaults faults(set, 0, at_ms(0));
    faults.write(FaultStream::downstream, "a", at_ms(99));
    EXPECT_EQ(out_of(faults, FaultStream::downstream, at_ms(99)), "a");
    faults.write(FaultStream::upstream, "bc", at_ms(100));
    faults.write(FaultStream::downstream, "def", at_ms(100));
    faults.end(FaultStream::downstream, Ending::finish, at_ms(100));
    EXPECT_TRUE(faults.silent(at_ms(100)));
    EXPECT_EQ(out_of(faults, FaultStream::upstream, at_ms(200)), "");
    EXPECT_EQ(out_of(faults, FaultStream::downstream, at_ms(200)), "");
    EXPECT_EQ(placed.tally.swallowed_bytes.get(), 5u);
    EXPECT_EQ(placed.tally.bites.get(), 1u);
}

TEST(FaultSet, ChangesReachConnectionsThatStand) {
    FaultSet set(1);
    ConnectionFaults faults(set, 0, at_ms(0));
    const auto& placed = set.add(spec(timeout_fault, FaultStream::upstream, 1, {0}), at_ms(0));
    faults.place(set, placed, at_ms(0));
    faults.write(FaultStream::upstream, "lost", at_ms(1));
    EXPECT_EQ(out_of(faults, FaultStream::upstream, at_ms(1)), "");
    PlacedFault* const found = set.find("timeout");
    ASSERT_TRUE(found);
    found->spec.toxicity = 0;
    faults.place(set, *found, at_ms(2));
    faults.write(FaultStream::upstream, "kept", at_ms(2));
    EXPECT_EQ(out_of(faults, FaultStream::upstream, at_ms(2)), "kept");
    found->spec.toxicity = 1;
    faults.place(set, *found, at_ms(3));
    faults.drop(*found, at_ms(4));
    set.remove("timeout");
    EXPECT_FALSE(set.find("timeout"));
    faults.write(FaultStream::upstream, "too", at_ms(5));
    EXPECT_EQ(out_of(faults, FaultStream::upstream, at_ms(5)), "too");
}

TEST(FaultSet, OpeningIsRefusedOrLateAsItsFaultsSay) {
    FaultSet set(1);
    set.add(spec(accept_delay_fault, FaultStream::downstream, 1, {100, 0}), at_ms(0));
    const auto& refusing = set.add(spec(connect_refused_fault, FaultStream::downstream, 0.5, {}), at_ms(0));
    int refused = 0;
    for (std::uint64_t i = 0; i < 1'000; ++i) {
        const ConnectionFaults faults(set, i, at_ms(5));
        EXPECT_EQ(faults.opening().at, at_ms(105));
        refused += faults.opening().refused;
    }
    EXPECT_NEAR(refused, 500, 60);
    EXPECT_EQ(refusing.tally.bites.get(), static_cast<std::uint64_t>(refused));
    EXPECT_EQ(refusing.tally.connections.get(), static_cast<std::uint64_t>(refused));
}

TEST(FaultKinds, HaveNamesOfTheirOwnAndDefaultsWithinTheirBounds) {
    for (const FaultKind* kind : fault_kinds()) {
        EXPECT_EQ(find_fault_kind(kind->name), kind);
        for (const FaultAttribute& attribute : kind->attributes) {
            EXPECT_LE(attribute.least, attribute.most) << kind->name;
            // What must be given has a default that is refused.
            EXPECT_TRUE(attribute.fallback >= attribute.least || kind == &slicer_fault) << kind->name;
            EXPECT_LE(attribute.fallback, attribute.most) << kind->name;
        }
    }
    EXPECT_EQ(find_fault_kind("latncy"), nullptr);
}

}  // namespace
}  // namespace hubbub::testing
