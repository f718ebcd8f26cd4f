#include "chaos/fault_chain.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ride.hpp"

namespace hubbub::testing {
namespace {

TEST(FaultChain, WithoutFaultsHandsOverAtOnceAndTogether) {
    FaultChain chain;
    EXPECT_TRUE(chain.transparent());
    chain.write("ab", at_ms(0));
    chain.write("cd", at_ms(0));
    EXPECT_FALSE(chain.transparent());
    const auto out = chain.front(at_ms(0));
    EXPECT_EQ(std::string(out.bytes.begin(), out.bytes.end()), "abcd");
    chain.consume(3);
    const auto rest = chain.front(at_ms(0));
    EXPECT_EQ(std::string(rest.bytes.begin(), rest.bytes.end()), "d");
    chain.consume(1);
    EXPECT_TRUE(chain.transparent());
    EXPECT_EQ(chain.next_deadline(), never);
}

TEST(FaultChain, KeepsWhatWasNotConsumedWhileMoreComes) {
    FaultChain chain;
    chain.write("abc", at_ms(0));
    (void)chain.front(at_ms(0));
    chain.consume(1);
    chain.write("def", at_ms(1));
    const auto out = chain.front(at_ms(1));
    EXPECT_EQ(std::string(out.bytes.begin(), out.bytes.end()), "bcdef");
}

TEST(FaultChain, IsBoundedByItsWindow) {
    FaultRide ride("latency", {{"latency", 1'000}});
    EXPECT_EQ(ride.chain.room(100), 100u);
    ride.write(std::string(70, 'x'));
    EXPECT_EQ(ride.chain.room(100), 30u);
    EXPECT_EQ(ride.chain.room(50), 0u);
    ride.until_ms(1'000);
    EXPECT_EQ(ride.chain.room(100), 100u);
}

TEST(FaultChain, OtherValuesLetGoWhatWasOnItsWay) {
    FaultRide ride("latency", {{"latency", 60'000}});
    ride.write("a");
    ride.until_ms(10);
    ride.chain.replace(1, latency_fault.make({100, 0, 0}, {ride.now, ride.now}), ride.now);
    ride.write("b");
    ride.until_ms(1'000);
    EXPECT_EQ(ride.reads, (Reads{{10, "a"}, {110, "b"}}));
}

TEST(FaultChain, ARemovedFaultHandsItsBytesToTheNextInOrder) {
    FaultRide ride("partition", {});
    ride.add("latency", {{"latency", 50}});
    ride.write("ab");
    ride.until_ms(10);
    ride.write("cd");
    ride.end();
    ride.until_ms(1'000);
    EXPECT_TRUE(ride.reads.empty());
    ride.chain.remove(1, ride.now);
    ride.until_ms(2'000);
    EXPECT_EQ(ride.text(), "abcd");
    EXPECT_EQ(ride.reads.front().at_ms, 1'050);
    EXPECT_EQ(ride.ending(), Ending::finish);
}

TEST(FaultChain, RemovingWhatEndedADirectionDoesNotRaiseIt) {
    FaultRide ride("half_close", {{"bytes", 1}});
    ride.add("latency", {{"latency", 5}});
    ride.write("ab");
    ride.chain.remove(1, ride.now);
    ride.write("cd");
    ride.until_ms(100);
    ride.write("ef");
    ride.until_ms(200);
    EXPECT_EQ(ride.reads, (Reads{{5, "a"}, {5, "", Ending::finish}}));
    EXPECT_EQ(ride.chain.bytes_inside(), 0u);
}

// ---- whatever the faults and their values, what loses nothing gives all bytes in order

FaultValues any_values(const FaultKind& kind) {
    FaultValues values;
    for (const FaultAttribute& attribute : kind.attributes) {
        const std::int64_t most = std::min<std::int64_t>(attribute.most, 2'000);
        values.push_back(*rc::gen::inRange<std::int64_t>(attribute.least, most + 1));
    }
    if (&kind == &slicer_fault) values[1] = std::min(values[1], values[0]);
    if (&kind == &latency_fault) values[0] += 1;
    if (&kind == &stall_fault || &kind == &partition_fault) values[1] += 1;  // they end
    if (&kind == &flapping_fault) values[2] = 0;                             // hold
    return values;
}

struct Voyage {
    std::string written;
    Reads reads;
};

Voyage voyage(const std::vector<std::pair<const FaultKind*, FaultValues>>& faults, std::uint64_t seed,
              const std::vector<std::pair<int, int>>& steps) {
    FaultRide ride(seed);
    for (const auto& [kind, values] : faults) ride.add(*kind, values);
    std::string written;
    for (const auto& [size, wait_ms] : steps) {
        std::string bytes;
        for (int i = 0; i < size; ++i)
            bytes.push_back(static_cast<char>((written.size() + bytes.size()) * 31));
        ride.write(bytes);
        written += bytes;
        std::size_t out = 0;
        for (const auto& read : ride.reads) out += read.bytes.size();
        RC_ASSERT(ride.chain.bytes_inside() == written.size() - out);
        ride.until(ride.now + std::chrono::milliseconds{wait_ms});
    }
    ride.end();
    ride.until(ride.now + std::chrono::hours{24 * 30});
    return {written, ride.reads};
}

const FaultKind* const lossless[] = {&latency_fault,    &bandwidth_fault, &slicer_fault,
                                     &slow_close_fault, &stall_fault,     &slow_reader_fault,
                                     &partition_fault,  &flapping_fault,  &accept_delay_fault};

RC_GTEST_PROP(FaultChain, ConservesBytesAndOrderThroughAnyRowOfLosslessFaults, (std::uint64_t seed)) {
    std::vector<std::pair<const FaultKind*, FaultValues>> faults;
    for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
        const FaultKind* const kind =
            *rc::gen::elementOf(std::vector(std::begin(lossless), std::end(lossless)));
        faults.emplace_back(kind, any_values(*kind));
    }
    const auto steps = *rc::gen::container<std::vector<std::pair<int, int>>>(
        rc::gen::pair(rc::gen::inRange(0, 300), rc::gen::element(0, 1, 7, 400, 30'000)));
    const Voyage first = voyage(faults, seed, steps);
    std::string got;
    for (const auto& read : first.reads) got += read.bytes;
    RC_ASSERT(got == first.written);
    RC_ASSERT(!first.reads.empty() && first.reads.back().ending == Ending::finish);
    const Voyage again = voyage(faults, seed, steps);
    RC_ASSERT(again.reads == first.reads);
}

TEST(FaultChain, AnotherSeedIsAnotherRide) {
    const std::vector<std::pair<const FaultKind*, FaultValues>> faults = {{&latency_fault, {100, 90, 0}}};
    const std::vector<std::pair<int, int>> steps = {{10, 500}, {10, 500}, {10, 500}};
    EXPECT_EQ(voyage(faults, 1, steps).reads, voyage(faults, 1, steps).reads);
    EXPECT_NE(voyage(faults, 1, steps).reads, voyage(faults, 2, steps).reads);
}

}  // namespace
}  // namespace hubbub::testing
