// Loops, owners and raw peers for tests over loopback, stepped in one thread: no sleeps, no races.
// Owned by a test; its thread only.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "transport/loop.hpp"
#include "transport/monotonic_clock.hpp"

namespace hubbub::testing {

/// Stands still until it is moved.
class ManualClock final : public Clock {
  public:
    [[nodiscard]] Time now() const override { return time; }
    Time time{std::chrono::seconds{1000}};
};

/// Writes down everything it is told; a hook may act on it.
class Recorder : public LinkOwner {
  public:
    struct Ended {
        LinkId link;
        LinkEnd why{};
    };
    struct Failed {
        std::uint64_t token = 0;
        LinkEnd why{};
        int detail = 0;
    };

    void opened(LinkId link, std::uint64_t token, Time) override {
        links.push_back(link);
        tokens.push_back(token);
        if (on_opened) on_opened(link);
    }
    void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time) override {
        failures.push_back({token, why, detail});
    }
    void received(LinkId link, std::span<char> bytes, Time) override {
        input[link].append(bytes.data(), bytes.size());
        if (on_received) on_received(link, {bytes.data(), bytes.size()});
    }
    void closed(LinkId link, LinkEnd why, Time) override {
        ends.push_back({link, why});
        if (on_closed) on_closed(link);
    }
    void turn(Time) override {
        ++turns;
        if (on_turn) on_turn();
    }
    [[nodiscard]] Time next_deadline() const override { return deadline; }

    std::vector<LinkId> links;
    std::vector<std::uint64_t> tokens;
    std::map<LinkId, std::string> input;
    std::vector<Ended> ends;
    std::vector<Failed> failures;
    std::uint64_t turns = 0;
    Time deadline = never;
    std::function<void(LinkId)> on_opened, on_closed;
    std::function<void(LinkId, std::string_view)> on_received;
    std::function<void()> on_turn;
};

/// Turns all loops until `done`; a test that waits for something that never comes fails after ten seconds.
inline bool turn_until(std::initializer_list<Loop*> loops, const std::function<bool()>& done) {
    const MonotonicClock clock;
    const Time give_up = clock.now() + std::chrono::seconds{10};
    while (!done()) {
        if (clock.now() > give_up) return false;
        for (Loop* loop : loops) loop->run_turn(Duration::zero());
    }
    return true;
}

/// A plain TCP client that says exactly what a test wants.
class RawPeer {
  public:
    explicit RawPeer(std::uint16_t port, int receive_buffer_bytes = 0) {
        fd_ = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        EXPECT_TRUE(static_cast<bool>(fd_));
        if (receive_buffer_bytes > 0) {
            ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                         sizeof(receive_buffer_bytes));
        }
        const auto address = parse_address("127.0.0.1", port);
        EXPECT_EQ(::connect(fd_.get(), address->get(), address->size()), 0);
    }
    void say(std::string_view bytes) {
        EXPECT_EQ(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(bytes.size()));
    }
    void upgrade() {
        say("GET /chat HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    }
    /// Takes what is there now.
    void listen() {
        char buffer[65536];
        while (!ended) {
            const auto got = ::recv(fd_.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
            if (got > 0) {
                heard.append(buffer, static_cast<std::size_t>(got));
                continue;
            }
            if (got < 0 && errno == EAGAIN) return;
            ended = true;
            reset = got < 0;
        }
    }
    [[nodiscard]] bool upgraded() const { return heard.find("\r\n\r\n") != std::string::npos; }
    /// What was heard after the upgrade's answer.
    [[nodiscard]] std::string messages() const {
        return upgraded() ? heard.substr(heard.find("\r\n\r\n") + 4) : std::string();
    }
    void end_own_side() { ::shutdown(fd_.get(), SHUT_WR); }
    void cut_with_reset() {
        const linger hard{1, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
        fd_.reset();
    }
    void close() { fd_.reset(); }

    std::string heard;
    bool ended = false;
    bool reset = false;

  private:
    Descriptor fd_;
};

/// A server loop with its owner, listening on a port of the kernel's choice.
struct Server {
    explicit Server(LoopOptions options = {}, const Clock* time = nullptr)
        : loop(std::move(options), time != nullptr ? *time : clock) {
        loop.set_owner(owner);
        const auto bound = loop.listen("127.0.0.1", 0);
        EXPECT_TRUE(bound.has_value());
        port = *bound;
    }
    bool turn_until(const std::function<bool()>& done) { return testing::turn_until({&loop}, done); }
    /// A raw peer that is through the upgrade, and the link it has on this side.
    std::pair<RawPeer, LinkId> upgraded_peer(int receive_buffer_bytes = 0) {
        const std::size_t before = owner.links.size();
        RawPeer peer(port, receive_buffer_bytes);
        peer.upgrade();
        EXPECT_TRUE(turn_until([&] {
            peer.listen();
            return owner.links.size() > before && peer.upgraded();
        }));
        const LinkId link = owner.links.size() > before ? owner.links.back() : LinkId{};
        return {std::move(peer), link};
    }
    [[nodiscard]] Endpoint endpoint() const {
        Endpoint out;
        out.address = *parse_address("127.0.0.1", port);
        out.host = "here";
        out.target = "/chat";
        return out;
    }

    MonotonicClock clock;
    Recorder owner;
    Loop loop;
    std::uint16_t port = 0;
};

/// A dialing loop towards a server.
struct Client {
    explicit Client(LoopOptions options, const Clock* time = nullptr)
        : loop(std::move(options), time != nullptr ? *time : clock) {
        loop.set_owner(owner);
    }
    static LoopOptions towards(const Endpoint& endpoint) {
        LoopOptions options;
        options.endpoints.push_back(endpoint);
        return options;
    }

    MonotonicClock clock;
    Recorder owner;
    Loop loop;
};

}  // namespace hubbub::testing
