// The proxy's connections over loopback, stepped in one thread: no sleeps, no races.
#include "chaos/proxy/live_proxy.hpp"

#include <gtest/gtest.h>

#include "../transport/loopback.hpp"
#include "chaos/faults/registry.hpp"

namespace hubbub::testing {
namespace {

constexpr std::size_t window = 4'096;

/// A proxy towards a listening socket of the test's own.
class Rig {
  public:
    explicit Rig(std::size_t connections_max = 100, std::uint64_t seed = 1)
        : loop(clock, window, connections_max), listening_(listen()), proxy(loop, "rig", addresses(), seed) {
        EXPECT_TRUE(proxy.enable().has_value());
    }

    void add(const FaultKind& kind, FaultStream stream, FaultValues values, double toxicity = 1) {
        proxy.add_fault({std::string(kind.name), &kind, stream, toxicity, std::move(values)}, clock.now());
    }
    [[nodiscard]] std::uint16_t port() const { return proxy.addresses().listen_address.port(); }
    bool turn_until(const std::function<bool()>& done) {
        const Time give_up = clock.now() + std::chrono::seconds{10};
        while (!done()) {
            if (clock.now() > give_up) return false;
            loop.run_turn(Duration::zero());
        }
        return true;
    }
    /// The upstream's end of the next connection.
    Descriptor accept() {
        Descriptor fd;
        EXPECT_TRUE(turn_until([&] {
            fd = Descriptor(::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
            return static_cast<bool>(fd);
        }));
        return fd;
    }
    [[nodiscard]] std::uint64_t read_upstream() const { return proxy.stats().bytes[0].get(); }

    MonotonicClock clock;
    ProxyLoop loop;

  private:
    static Descriptor listen() {
        Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        const auto any = parse_address("127.0.0.1", 0);
        EXPECT_EQ(::bind(fd.get(), any->get(), any->size()), 0);
        EXPECT_EQ(::listen(fd.get(), 128), 0);
        return fd;
    }
    [[nodiscard]] ProxyAddresses addresses() const {
        const Address upstream = *local_address(listening_.get());
        return {"127.0.0.1:0", upstream.text(), *parse_address("127.0.0.1", 0), upstream};
    }

    Descriptor listening_;

  public:
    LiveProxy proxy;
};

std::string read_now(const Descriptor& fd) {
    char buffer[65'536];
    const auto got = ::recv(fd.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : got == 0 ? "(end)" : "";
}

TEST(LiveProxy, CarriesBothWays) {
    Rig rig;
    RawPeer client(rig.port());
    const Descriptor server = rig.accept();
    client.say("question");
    std::string heard;
    EXPECT_TRUE(rig.turn_until([&] { return (heard += read_now(server)) == "question"; }));
    EXPECT_EQ(::send(server.get(), "answer", 6, 0), 6);
    EXPECT_TRUE(rig.turn_until([&] {
        client.listen();
        return client.heard == "answer";
    }));
}

TEST(LiveProxy, ReadsNoMoreThanItsWindowWhileNothingPasses) {
    Rig rig;
    rig.add(partition_fault, FaultStream::upstream, {0, 0});
    RawPeer client(rig.port());
    const Descriptor server = rig.accept();
    const std::string much(20'000, 'x');
    client.say(much);
    EXPECT_TRUE(rig.turn_until([&] { return rig.proxy.stats().paused[0].get() == 1; }));
    for (int i = 0; i < 100; ++i) rig.loop.run_turn(Duration::zero());
    EXPECT_EQ(rig.read_upstream(), window);
    EXPECT_EQ(read_now(server), "");
    rig.proxy.remove_fault("partition", rig.clock.now());
    std::string heard;
    EXPECT_TRUE(rig.turn_until([&] { return (heard += read_now(server)).size() == much.size(); }));
}

TEST(LiveProxy, NoticesAResetOfASourceThatItDoesNotRead) {
    Rig rig;
    rig.add(partition_fault, FaultStream::upstream, {0, 0});
    RawPeer client(rig.port());
    const Descriptor server = rig.accept();
    client.say(std::string(20'000, 'x'));
    EXPECT_TRUE(rig.turn_until([&] { return rig.proxy.stats().paused[0].get() == 1; }));
    client.cut_with_reset();
    rig.proxy.remove_fault("partition", rig.clock.now());
    EXPECT_TRUE(rig.turn_until([&] { return rig.proxy.stats().open.get() == 0; }));
}

TEST(LiveProxy, AnEndInOneDirectionLeavesTheOtherTalking) {
    Rig rig;
    RawPeer client(rig.port());
    Descriptor server = rig.accept();
    client.say("last words");
    client.end_own_side();
    std::string heard;
    EXPECT_TRUE(rig.turn_until([&] { return (heard += read_now(server)) == "last words(end)"; }));
    EXPECT_EQ(::send(server.get(), "heard", 5, 0), 5);
    EXPECT_TRUE(rig.turn_until([&] {
        client.listen();
        return client.heard == "heard";
    }));
    EXPECT_FALSE(client.ended);
    server.reset();
    EXPECT_TRUE(rig.turn_until([&] {
        client.listen();
        return client.ended;
    }));
    EXPECT_FALSE(client.reset);
    EXPECT_TRUE(rig.turn_until([&] { return rig.loop.connections() == 0; }));
}

TEST(LiveProxy, HalfOpenHidesTheEndOfOnePeerFromTheOther) {
    Rig rig;
    rig.add(half_open_fault, FaultStream::downstream, {0, 0});
    RawPeer client(rig.port());
    Descriptor server = rig.accept();
    client.say("is somebody there?");
    client.end_own_side();
    EXPECT_TRUE(
        rig.turn_until([&] { return rig.proxy.faults().all()[0]->tally.swallowed_bytes.get() == 18; }));
    for (int i = 0; i < 100; ++i) rig.loop.run_turn(Duration::zero());
    EXPECT_EQ(read_now(server), "");
    client.listen();
    EXPECT_FALSE(client.ended);
    EXPECT_EQ(rig.loop.connections(), 1u);
    server.reset();  // its heartbeat has found out: now both are gone, and so is the proxy's part
    EXPECT_TRUE(rig.turn_until([&] { return rig.loop.connections() == 0; }));
}

TEST(LiveProxy, ResetsWhoeverComesAboveItsNumber) {
    Rig rig(1);
    RawPeer first(rig.port());
    const Descriptor server = rig.accept();
    RawPeer second(rig.port());
    EXPECT_TRUE(rig.turn_until([&] {
        second.listen();
        return second.ended;
    }));
    EXPECT_TRUE(second.reset);
    EXPECT_EQ(rig.proxy.stats().turned_away.get(), 1u);
    first.listen();
    EXPECT_FALSE(first.ended);
}

TEST(LiveProxy, ASlowReaderIsFeltByTheSender) {
    Rig rig;
    rig.add(slow_reader_fault, FaultStream::upstream, {100, 3'600'000});
    RawPeer client(rig.port());
    const Descriptor server = rig.accept();
    client.say(std::string(3'000, 'x'));
    std::string heard;
    EXPECT_TRUE(rig.turn_until(
        [&] { return (heard += read_now(server)).size() == 100 && rig.read_upstream() == 200; }));
    for (int i = 0; i < 100; ++i) rig.loop.run_turn(Duration::zero());
    EXPECT_EQ(rig.read_upstream(), 200u) << "one read passed, one waits, the rest is the sender's";
}

TEST(LiveProxy, TheSameSeedHitsTheSameConnections) {
    const auto hits = [](std::uint64_t seed) {
        Rig rig(100, seed);
        rig.add(connect_refused_fault, FaultStream::downstream, {}, 0.5);
        std::string out;
        for (int i = 0; i < 24; ++i) {
            RawPeer client(rig.port());
            const auto accepted = static_cast<std::uint64_t>(i + 1);
            EXPECT_TRUE(rig.turn_until([&] { return rig.proxy.stats().accepted.get() == accepted; }));
            const bool refused = rig.proxy.stats().resets.get() >
                                 static_cast<std::uint64_t>(std::count(out.begin(), out.end(), 'x'));
            out += refused ? 'x' : '.';
        }
        return out;
    };
    const std::string first = hits(1);
    EXPECT_EQ(first, hits(1));
    EXPECT_NE(first, hits(2));
    EXPECT_NE(first.find('x'), std::string::npos);
    EXPECT_NE(first.find('.'), std::string::npos);
}

TEST(LiveProxy, AnAddressThatIsTakenIsAnError) {
    Rig rig;
    LiveProxy second(rig.loop, "second", rig.proxy.addresses(), 1);
    const auto enabled = second.enable();
    ASSERT_FALSE(enabled.has_value());
    EXPECT_NE(enabled.error().message.find("cannot listen on"), std::string::npos);
    EXPECT_FALSE(second.enabled());
}

}  // namespace
}  // namespace hubbub::testing
