// How links begin, and how they fail to: upgrades in pieces, refusals, deadlines, shared ports.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "tests/transport/loopback.hpp"

namespace hubbub {
namespace {

using testing::Client;
using testing::ManualClock;
using testing::RawPeer;
using testing::Recorder;
using testing::Server;
using testing::turn_until;

TEST(LoopHandshake, BytesBehindTheRequestBelongToTheLink) {
    Server server;
    RawPeer peer(server.port);
    const std::string head =
        "GET /chat HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    for (const char c : head) {
        peer.say(std::string(1, c));
        server.loop.run_turn(Duration::zero());
    }
    peer.say("first bytes");
    ASSERT_TRUE(server.turn_until([&] {
        return !server.owner.links.empty() && server.owner.input[server.owner.links[0]] == "first bytes";
    }));
    RawPeer quick(server.port);
    quick.say(head + "at once");
    EXPECT_TRUE(server.turn_until([&] {
        return server.owner.links.size() == 2 && server.owner.input[server.owner.links[1]] == "at once";
    }));
}

TEST(LoopHandshake, GarbageIsAnsweredAndClosedAndNeverReachesTheOwner) {
    Server server;
    for (const std::string garbage :
         {"\x16\x03\x01 a TLS hello", "GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"}) {
        RawPeer peer(server.port);
        peer.say(garbage);
        EXPECT_TRUE(server.turn_until([&] { return peer.listen(), peer.ended; }));
        EXPECT_TRUE(peer.heard.starts_with("HTTP/1.1 4")) << peer.heard;
    }
    EXPECT_TRUE(server.turn_until([&] { return server.loop.stats().links.get() == 0; }));
    EXPECT_TRUE(server.owner.links.empty());
    EXPECT_TRUE(server.owner.ends.empty());
    EXPECT_EQ(server.loop.stats().upgrades_refused.get(), 3U);
}

TEST(LoopHandshake, ServesOtherPathsThroughItsHandler) {
    LoopOptions options;
    options.upgrade.other_paths = [](const HttpRequest&) {
        HttpAnswer answer;
        answer.body = "ok\n";
        return answer;
    };
    Server server(options);
    RawPeer peer(server.port);
    peer.say("GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n");
    EXPECT_TRUE(server.turn_until([&] { return peer.listen(), peer.ended; }));
    EXPECT_TRUE(peer.heard.starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(peer.heard.ends_with("\r\n\r\nok\n"));
}

TEST(LoopHandshake, ASilentPeerIsGivenUpAtTheDeadline) {
    ManualClock clock;
    Server server({}, &clock);
    RawPeer silent(server.port);
    ASSERT_TRUE(server.turn_until([&] { return server.loop.stats().links.get() == 1; }));
    auto [peer, link] = server.upgraded_peer();
    clock.time += limits::handshake_max;
    EXPECT_TRUE(server.turn_until([&] { return silent.listen(), silent.ended; }));
    EXPECT_EQ(server.loop.stats().handshake_timeouts.get(), 1U);
    EXPECT_TRUE(server.owner.ends.empty()) << "the upgraded link is none of the deadline's business";
}

TEST(LoopHandshake, APeerThatLeavesDuringTheUpgradeLeavesNothingBehind) {
    Server server;
    {
        RawPeer peer(server.port);
        peer.say("GET /ch");
        ASSERT_TRUE(server.turn_until([&] { return server.loop.stats().links.get() == 1; }));
    }
    EXPECT_TRUE(server.turn_until([&] { return server.loop.stats().links.get() == 0; }));
    EXPECT_TRUE(server.owner.ends.empty());
}

TEST(LoopHandshake, LoopsShareOnePort) {
    Server first;
    Recorder owner;
    Loop second({}, first.clock);
    second.set_owner(owner);
    ASSERT_TRUE(second.listen("127.0.0.1", first.port).has_value());
    Client client(Client::towards(first.endpoint()));
    for (std::uint64_t i = 0; i < 64; ++i) client.loop.dial(i, 0);
    EXPECT_TRUE(turn_until({&client.loop, &first.loop, &second}, [&] {
        return first.owner.links.size() + owner.links.size() == 64 && client.owner.links.size() == 64;
    }));
    EXPECT_FALSE(first.owner.links.empty());
    EXPECT_FALSE(owner.links.empty());
}

TEST(LoopHandshake, APortThatIsTakenIsNoticed) {
    Server server;
    const auto taken = check_port_free("127.0.0.1", server.port);
    ASSERT_FALSE(taken.has_value());
    EXPECT_NE(taken.error().message.find(std::to_string(server.port)), std::string::npos);
    EXPECT_TRUE(check_port_free("127.0.0.1", 0).has_value());
    EXPECT_FALSE(check_port_free("no address", 0).has_value());
}

TEST(LoopHandshake, StopListeningRefusesNewPeersAndKeepsTheOld) {
    Server server;
    auto [peer, link] = server.upgraded_peer();
    server.loop.stop_listening();
    Client client(Client::towards(server.endpoint()));
    client.loop.dial(1, 0);
    EXPECT_TRUE(turn_until({&client.loop, &server.loop}, [&] { return client.owner.failures.size() == 1; }));
    server.loop.send(link, SharedBytes::copy_of("still here"));
    EXPECT_TRUE(server.turn_until([&, &p = peer] { return p.listen(), p.messages() == "still here"; }));
}

// ---- threads

TEST(LoopThreads, WakeAndStopReachALoopThatSleeps) {
    struct Mail : LoopTask {
        void drain(Time) override {
            if (++drained == 3) loop->stop();
            told.store(drained);
        }
        Loop* loop = nullptr;
        int drained = 0;
        std::atomic<int> told{0};
    } mail;
    Server server;
    mail.loop = &server.loop;
    server.loop.add_task(mail);
    std::thread runner([&] { server.loop.run(); });
    for (int i = 0; i < 3; ++i) {
        server.loop.wake();
        while (mail.told.load() == i) std::this_thread::yield();
    }
    runner.join();
    EXPECT_EQ(mail.drained, 3);
}

}  // namespace
}  // namespace hubbub
