// Faults between a core and its carrier: what passes, what waits, what ends, and that nothing is told twice.
#include "chaos/faulty_links.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocol/limits.hpp"
#include "ride.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using testing::values_of;

/// Everything that the core is told, as lines.
class Core final : public LinkOwner {
  public:
    void opened(LinkId link, std::uint64_t token, Time) override {
        links.push_back(link);
        told.push_back("opened " + std::to_string(token));
    }
    void dial_failed(std::uint64_t token, LinkEnd why, int, Time) override {
        told.push_back("failed " + std::to_string(token) + " " + std::string(name(why)));
    }
    void received(LinkId, std::span<char> bytes, Time) override {
        told.push_back("got " + std::string(bytes.data(), bytes.size()));
    }
    void closed(LinkId, LinkEnd why, Time) override { told.push_back("closed " + std::string(name(why))); }
    void turn(Time) override {}
    [[nodiscard]] Time next_deadline() const override { return never; }
    std::vector<std::string> told;
    std::vector<LinkId> links;
};

/// Everything that the carrier is asked for.
class Carrier final : public Links {
  public:
    void send(LinkId, const SharedBytes& frame) override {
        asked.push_back("send " + std::string(frame.view()));
    }
    [[nodiscard]] std::size_t queued_bytes(LinkId) const override { return 0; }
    void close(LinkId) override { asked.push_back("close"); }
    void abort(LinkId) override { asked.push_back("abort"); }
    void set_reading(LinkId, bool reading) override { asked.push_back(reading ? "read" : "hold"); }
    void dial(std::uint64_t token, std::uint32_t endpoint) override {
        asked.push_back("dial " + std::to_string(token) + " to " + std::to_string(endpoint));
    }
    std::vector<std::string> asked;
};

class FaultyLinksTest : public ::testing::Test {
  protected:
    using Lines = std::vector<std::string>;
    using Given = std::vector<std::pair<std::string_view, std::int64_t>>;

    const PlacedFault& place(const FaultKind& kind, const Given& given,
                             FaultStream stream = FaultStream::downstream) {
        const PlacedFault& fault =
            set.add({std::string(kind.name), &kind, stream, 1, values_of(kind, given), nullptr}, now);
        links.placed(fault, now);
        return fault;
    }
    void remove(const FaultKind& kind) {
        links.leaving(*set.find(kind.name), now);
        set.remove(kind.name);
    }
    /// A link that stands: dialed, opened, and nothing said of it any more.
    LinkId stand(std::uint64_t token = 7) {
        links.dial(token, 0);
        turn();
        links.opened(real, token, now);
        turn();
        core.told.clear();
        carrier.asked.clear();
        return core.links.back();
    }
    void turn(Duration later = 0ms) {
        now += later;
        links.turn(now);
    }
    void say(const std::string& bytes) { links.send(core.links.back(), SharedBytes::copy_of(bytes)); }
    void hear(std::string bytes) { links.received(real, {bytes.data(), bytes.size()}, now); }
    Lines told() { return std::exchange(core.told, {}); }
    Lines asked() { return std::exchange(carrier.asked, {}); }

    Time now{1s};
    LinkId real{std::uint64_t{3} << 32 | 5};
    Core core;
    Carrier carrier;
    FaultSet set{1};
    FaultyLinks links{carrier, core, set, {.start = Time{1s}, .follow_frames = true}};
};

TEST_F(FaultyLinksTest, HandsEverythingOnAtOnceWithoutFaults) {
    links.dial(7, 2);
    turn();
    EXPECT_EQ(asked(), Lines{"dial 7 to 2"});
    links.opened(real, 7, now);
    say("hello");
    EXPECT_EQ(asked(), Lines{"send hello"}) << "no turn, no copy";
    hear("welcome");
    links.closed(real, LinkEnd::reset, now);
    EXPECT_EQ(told(), (Lines{"opened 7", "got welcome", "closed reset by peer"}));
    say("nobody hears it");
    EXPECT_EQ(asked(), Lines{});
}

TEST_F(FaultyLinksTest, DelayBothDirectionsAndKeepTheEndBehindTheBytes) {
    stand();
    place(latency_fault, {{"latency", 100}});
    hear("one");
    hear("two");
    links.closed(real, LinkEnd::closed_by_peer, now);
    turn(99ms);
    EXPECT_EQ(told(), Lines{});
    turn(2ms);
    turn();
    EXPECT_EQ(told(), (Lines{"got onetwo", "closed closed by peer"}));
}

TEST_F(FaultyLinksTest, DelayWhatTheCoreSaysAndItsEndBehindIt) {
    stand();
    place(latency_fault, {{"latency", 100}}, FaultStream::upstream);
    say("last words");
    links.close(core.links.back());
    turn();
    EXPECT_EQ(asked(), Lines{});
    turn(101ms);
    EXPECT_EQ(asked(), (Lines{"send last words", "close"}));
    links.closed(real, LinkEnd::closed_by_us, now);
    EXPECT_EQ(told(), Lines{"closed closed by us"});
}

TEST_F(FaultyLinksTest, KeepTheOrderWhenAFaultLeavesBetweenTwoSends) {
    stand();
    place(latency_fault, {{"latency", 100}}, FaultStream::upstream);
    say("first");
    remove(latency_fault);
    say("second");
    turn();
    EXPECT_EQ(asked(), (Lines{"send first", "send second"}));
}

TEST_F(FaultyLinksTest, RefuseDialsWithoutAskingTheCarrier) {
    place(connect_refused_fault, {});
    links.dial(7, 0);
    turn();
    turn();
    EXPECT_EQ(asked(), Lines{});
    EXPECT_EQ(told(), Lines{"failed 7 connect: refused"});
}

