// Fan-out: one room, many receivers, a number of messages in flight (a message is in flight until the last
// receiver has it); the server on core 0, this client on core 1. The same client drives hubbub and its peers:
//   fanout_bench hubbub PATH/TO/hubbub [receivers 1000] [seconds 5] [durability memory]
//   fanout_bench npm-ws PATH/TO/npm_ws.js | mosquitto - | nats -   [receivers] [seconds]
// Prints deliveries per second and the CPU of both ends per million; of hubbub the system calls per delivery
// too.
#include "bench/child.hpp"
#include "bench/clients.hpp"
#include "bench/hubbub_dialect.hpp"
#include "bench/peer_dialects.hpp"
#include "bench/support.hpp"
#include "loadgen/runner/machine.hpp"

namespace hubbub::bench {
namespace {

/// A closed loop: receivers that only count, and senders that send again when everybody has their last
/// message.
class Room final : public Clients {
  public:
    Room(LoopOptions options, Dialect& dialect, std::uint32_t receivers, std::uint32_t senders)
        : Clients(std::move(options), receivers + senders,
                  dialect.binary() ? websocket::Opcode::binary : websocket::Opcode::text),
          dialect_(dialect),
          receivers_(receivers),
          arrived_(receivers + senders) {
        RoomPort port;
        port.receivers = receivers;
        port.users = count();
        port.dial = [this](std::uint32_t user) { dial(user); };
        port.say = [this](std::uint32_t user, std::string_view payload) { say(user, payload); };
        port.live = [this](std::uint32_t) { ++live_; };
        port.delivered = [this](std::uint32_t sender) { delivered(sender); };
        dialect_.attach(std::move(port));
        dialect_.begin();
    }

    [[nodiscard]] bool live() const { return live_ == count(); }
    void go() {
        for (std::uint32_t s = receivers_; s < count(); ++s) dialect_.send(s);
    }
    [[nodiscard]] std::uint64_t deliveries() const { return deliveries_; }

  private:
    void user_opened(std::uint32_t user) override { dialect_.opened(user); }
    void user_heard(std::uint32_t user, std::string_view payload, Time) override {
        dialect_.heard(user, payload);
    }
    void delivered(std::uint32_t sender) {
        ++deliveries_;
        if (++arrived_[sender] < receivers_) return;
        arrived_[sender] = 0;
        dialect_.send(sender);
    }

    Dialect& dialect_;
    const std::uint32_t receivers_;
    std::vector<std::uint32_t> arrived_;  // by sender: receivers that have its last message
    std::uint64_t live_ = 0, deliveries_ = 0;
};

/// The server's system calls so far, by its own count.
double system_calls(std::uint16_t metrics_port) {
    const std::string text = scrape(metrics_port);
    double calls = 0;
    for (const char* call : {"sendmsg", "epoll_wait", "recv"})
        calls += metric(text, "hubbub_server_system_calls_total{call=\"" + std::string(call) + "\"}");
    return calls;
}

struct Arguments {
    std::string peer, program;
    std::uint32_t receivers = 1000;
    double seconds = 5;
    std::string durability = "memory";
};

std::unique_ptr<Dialect> dialect_of(const Arguments& arguments) {
    if (arguments.peer == "hubbub") return hubbub_dialect(arguments.program, arguments.durability);
    if (arguments.peer == "npm-ws") return npm_ws_dialect(arguments.program);
    if (arguments.peer == "mosquitto") return mosquitto_dialect();
    if (arguments.peer == "nats") return nats_dialect();
    give_up("unknown server " + arguments.peer);
}

void measure(const Arguments& arguments, std::uint32_t in_flight) {
    const auto dialect = dialect_of(arguments);
    const std::uint16_t port = free_port();
    const Child server(dialect->server(port), 0, port);
    Room room(loop_options(port, dialect->path(), dialect->subprotocol()), *dialect, arguments.receivers,
              in_flight);
    room.run_until([&] { return room.live(); }, "everybody live");
    room.run_for(0.2);
    room.go();
    room.run_for(0.8);  // warm

    const double calls = dialect->metrics_port() ? system_calls(dialect->metrics_port()) : 0;
    const std::uint64_t deliveries = room.deliveries();
    const double server_cpu = server.cpu_seconds();
    const double client_cpu = own_cpu_seconds();
    const Time start = room.now();
    room.run_for(arguments.seconds);
    const double elapsed = to_seconds(room.now() - start);
    const auto delivered = static_cast<double>(room.deliveries() - deliveries);
    const double server_used = server.cpu_seconds() - server_cpu;
    const double client_used = own_cpu_seconds() - client_cpu;

    const std::string title = "fanout_1x" + std::to_string(arguments.receivers) + "_inflight_" +
                              std::to_string(in_flight) + "_" + arguments.peer;
    print(title, delivered / elapsed, "deliveries/s");
    print(title + "_server", server_used / delivered * 1e6, "cpu-s/million");
    print(title + "_client", client_used / delivered * 1e6, "cpu-s/million");
    if (dialect->metrics_port())
        print(title + "_system_calls", (system_calls(dialect->metrics_port()) - calls) / delivered,
              "calls/delivery");
    room.let_go();
}

}  // namespace
}  // namespace hubbub::bench

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(
            stderr,
            "usage: fanout_bench hubbub|npm-ws|mosquitto|nats PROGRAM [receivers] [seconds] [durability]\n");
        return 2;
    }
    hubbub::bench::pin_to_core(1);
    hubbub::bench::raise_descriptor_limit();
    hubbub::bench::Arguments arguments{argv[1], argv[2]};
    if (argc > 3) arguments.receivers = static_cast<std::uint32_t>(std::atoi(argv[3]));
    if (argc > 4) arguments.seconds = std::atof(argv[4]);
    if (argc > 5) arguments.durability = argv[5];
    for (const std::uint32_t in_flight : {1U, 8U, 64U}) hubbub::bench::measure(arguments, in_flight);
}
