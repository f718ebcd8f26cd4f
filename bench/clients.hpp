// WebSocket users of a benchmark: links and frames, and nothing that would make the client what is measured.
// Owned by a benchmark's main; one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/child.hpp"
#include "protocol/limits.hpp"
#include "protocol/websocket.hpp"
#include "transport/loop.hpp"
#include "transport/monotonic_clock.hpp"

namespace hubbub::bench {

/// `subprotocol`: empty for none.
inline LoopOptions loop_options(std::uint16_t port, const std::string& path, const std::string& subprotocol) {
    LoopOptions options;
    auto endpoint = resolve("ws://127.0.0.1:" + std::to_string(port) + path);
    if (!endpoint) give_up(endpoint.error().message);
    if (!subprotocol.empty()) endpoint->subprotocols = {subprotocol};
    options.endpoints = {*endpoint};
    return options;
}

/// Users by number, each with one link. A refused dial, a broken frame or an early end is the end of the
/// benchmark.
class Clients : public LinkOwner {
  public:
    Clients(LoopOptions options, std::uint32_t users, websocket::Opcode opcode = websocket::Opcode::text)
        : loop_(std::move(options), clock_), users_(users), opcode_(opcode) {
        loop_.set_owner(*this);
    }

    void dial(std::uint32_t user) { loop_.dial(user, 0); }
    void say(std::uint32_t user, std::string_view payload) {
        loop_.send(users_[user].link, websocket::make_masked_frame(opcode_, payload, 0x12345678));
    }
    [[nodiscard]] Time now() const { return clock_.now(); }
    void run_for(double seconds) {
        const Time end = now() + Duration(static_cast<Duration::rep>(seconds * 1e9));
        while (now() < end) loop_.run_turn(std::chrono::milliseconds{10});
    }
    template <class Done>
    void run_until(Done&& done, const char* what) {
        const Time patience = now() + std::chrono::seconds{30};
        while (!done()) {
            loop_.run_turn(std::chrono::milliseconds{100});
            if (now() > patience) give_up(std::string("not within 30 s: ") + what);
        }
    }
    /// From here links may end.
    void let_go() { over_ = true; }

    void opened(LinkId link, std::uint64_t token, Time) final {
        const auto user = static_cast<std::uint32_t>(token);
        const auto slot = static_cast<std::uint32_t>(link.value);
        if (slot >= user_of_.size()) user_of_.resize(slot + 1);
        user_of_[slot] = user;
        users_[user].link = link;
        user_opened(user);
    }
    void dial_failed(std::uint64_t, LinkEnd why, int, Time) final {
        give_up("dial: " + std::string(name(why)));
    }
    void received(LinkId link, std::span<char> bytes, Time now) final {
        const std::uint32_t user = user_of_[static_cast<std::uint32_t>(link.value)];
        auto& reader = users_[user].reader;
        reader.set_input(bytes);
        while (true) {
            const auto event = reader.next();
            if (!event) give_up(event.error().why);
            if (event->kind == websocket::Event::Kind::need_more) return;
            if (event->kind == websocket::Event::Kind::message) user_heard(user, event->payload, now);
        }
    }
    void closed(LinkId, LinkEnd why, Time) final {
        if (!over_) give_up("a connection ended: " + std::string(name(why)));
    }
    void turn(Time) final {}
    [[nodiscard]] Time next_deadline() const final { return never; }

  protected:
    virtual void user_opened(std::uint32_t user) = 0;
    virtual void user_heard(std::uint32_t user, std::string_view payload, Time now) = 0;
    [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(users_.size()); }

  private:
    struct User {
        LinkId link;
        websocket::Reader reader{websocket::Role::client, limits::server_message_bytes_max};
    };
    const MonotonicClock clock_;
    Loop loop_;
    std::vector<User> users_;
    std::vector<std::uint32_t> user_of_;  // by the link's slot
    const websocket::Opcode opcode_;
    bool over_ = false;
};

}  // namespace hubbub::bench
