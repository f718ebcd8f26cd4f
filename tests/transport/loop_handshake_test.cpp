// How links begin, and how they fail to: upgrades in pieces, refusals, deadlines, descriptors that run out.
#include <gtest/gtest.h>
#include <sys/resource.h>

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

// ---- dialing

TEST(LoopDial, SaysAtWhichStageItFailed) {
    std::uint16_t closed_port = 0;
    { closed_port = Server().port; }
    Server server;
    Endpoint refused = server.endpoint();
    refused.address = *parse_address("127.0.0.1", closed_port);
    Endpoint not_found = server.endpoint();
    not_found.target = "/nothing";
    LoopOptions options;
    options.endpoints = {refused, not_found};
    Client client(options);
    client.loop.dial(1, 0);
    client.loop.dial(2, 1);
    EXPECT_TRUE(client.owner.failures.empty()) << "told in a later turn";
    ASSERT_TRUE(turn_until({&client.loop, &server.loop}, [&] { return client.owner.failures.size() == 2; }));
    EXPECT_EQ(client.owner.failures[0].token, 1U);
    EXPECT_EQ(client.owner.failures[0].why, LinkEnd::connect_refused);
    EXPECT_EQ(client.owner.failures[0].detail, ECONNREFUSED);
    EXPECT_EQ(client.owner.failures[1].token, 2U);
    EXPECT_EQ(client.owner.failures[1].why, LinkEnd::http_status);
    EXPECT_EQ(client.owner.failures[1].detail, 404);
    EXPECT_TRUE(client.owner.ends.empty()) << "never opened, never closed";
    EXPECT_EQ(client.loop.stats().dials_failed.get(), 2U);
}

/// A listening socket whose owner answers by hand.
struct ByHand {
    ByHand() {
        listening = Descriptor(::socket(AF_INET, SOCK_STREAM, 0));
        const auto any = parse_address("127.0.0.1", 0);
        EXPECT_EQ(::bind(listening.get(), any->get(), any->size()), 0);
        EXPECT_EQ(::listen(listening.get(), 1), 0);
        endpoint.address = *local_address(listening.get());
        endpoint.host = "here";
    }
    Descriptor accept() const { return Descriptor(::accept(listening.get(), nullptr, nullptr)); }
    Descriptor listening;
    Endpoint endpoint;
};

TEST(LoopDial, AServerThatSaysNothingTimesOut) {
    ByHand server;
    ManualClock clock;
    Client client(Client::towards(server.endpoint), &clock);
    client.loop.dial(5, 0);
    EXPECT_TRUE(turn_until({&client.loop}, [&] { return client.loop.stats().sends.get() == 1; }));
    clock.time += limits::handshake_max - Duration(1);
    client.loop.run_turn(Duration::zero());
    client.loop.run_turn(Duration::zero());
    EXPECT_TRUE(client.owner.failures.empty());
    clock.time += Duration(1);
    client.loop.run_turn(Duration::zero());
    client.loop.run_turn(Duration::zero());
    ASSERT_EQ(client.owner.failures.size(), 1U);
    EXPECT_EQ(client.owner.failures[0].token, 5U);
    EXPECT_EQ(client.owner.failures[0].why, LinkEnd::connect_timeout);
}

TEST(LoopDial, AServerThatHangsUpOrTalksNonsenseIsNamed) {
    ByHand server;
    Client client(Client::towards(server.endpoint));
    client.loop.dial(1, 0);
    const Descriptor first = server.accept();
    EXPECT_TRUE(turn_until({&client.loop}, [&] { return client.loop.stats().sends.get() == 1; }));
    const std::string nonsense = "220 mail.example.org ESMTP\r\n\r\n";
    EXPECT_EQ(::send(first.get(), nonsense.data(), nonsense.size(), 0),
              static_cast<ssize_t>(nonsense.size()));
    EXPECT_TRUE(turn_until({&client.loop}, [&] { return client.owner.failures.size() == 1; }));
    EXPECT_EQ(client.owner.failures[0].why, LinkEnd::upgrade_invalid);

    client.loop.dial(2, 0);
    Descriptor second = server.accept();
    EXPECT_TRUE(turn_until({&client.loop}, [&] { return client.loop.stats().sends.get() == 2; }));
    char request[1024];
    EXPECT_GT(::recv(second.get(), request, sizeof(request), 0), 0);
    second.reset();
    EXPECT_TRUE(turn_until({&client.loop}, [&] { return client.owner.failures.size() == 2; }));
    EXPECT_EQ(client.owner.failures[1].why, LinkEnd::closed_by_peer);
}

