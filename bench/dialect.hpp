// How one chat room is spoken of with one server: what the fan-out benchmark must know of it, and no more.
// Owned by the benchmark's room; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hubbub::bench {

/// What a dialect may do and tell. Users [0, receivers) listen; the others send and are called senders.
struct RoomPort {
    std::uint32_t receivers = 0, users = 0;
    std::function<void(std::uint32_t user)> dial;
    std::function<void(std::uint32_t user, std::string_view payload)> say;
    std::function<void(std::uint32_t user)> live;
    /// A receiver has the message that this sender sent last.
    std::function<void(std::uint32_t sender)> delivered;
};

class Dialect {
  public:
    virtual ~Dialect() = default;
    /// The program to start so that it listens on `port` of the loopback, with one thread where it can be
    /// told.
    [[nodiscard]] virtual std::vector<std::string> server(std::uint16_t port) = 0;
    [[nodiscard]] virtual std::string path() const { return "/"; }
    [[nodiscard]] virtual std::string subprotocol() const { return {}; }
    [[nodiscard]] virtual bool binary() const { return false; }
    /// Where the server counts its system calls for Prometheus; 0: it does not.
    [[nodiscard]] virtual std::uint16_t metrics_port() const { return 0; }

    void attach(RoomPort port) { room = std::move(port); }
    virtual void begin() {
        for (std::uint32_t u = 0; u < room.users; ++u) room.dial(u);
    }
    virtual void opened(std::uint32_t user) = 0;
    virtual void heard(std::uint32_t user, std::string_view payload) = 0;
    /// Sends 128 bytes into the room.
    virtual void send(std::uint32_t sender) = 0;

  protected:
    RoomPort room;
};

/// hubbub itself: session, membership, authorization, sequence numbers, store, acks. `program`: its path.
std::unique_ptr<Dialect> hubbub_dialect(std::string program, std::string durability);
/// npm's ws: a server of ten lines that sends each message to everybody else (bench/peers/npm_ws.js).
std::unique_ptr<Dialect> npm_ws_dialect(std::string script);
/// MQTT at quality of service 0 over mosquitto's WebSocket listener.
std::unique_ptr<Dialect> mosquitto_dialect();
/// NATS core publish and subscribe over nats-server's WebSocket listener.
std::unique_ptr<Dialect> nats_dialect();

}  // namespace hubbub::bench