TEST_F(FaultyLinksTest, DialLaterWhereConnectionsAreMadeLate) {
    place(accept_delay_fault, {{"delay", 50}});
    links.dial(7, 1);
    turn();
    EXPECT_EQ(asked(), Lines{});
    EXPECT_EQ(links.next_deadline(), now + 50ms);
    turn(50ms);
    EXPECT_EQ(asked(), Lines{"dial 7 to 1"});
}

TEST_F(FaultyLinksTest, AResetIsFeltOnBothSidesOnce) {
    const LinkId link = stand();
    EXPECT_TRUE(links.reset(link, now));
    EXPECT_FALSE(links.reset(link, now));
    EXPECT_EQ(asked(), Lines{"abort"});
    turn();
    links.closed(real, LinkEnd::closed_by_us, now);
    EXPECT_EQ(told(), Lines{"closed reset by peer"});
    EXPECT_TRUE(links.standing().empty());
}

TEST_F(FaultyLinksTest, ASilentPeerIsNotToldAndTheCoreFindsOutByItself) {
    const LinkId link = stand();
    const PlacedFault& fault = place(half_open_fault, {});
    turn(1ms);
    say("is anybody there");
    hear("a beat");
    turn(1ms);
    EXPECT_EQ(asked(), Lines{});
    EXPECT_EQ(told(), Lines{});
    links.abort(link);
    turn();
    turn();
    EXPECT_EQ(asked(), Lines{}) << "a phone without battery sends no reset";
    EXPECT_EQ(told(), Lines{"closed closed by us"});
    links.closed(real, LinkEnd::closed_by_peer, now);  // reaped
    turn();
    EXPECT_EQ(told(), Lines{});
    EXPECT_GT(fault.tally.bites.get(), 0U);
}

TEST_F(FaultyLinksTest, APeerThatLeavesASilentLinkIsNotHeardUntilItHeals) {
    stand();
    place(half_open_fault, {});
    turn(1ms);
    links.closed(real, LinkEnd::closed_by_peer, now);
    turn(1ms);
    EXPECT_EQ(told(), Lines{});
    remove(half_open_fault);
    turn();
    turn();
    EXPECT_EQ(told(), Lines{"closed reset by peer"});
}

TEST_F(FaultyLinksTest, AStreamThatLostBytesDoesNotGoOn) {
    stand();
    place(timeout_fault, {});
    hear("half of a fra");
    remove(timeout_fault);
    turn();
    EXPECT_EQ(asked(), Lines{"abort"});
    EXPECT_EQ(told(), Lines{"closed reset by peer"});
}

TEST_F(FaultyLinksTest, AFaultThatSwallowedNothingLeavesTheStreamWhole) {
    stand();
    place(timeout_fault, {});
    remove(timeout_fault);
    hear("goes on");
    EXPECT_EQ(told(), Lines{"got goes on"});
}

TEST_F(FaultyLinksTest, HoldTheSourceWhileADirectionIsFull) {
    stand();
    place(partition_fault, {});
    hear(std::string(64 * 1024, 'x'));
    EXPECT_EQ(asked(), Lines{"hold"});
    remove(partition_fault);
    EXPECT_EQ(asked(), Lines{"read"});
    EXPECT_EQ(told().size(), 1U);
}

TEST_F(FaultyLinksTest, ACloseThatNeverArrivesEndsInTime) {
    stand();
    place(partition_fault, {}, FaultStream::upstream);
    links.close(core.links.back());
    turn();
    turn(limits::close_grace + 1ms);
    turn();
    EXPECT_EQ(asked(), Lines{"abort"});
    EXPECT_EQ(told(), Lines{"closed closed by us"});
}

TEST_F(FaultyLinksTest, AFaultOnFramesJoinsBetweenTwoOfThem) {
    stand();
    const std::string frame{
        "\x82\x03"
        "abc",
        5};
    hear(frame.substr(0, 3));
    const PlacedFault& fault = place(frame_drop_fault, {{"one_in", 1}});
    hear(frame.substr(3) + frame + "\x82");
    EXPECT_EQ(told(), (Lines{"got " + frame.substr(0, 3), "got " + frame.substr(3) + frame + "\x82"}))
        << "it came in the middle of a frame";
    hear(std::string("\x01z", 2) + frame);
    EXPECT_EQ(told(), Lines{"got " + std::string("\x01z", 2) + frame})
        << "the boundary was met with this read";
    hear(frame);
    EXPECT_EQ(told(), Lines{});
    EXPECT_EQ(fault.tally.bites.get(), 1U);
    remove(frame_drop_fault);
    hear(frame);
    EXPECT_EQ(told(), Lines{"got " + frame}) << "a stream without whole messages is a stream";
}

TEST_F(FaultyLinksTest, MeetThoseWhomTheFaultIsFor) {
    FaultyLinks own(carrier, core, set, {.first_client = 100, .start = now});
    std::vector<std::pair<std::uint64_t, std::uint32_t>> asked_about;
    FaultSpec spec{"late", &connect_refused_fault, FaultStream::downstream, 1, {}, nullptr};
    spec.only = [&](std::uint64_t connection, std::uint32_t endpoint) {
        asked_about.emplace_back(connection, endpoint);
        return connection == 107;
    };
    own.placed(set.add(spec, now), now);
    own.dial(7, 3);
    own.dial(8, 4);
    own.turn(now);
    EXPECT_EQ(asked(), Lines{"dial 8 to 4"});
    EXPECT_EQ(asked_about.front(), (std::pair<std::uint64_t, std::uint32_t>{107, 3}));
}

}  // namespace
}  // namespace hubbub