TEST(LoopDial, SpreadsOverItsSourceAddresses) {
    ByHand server;
    LoopOptions options = Client::towards(server.endpoint);
    options.sources = {*parse_address("127.0.0.2", 0), *parse_address("127.0.0.3", 0)};
    Client client(options);
    std::vector<std::string> seen;
    for (std::uint64_t i = 0; i < 4; ++i) {
        client.loop.dial(i, 0);
        const Descriptor accepted = server.accept();
        sockaddr_storage from{};
        socklen_t size = sizeof(from);
        ASSERT_EQ(::getpeername(accepted.get(), reinterpret_cast<sockaddr*>(&from), &size), 0);
        const std::string text = Address(reinterpret_cast<sockaddr*>(&from), size).text();
        seen.push_back(text.substr(0, text.find(':')));
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"127.0.0.2", "127.0.0.3", "127.0.0.2", "127.0.0.3"}));
}

// ---- out of descriptors: in a child process, whose limit is its own

void leave_descriptors(rlim_t free) {
    const Descriptor next(::dup(0));
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = static_cast<rlim_t>(next.get()) + free;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Exit code 0, or the number of the step that went wrong.
int accept_until_exhausted_and_recover() {
    ManualClock clock;
    Server server({}, &clock);
    std::vector<RawPeer> peers;
    for (int i = 0; i < 10; ++i) {
        peers.emplace_back(server.port);
        peers.back().upgrade();
    }
    leave_descriptors(4);
    const LoopStats& stats = server.loop.stats();
    if (!server.turn_until([&] { return server.owner.links.size() == 4; })) return 1;
    if (!server.turn_until([&] { return stats.descriptors_exhausted.get() == 1; })) return 2;
    // One peer was turned away by the emergency descriptor; the others wait in the backlog.
    const auto calls = stats.accepts.get();
    for (int i = 0; i < 10; ++i) server.loop.run_turn(Duration::zero());
    if (stats.accepts.get() != calls) return 3;
    const MonotonicClock real;
    const Time before = real.now();
    server.loop.run_turn(std::chrono::milliseconds{2});
    if (real.now() - before < std::chrono::milliseconds{2}) return 6;  // it spins on the readable backlog
    int turned_away = 0;
    for (RawPeer& peer : peers) {
        peer.listen();
        turned_away += peer.ended ? 1 : 0;
    }
    if (turned_away != 1) return 4;
    for (const LinkId link : server.owner.links) server.loop.abort(link);
    clock.time += std::chrono::seconds{1};
    if (!server.turn_until([&] { return server.owner.links.size() == 8; })) return 5;
    return 0;
}

TEST(LoopDescriptors, AcceptingPausesAndRecovers) {
    EXPECT_EXIT(std::_Exit(accept_until_exhausted_and_recover()), ::testing::ExitedWithCode(0), "");
}

int dial_until_exhausted() {
    Server server;
    Client client(Client::towards(server.endpoint()));
    leave_descriptors(3);
    for (std::uint64_t i = 0; i < 5; ++i) client.loop.dial(i, 0);
    client.loop.run_turn(Duration::zero());
    if (client.owner.failures.size() != 2) return 1;
    for (const auto& failure : client.owner.failures) {
        if (failure.why != LinkEnd::no_descriptors || failure.detail != EMFILE) return 2;
    }
    return client.loop.stats().descriptors_exhausted.get() == 2 ? 0 : 3;
}

TEST(LoopDescriptors, ADialWithoutDescriptorsIsTheGeneratorsOwnLimit) {
    EXPECT_EXIT(std::_Exit(dial_until_exhausted()), ::testing::ExitedWithCode(0), "");
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
