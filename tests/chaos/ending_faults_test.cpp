// The faults that lose bytes or end connections.
#include <gtest/gtest.h>

#include "ride.hpp"

namespace hubbub::testing {
namespace {

TEST(Timeout, SwallowsEverythingAndThenCloses) {
    FaultRide ride("timeout", {{"timeout", 1'000}});
    ride.write("lost");
    ride.until_ms(999);
    EXPECT_TRUE(ride.reads.empty());
    ride.until_ms(1'000);
    EXPECT_EQ(ride.reads, (Reads{{1'000, "", Ending::close}}));
    EXPECT_EQ(ride.tallies[0]->swallowed_bytes.get(), 4u);
}

TEST(Timeout, OfZeroNeverClosesAndHealsByRemoval) {
    FaultRide ride("timeout", {});
    ride.write("lost");
    ride.until_ms(86'400'000);
    EXPECT_TRUE(ride.reads.empty());
    ride.chain.remove(1, ride.now);
    ride.write("found");
    EXPECT_EQ(ride.text(), "found");
}

TEST(ResetPeer, ResetsAtOnceByItself) {
    FaultRide ride("reset_peer", {});
    ride.until_ms(0);
    EXPECT_EQ(ride.reads, (Reads{{0, "", Ending::reset}}));
    EXPECT_EQ(ride.bites(), 1u);
}

TEST(ResetPeer, ResetsAfterItsTimeoutWithTrafficOrWithout) {
    FaultRide silent("reset_peer", {{"timeout", 300}});
    silent.until_ms(1'000);
    EXPECT_EQ(silent.reads, (Reads{{300, "", Ending::reset}}));
    FaultRide talking("reset_peer", {{"timeout", 300}});
    talking.write("lost");
    talking.until_ms(1'000);
    EXPECT_EQ(talking.reads, (Reads{{300, "", Ending::reset}}));
    EXPECT_EQ(talking.bites(), 1u);
}

TEST(ResetPeer, ResetsAtAnyByte) {
    for (std::int64_t bytes = 1; bytes < 8; ++bytes) {
        FaultRide ride("reset_peer", {{"bytes", bytes}});
        ride.until_ms(10);
        EXPECT_TRUE(ride.reads.empty());
        ride.write("0123");
        ride.write("4567");
        EXPECT_EQ(ride.text(), std::string("01234567").substr(0, static_cast<std::size_t>(bytes)));
        EXPECT_EQ(ride.ending(), Ending::reset);
    }
}

TEST(ResetPeer, LetsEverythingPassForItsTimeFirst) {
    FaultRide ride("reset_peer", {{"after", 1'000}});
    ride.write("a");
    ride.until_ms(999);
    ride.write("b");
    EXPECT_EQ(ride.text(), "ab");
    ride.until_ms(1'000);
    EXPECT_EQ(ride.ending(), Ending::reset);
}

TEST(LimitData, ClosesAfterExactlyItsBytes) {
    FaultRide ride("limit_data", {{"bytes", 5}});
    ride.write("012");
    EXPECT_EQ(ride.ending(), Ending::none);
    ride.write("34567");
    EXPECT_EQ(ride.text(), "01234");
    EXPECT_EQ(ride.ending(), Ending::close);
    ride.write("more");
    EXPECT_EQ(ride.text(), "01234");
    EXPECT_EQ(ride.bites(), 1u);
}

TEST(LimitData, OfZeroClosesAtTheFirstByte) {
    FaultRide ride("limit_data", {});
    ride.until_ms(1'000);
    EXPECT_TRUE(ride.reads.empty());
    ride.write("x");
    EXPECT_EQ(ride.reads, (Reads{{1'000, "", Ending::close}}));
}

TEST(HalfClose, EndsThisDirectionAtItsByte) {
    FaultRide ride("half_close", {{"bytes", 3}});
    ride.write("abcdef");
    EXPECT_EQ(ride.text(), "abc");
    EXPECT_EQ(ride.ending(), Ending::finish);
    EXPECT_EQ(ride.tallies[0]->swallowed_bytes.get(), 3u);
    EXPECT_EQ(ride.bites(), 1u);
}

TEST(HalfClose, EndsASilentDirectionToo) {
    FaultRide ride("half_close", {{"after", 200}});
    ride.until_ms(1'000);
    EXPECT_EQ(ride.reads, (Reads{{200, "", Ending::finish}}));
}

TEST(HalfOpen, SwallowsBytesAndEndForEver) {
    FaultRide ride("half_open", {{"bytes", 2}});
    EXPECT_FALSE(ride.chain.silencer(ride.now));
    ride.write("abc");
    EXPECT_TRUE(ride.chain.silencer(ride.now));
    ride.end();
    ride.until_ms(86'400'000);
    EXPECT_EQ(ride.reads, (Reads{{0, "ab"}}));
    EXPECT_EQ(ride.bites(), 1u);
}

TEST(HalfOpen, BitesWithoutTraffic) {
    FaultRide ride("half_open", {{"after", 50}});
    ride.until_ms(49);
    EXPECT_EQ(ride.bites(), 0u);
    ride.until_ms(50);
    EXPECT_EQ(ride.bites(), 1u);
}

TEST(Flapping, CutsWhenTheLineGoesDownIfAskedTo) {
    FaultRide ride("flapping", {{"up", 100}, {"down", 50}, {"how", 1}});
    ride.write("a");
    ride.until_ms(1'000);
    EXPECT_EQ(ride.reads, (Reads{{0, "a"}, {100, "", Ending::reset}}));
    const FaultKind& kind = flapping_fault;
    Random random(1);
    const auto opens = [&](std::int64_t now, std::int64_t how) {
        const auto values = values_of(kind, {{"up", 100}, {"down", 50}, {"how", how}});
        return kind.make(values, {at_ms(now), at_ms(0)})->open(at_ms(now), random);
    };
    EXPECT_FALSE(opens(99, 1).refused);
    EXPECT_TRUE(opens(100, 1).refused);
    EXPECT_TRUE(opens(149, 1).refused);
    EXPECT_FALSE(opens(150, 1).refused);
    EXPECT_FALSE(opens(149, 0).refused);
    EXPECT_EQ(opens(149, 0).at, at_ms(150));
}

TEST(ConnectRefused, Refuses) {
    Random random(1);
    EXPECT_TRUE(connect_refused_fault.make({}, {at_ms(0), at_ms(0)})->open(at_ms(0), random).refused);
}

TEST(Endings, TravelBehindTheBytesAndWaitWhereTheyWait) {
    FaultRide ride("limit_data", {{"bytes", 2}});
    ride.add("latency", {{"latency", 100}});
    ride.write("abc");
    ride.until_ms(99);
    EXPECT_TRUE(ride.reads.empty());
    ride.until_ms(100);
    EXPECT_EQ(ride.reads, (Reads{{100, "ab"}, {100, "", Ending::close}}));
}

}  // namespace
}  // namespace hubbub::testing
