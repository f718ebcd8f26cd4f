// The peers of the fan-out benchmark, in their own words: each message is a record of fixed size, and that is
// all the client looks at. Included by fanout_bench.cpp; one thread.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "bench/child.hpp"
#include "bench/dialect.hpp"

namespace hubbub::bench {

/// What a receiver hears once it is live is a stream of equal records, whose sender stands in a fixed place.
class RecordDialect : public Dialect {
  public:
    void heard(std::uint32_t user, std::string_view payload) override {
        if (rest_.size() < room.users) rest_.resize(room.users);
        std::string& rest = rest_[user];
        if (is_live_.size() < room.users) is_live_.resize(room.users);
        if (!rest.empty() || !is_live_[user]) {
            rest += payload;
            payload = rest;
        }
        std::size_t used = 0;
        if (!is_live_[user]) {
            used = greeting(payload);
            if (used != 0) become_live(user);
        }
        if (is_live_[user])
            for (; payload.size() - used >= record_; used += record_)
                room.delivered(static_cast<std::uint32_t>(std::atoi(payload.data() + used + body_at_)));
        const std::string left(payload.substr(used));
        rest = left;
    }

  protected:
    /// `record`: bytes of a delivered message; `body_at`: where its 128 bytes begin.
    RecordDialect(std::size_t record, std::size_t body_at) : record_(record), body_at_(body_at) {}
    /// Bytes of the server's greeting once it is complete, else 0.
    [[nodiscard]] virtual std::size_t greeting(std::string_view heard) const = 0;
    void become_live(std::uint32_t user) {
        if (is_live_.size() < room.users) is_live_.resize(room.users);
        is_live_[user] = true;
        room.live(user);
    }
    [[nodiscard]] bool receives(std::uint32_t user) const { return user < room.receivers; }
    static std::string body(std::uint32_t sender) {
        std::string out = std::to_string(sender) + " ";
        out.resize(128, 'x');
        return out;
    }

  private:
    const std::size_t record_, body_at_;
    std::vector<std::string> rest_;
    std::vector<bool> is_live_;
};

class NpmWsDialect final : public RecordDialect {
  public:
    explicit NpmWsDialect(std::string script) : RecordDialect(128, 0), script_(std::move(script)) {}
    [[nodiscard]] std::vector<std::string> server(std::uint16_t port) override {
        setenv("NODE_PATH", "/usr/share/nodejs", 0);  // where Debian's node-ws is
        return {"node", script_, std::to_string(port)};
    }
    void opened(std::uint32_t user) override {
        room.say(user, receives(user) ? "listen" : "send");
        become_live(user);
    }
    void send(std::uint32_t sender) override { room.say(sender, body(sender)); }

  private:
    [[nodiscard]] std::size_t greeting(std::string_view) const override { return 0; }
    const std::string script_;
};

class MosquittoDialect final : public RecordDialect {
  public:
    // A delivered PUBLISH (MQTT 3.1.1 section 3.3): type, two bytes of length, the topic "r" with its length,
    // body.
    MosquittoDialect() : RecordDialect(1 + 2 + 3 + 128, 1 + 2 + 3) {}
    [[nodiscard]] std::vector<std::string> server(std::uint16_t port) override {
        const std::string file = "/tmp/hubbub-bench-mosquitto-" + std::to_string(getpid()) + ".conf";
        // A WebSocket listener alone is refused by 2.0.11 ("unable to start any listening sockets").
        std::ofstream(file)
            << "listener " << free_port() << " 127.0.0.1\nlistener " << port
            << "\nprotocol websockets\nsocket_domain ipv4\nallow_anonymous true\n"
            << "persistence false\nset_tcp_nodelay true\nmax_queued_messages 0\nlog_type none\n";
        return {"mosquitto", "-c", file};
    }
    [[nodiscard]] std::string path() const override { return "/mqtt"; }
    [[nodiscard]] std::string subprotocol() const override { return "mqtt"; }
    [[nodiscard]] bool binary() const override { return true; }
    void opened(std::uint32_t user) override {
        using namespace std::string_literals;
        const std::string name = "b" + std::to_string(user);
        std::string connect = "\0\4MQTT\4\2\0\0\0"s;  // clean session, no keep-alive
        connect += static_cast<char>(name.size());
        connect += name;
        std::string out = "\x10"s + static_cast<char>(connect.size()) + connect;
        out += receives(user) ? "\x82\6\0\1\0\1r\0"s
                              : "\x82\6\0\1\0\1s\0"s;  // senders listen where nobody speaks
        room.say(user, out);
    }
    void send(std::uint32_t sender) override {
        using namespace std::string_literals;
        room.say(sender, "\x30\x83\x01\0\1r"s + body(sender));
    }

  private:
    [[nodiscard]] std::size_t greeting(std::string_view heard) const override {
        return heard.size() < 9 ? 0 : 9;  // CONNACK and SUBACK
    }
};

class NatsDialect final : public RecordDialect {
  public:
    // MSG r 1 128\r\n, body, \r\n
    NatsDialect() : RecordDialect(13 + 128 + 2, 13) {}
    [[nodiscard]] std::vector<std::string> server(std::uint16_t port) override {
        const std::string file = "/tmp/hubbub-bench-nats-" + std::to_string(getpid()) + ".conf";
        std::ofstream(file) << "listen: \"127.0.0.1:" << free_port()
                            << "\"\nwebsocket {\n  listen: \"127.0.0.1:" << port
                            << "\"\n  no_tls: true\n}\nping_interval: \"1h\"\n";
        setenv("GOMAXPROCS", "1", 1);
        return {"nats-server", "-c", file};
    }
    [[nodiscard]] bool binary() const override { return true; }
    void opened(std::uint32_t user) override {
        room.say(user, std::string("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n") +
                           (receives(user) ? "SUB r 1\r\n" : "") + "PING\r\n");
    }
    void send(std::uint32_t sender) override { room.say(sender, "PUB r 128\r\n" + body(sender) + "\r\n"); }

  private:
    [[nodiscard]] std::size_t greeting(std::string_view heard) const override {
        const auto pong = heard.find("PONG\r\n");
        return pong == std::string_view::npos ? 0 : pong + 6;
    }
};

inline std::unique_ptr<Dialect> npm_ws_dialect(std::string script) {
    return std::make_unique<NpmWsDialect>(std::move(script));
}
inline std::unique_ptr<Dialect> mosquitto_dialect() {
    return std::make_unique<MosquittoDialect>();
}
inline std::unique_ptr<Dialect> nats_dialect() {
    return std::make_unique<NatsDialect>();
}

}  // namespace hubbub::bench
