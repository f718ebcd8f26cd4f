// The faults that lose nothing: bytes come later, in other pieces, or wait.
#include <gtest/gtest.h>

#include <cmath>

#include "ride.hpp"

namespace hubbub::testing {
namespace {

TEST(Latency, DelaysEveryPieceByItsTimeFromItsOwnArrival) {
    FaultRide ride("latency", {{"latency", 100}});
    ride.write("a");
    ride.until_ms(30);
    ride.write("b");
    ride.end();
    ride.until_ms(1'000);
    EXPECT_EQ(ride.reads, (Reads{{100, "a"}, {130, "b"}, {130, "", Ending::finish}}));
    EXPECT_EQ(ride.bites(), 2u);
}

TEST(Latency, OfZeroNeverBites) {
    FaultRide ride("latency", {});
    ride.write("a");
    EXPECT_EQ(ride.reads, (Reads{{0, "a"}}));
    EXPECT_EQ(ride.bites(), 0u);
}

// A quantile of many delays, each measured on a line that is empty.
std::vector<double> delays_of(std::int64_t latency, std::int64_t jitter, std::int64_t law) {
    std::vector<double> delays;
    FaultRide ride("latency", {{"latency", latency}, {"jitter", jitter}, {"distribution", law}});
    for (int i = 0; i < 4'000; ++i) {
        const Time sent = ride.now;
        ride.chain.write("x", sent);
        EXPECT_TRUE(sent == ride.chain.next_deadline() || ride.chain.front(sent).nothing());
        const Time due = ride.chain.front(sent).nothing() ? ride.chain.next_deadline() : sent;
        delays.push_back(to_seconds(due - sent) * 1'000);
        ride.until(due + std::chrono::seconds{100});
    }
    std::sort(delays.begin(), delays.end());
    return delays;
}

TEST(Latency, UniformJitterStaysWithinItsBoundsAndReachesThem) {
    const auto delays = delays_of(100, 40, 0);
    EXPECT_GE(delays.front(), 60);
    EXPECT_LT(delays.front(), 62);
    EXPECT_LE(delays.back(), 140);
    EXPECT_GT(delays.back(), 138);
    EXPECT_NEAR(delays[2'000], 100, 3);
}

TEST(Latency, NormalJitterHasItsStandardDeviation) {
    const auto delays = delays_of(100, 10, 1);
    EXPECT_NEAR(delays[2'000], 100, 1);
    EXPECT_NEAR(delays[4'000 * 84134 / 100000], 110, 1);
    EXPECT_NEAR(delays[4'000 * 15866 / 100000], 90, 1);
}

TEST(Latency, LognormalJitterHasItsMedianAndItsTail) {
    const auto delays = delays_of(100, 50, 2);
    EXPECT_NEAR(delays[2'000], 100, 4);
    EXPECT_NEAR(delays[4'000 * 84134 / 100000], 150, 6);
    // Two standard deviations up: the square of what one does.
    EXPECT_NEAR(delays[4'000 * 97725 / 100000], 225, 20);
    EXPECT_GT(delays.front(), 0);
}

TEST(Latency, LetsNothingOvertake) {
    FaultRide ride("latency", {{"latency", 100}, {"jitter", 100}});
    std::string written;
    for (char c = 'a'; c <= 'z'; ++c) {
        ride.write(std::string(1, c));
        written += c;
        ride.until(ride.now + std::chrono::milliseconds{1});
    }
    ride.until_ms(1'000);
    EXPECT_EQ(ride.text(), written);
    EXPECT_LT(ride.reads.size(), 26u) << "some waited behind slower ones and came with them";
}

TEST(Bandwidth, SendsSoManyBytesASecond) {
    FaultRide ride("bandwidth", {{"rate", 10}});  // 10,000 bytes a second
    ride.write(std::string(2'500, 'x'));
    ride.until_ms(99);
    EXPECT_EQ(ride.text().size(), 0u);
    ride.until_ms(100);
    EXPECT_EQ(ride.text().size(), 1'000u);
    ride.until_ms(249);
    EXPECT_EQ(ride.text().size(), 2'000u);
    ride.until_ms(250);
    EXPECT_EQ(ride.text().size(), 2'500u);
    ride.until_ms(10'000);
    ride.write("y");  // an idle line has saved nothing up
    ride.until(at_ms(10'000) + std::chrono::microseconds{99});
    EXPECT_EQ(ride.text().size(), 2'500u);
    ride.until(at_ms(10'000) + std::chrono::microseconds{100});
    EXPECT_EQ(ride.text().size(), 2'501u);
    EXPECT_GT(ride.bites(), 0u);
}

TEST(Bandwidth, OfZeroIsNoLimit) {
    FaultRide ride("bandwidth", {{"rate", 0}});
    ride.write(std::string(100'000, 'x'));
    EXPECT_EQ(ride.text().size(), 100'000u);
    EXPECT_EQ(ride.bites(), 0u);
}

TEST(Slicer, CutsIntoReadsOfTheirOwnWithPausesBetween) {
    FaultRide ride("slicer", {{"average_size", 4}, {"delay", 2'000}});
    ride.write("0123456789");
    ride.until_ms(100);
    EXPECT_EQ(ride.reads, (Reads{{0, "0123"}, {2, "4567"}, {4, "89"}}));
    EXPECT_EQ(ride.bites(), 2u);
}

TEST(Slicer, VariesItsSizesWithinTheirBounds) {
    FaultRide ride("slicer", {{"average_size", 10}, {"size_variation", 5}});
    ride.write(std::string(10'000, 'x'));
    std::vector<std::size_t> met(30, 0);
    for (std::size_t i = 0; i + 1 < ride.reads.size(); ++i) met.at(ride.reads[i].bytes.size())++;
    for (std::size_t size = 5; size <= 15; ++size) EXPECT_GT(met[size], 0u) << size;
    for (std::size_t size = 0; size < 30; ++size)
        EXPECT_TRUE(met[size] == 0 || (size >= 5 && size <= 15)) << size;
    EXPECT_EQ(ride.text().size(), 10'000u);
}

TEST(Slicer, KeepsItsSlicesThroughWhatComesBehindIt) {
    FaultRide ride("slicer", {{"average_size", 3}});
    ride.add("latency", {{"latency", 10}});
    ride.write("abcdef");
    ride.until_ms(100);
    EXPECT_EQ(ride.reads, (Reads{{10, "abc"}, {10, "def"}}));
}

TEST(SlowClose, DelaysTheEndAndNothingElse) {
    FaultRide ride("slow_close", {{"delay", 500}});
    ride.write("bye");
    ride.end();
    ride.until_ms(499);
    EXPECT_EQ(ride.reads, (Reads{{0, "bye"}}));
    ride.until_ms(500);
    EXPECT_EQ(ride.reads.back(), (FaultRide::Read{500, "", Ending::finish}));
    EXPECT_EQ(ride.bites(), 1u);
}

TEST(Stall, StopsAtItsByteForItsTimeAndLosesNothing) {
    FaultRide ride("stall", {{"bytes", 4}, {"duration", 1'000}});
    ride.write("0123");
    ride.until_ms(5'000);  // it begins with the first byte that must wait
    EXPECT_EQ(ride.bites(), 0u);
    ride.write("45");
    ride.end();
    ride.until_ms(5'999);
    EXPECT_EQ(ride.text(), "0123");
    ride.until_ms(6'000);
    EXPECT_EQ(ride.text(), "012345");
    EXPECT_EQ(ride.ending(), Ending::finish);
    EXPECT_EQ(ride.bites(), 1u);
}

TEST(Stall, WithoutDurationLastsUntilItIsRemoved) {
    FaultRide ride("stall", {{"bytes", 2}});
    ride.write("abc");
    ride.until_ms(1'000'000);
    EXPECT_EQ(ride.text(), "ab");
    ride.chain.remove(1, ride.now);
    ride.until_ms(1'000'000);
    EXPECT_EQ(ride.text(), "abc");
}

TEST(SlowReader, TakesSomeBytesNowAndThenAndKeepsLittleInBetween) {
    FaultRide ride("slow_reader", {{"bytes", 100}, {"interval", 1'000}});
    EXPECT_EQ(ride.chain.room(65'536), 100u);
    ride.write(std::string(250, 'x'));
    EXPECT_EQ(ride.chain.room(65'536), 0u) << "the source is not read any more";
    ride.until_ms(999);
    EXPECT_EQ(ride.text().size(), 100u);
    ride.until_ms(1'000);
    EXPECT_EQ(ride.text().size(), 200u);
    ride.until_ms(2'000);
    EXPECT_EQ(ride.text().size(), 250u);
    EXPECT_EQ(ride.chain.room(65'536), 100u);
    EXPECT_EQ(ride.bites(), 3u);
}

TEST(Partition, HoldsBytesAndEndUntilItHeals) {
    FaultRide ride("partition", {{"after", 100}, {"duration", 1'000}});
    ride.write("before ");
    ride.until_ms(100);
    ride.write("within ");
    ride.end();
    ride.until_ms(1'099);
    EXPECT_EQ(ride.text(), "before ");
    ride.until_ms(1'100);
    EXPECT_EQ(ride.text(), "before within ");
    EXPECT_EQ(ride.ending(), Ending::finish);
    EXPECT_GE(ride.bites(), 1u);
}

TEST(Flapping, HoldsWhileTheLineIsDown) {
    FaultRide ride("flapping", {{"up", 100}, {"down", 50}});
    ride.write("a");
    ride.until_ms(100);
    ride.write("b");
    ride.until_ms(149);
    EXPECT_EQ(ride.text(), "a");
    ride.until_ms(150);
    EXPECT_EQ(ride.text(), "ab");
    ride.until_ms(249);
    ride.write("c");
    EXPECT_EQ(ride.text(), "abc");
    ride.until_ms(250);
    ride.write("d");
    ride.until_ms(1'000);
    EXPECT_EQ(ride.reads.back(), (FaultRide::Read{300, "d"}));
    EXPECT_EQ(ride.bites(), 2u);
}

TEST(AcceptDelay, OpensLateByItsDelayAndJitter) {
    const FaultKind& kind = accept_delay_fault;
    Random random(1);
    Time least = never, most{};
    for (int i = 0; i < 500; ++i) {
        const auto fault = kind.make(values_of(kind, {{"delay", 100}, {"jitter", 50}}), {at_ms(0), at_ms(0)});
        const Opening opening = fault->open(at_ms(7), random);
        EXPECT_FALSE(opening.refused);
        least = std::min(least, opening.at);
        most = std::max(most, opening.at);
    }
    EXPECT_GE(least, at_ms(107));
    EXPECT_LT(least, at_ms(109));
    EXPECT_LE(most, at_ms(157));
    EXPECT_GT(most, at_ms(155));
}

}  // namespace
}  // namespace hubbub::testing
