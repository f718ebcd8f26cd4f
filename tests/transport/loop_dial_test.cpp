// Dialing: each way in which a connection fails has its name.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/transport/loopback.hpp"

namespace hubbub {
namespace {

using testing::Client;
using testing::ManualClock;
using testing::Server;
using testing::turn_until;

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

}  // namespace
}  // namespace hubbub
