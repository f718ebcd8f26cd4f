// Fan-out through the full chat path: one room, many receivers, a number of messages in flight; server on one core, client on the other.
//   fanout_bench PATH/TO/hubbub [receivers 1000] [seconds 5] [durability memory]
// A message is in flight until the last receiver has it. Prints deliveries per second, the server's CPU per million, its system calls per delivery.

#include <sched.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "base/assert.hpp"
#include "bench/support.hpp"
#include "loadgen/runner/embedded_server.hpp"
#include "loadgen/runner/machine.hpp"
#include "transport/loop.hpp"
#include "transport/monotonic_clock.hpp"

namespace hubbub::bench {
namespace {

using namespace std::chrono_literals;

/// A closed loop: receivers that only count, and senders that send the next message when one is complete.
class Room final : public LinkOwner {
  public:
    Room(Loop& loop, std::uint32_t receivers, std::uint32_t in_flight) : loop_(loop), receivers_(receivers), senders_(in_flight) {
        users_.resize(receivers + in_flight);
    }

    void start() { loop_.dial(0, 0); }  // the first user creates the room, then the others come
    [[nodiscard]] bool live() const { return live_ == users_.size(); }
    [[nodiscard]] std::uint64_t deliveries() const { return deliveries_; }
    void go() {
        for (std::uint32_t s = 0; s < senders_; ++s) send(receivers_ + s);
    }

    void opened(LinkId link, std::uint64_t token, Time) override {
        users_[token].link = link;
        by_slot(link) = static_cast<std::uint32_t>(token);
        say(token, R"({"t":"hello","user":"b)" + std::to_string(token) + R"(","device":"d"})");
    }
    void dial_failed(std::uint64_t, LinkEnd why, int, Time) override {
        std::fprintf(stderr, "cannot connect: %s\n", std::string(name(why)).c_str());
        std::exit(1);
    }
    void received(LinkId link, std::span<char> bytes, Time) override {
        const std::uint32_t user = by_slot(link);
        auto& reader = users_[user].reader;
        reader.set_input(bytes);
        while (true) {
            const auto event = reader.next();
            HUBBUB_ASSERT(event.has_value(), "the server frames correctly");
            if (event->kind == websocket::Event::Kind::need_more) return;
            if (event->kind == websocket::Event::Kind::message) heard(user, event->payload);
        }
    }
    void closed(LinkId, LinkEnd, Time) override {}
    void turn(Time) override {}
    [[nodiscard]] Time next_deadline() const override { return never; }

  private:
    struct User {
        LinkId link;
        websocket::Reader reader{websocket::Role::client, 1 << 20};
        std::uint64_t sent = 0;
    };

    std::uint32_t& by_slot(LinkId link) {
        const auto slot = static_cast<std::uint32_t>(link.value);
        if (slot >= slots_.size()) slots_.resize(slot + 1);
        return slots_[slot];
    }
    void say(std::uint64_t user, const std::string& text) {
        loop_.send(users_[user].link, websocket::make_masked_frame(websocket::Opcode::text, text, 0x12345678));
    }
    void heard(std::uint32_t user, std::string_view text) {
        if (text.starts_with(R"({"t":"msg")")) return delivered(user, text);
        if (text.starts_with(R"({"t":"welcome")")) {
            user == 0 && room_.empty() ? create() : resume(user);
        } else if (text.starts_with(R"({"t":"created")")) {
            const auto at = text.find(R"("c":")") + 5;
            room_ = std::string(text.substr(at, 22));
            epoch_ = number_in(text, R"("epoch":)");
            head_ = number_in(text, R"("head":)");
            added_ = static_cast<std::uint32_t>(std::min<std::size_t>(users_.size(), limits::members_per_frame_max));
            add_or_begin();
        } else if (text.starts_with(R"({"t":"added")")) {
            head_ = number_in(text, R"("q":)");
            add_or_begin();
        } else if (text.starts_with(R"({"t":"resumed")") && text.find(R"("pending":0)") != std::string_view::npos) {
            ++live_;
        } else if (text.starts_with(R"({"t":"error")")) {
            std::fprintf(stderr, "the server refused: %.*s\n", static_cast<int>(text.size()), text.data());
            std::exit(1);
        }
    }
    std::string members(std::size_t from, std::size_t to) const {
        std::string out = "[";
        for (std::size_t u = from; u < to; ++u) out += (u == from ? "\"b" : ",\"b") + std::to_string(u) + "\"";
        return out + "]";
    }
    void create() {
        say(0, R"({"t":"create","id":1,"key":"bench)" + std::to_string(getpid()) + "-" + std::to_string(senders_) +
                   R"(","class":"channel","members":)" + members(0, std::min<std::size_t>(users_.size(), limits::members_per_frame_max)) + "}");
    }
    void add_or_begin() {
        if (added_ < users_.size()) {
            const std::size_t to = std::min<std::size_t>(users_.size(), added_ + limits::members_per_frame_max);
            say(0, R"({"t":"add","id":2,"c":")" + room_ + R"(","members":)" + members(added_, to) + "}");
            added_ = static_cast<std::uint32_t>(to);
            return;
        }
        resume(0);
        for (std::uint32_t u = 1; u < users_.size(); ++u) loop_.dial(u, 0);
    }
    void resume(std::uint32_t user) {
        say(user, R"({"t":"resume","at":[[")" + room_ + "\"," + std::to_string(epoch_) + "," + std::to_string(head_) + R"(]],"complete":false})");
    }
    void send(std::uint32_t user) {
        static const std::string body(128, 'x');
        say(user, R"({"t":"send","c":")" + room_ + R"(","n":)" + std::to_string(++users_[user].sent) + R"(,"b":")" + body + R"("})");
    }
    void delivered(std::uint32_t user, std::string_view text) {
        if (user >= receivers_) return;  // senders see each other's messages; only receivers count
        ++deliveries_;
        const std::uint64_t q = number_in(text, R"("q":)");
        if (++arrived_[q % arrived_.size()] < receivers_) return;
        arrived_[q % arrived_.size()] = 0;
        send(static_cast<std::uint32_t>(number_in(text, R"("u":"b)")));  // its sender sends the next one
    }

    Loop& loop_;
    const std::uint32_t receivers_, senders_;
    std::vector<User> users_;
    std::vector<std::uint32_t> slots_;
    std::string room_;
    std::uint64_t epoch_ = 0, head_ = 0, live_ = 0, deliveries_ = 0;
    std::uint32_t added_ = 0;
    std::array<std::uint32_t, 4096> arrived_{};
};

void pin(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    sched_setaffinity(0, sizeof set, &set);
}

void measure(const std::string& program, std::uint32_t receivers, double seconds, const std::string& durability, std::uint32_t in_flight) {
    const auto metrics_port = static_cast<std::uint16_t>(900 + in_flight);
    auto server = EmbeddedServer::start("/usr/bin/taskset", {"-c", "0", program, "serve", "--listen", "127.0.0.1:0", "--shards", "1",
                                                             "--durability", durability, "--metrics", "127.0.0.1:" + std::to_string(metrics_port)});
    if (!server) {
        std::fprintf(stderr, "%s\n", server.error().message.c_str());
        std::exit(1);
    }
    const MonotonicClock clock;
    LoopOptions options;
    auto endpoint = resolve("ws://127.0.0.1:" + std::to_string(server->port()) + "/chat");
    endpoint->subprotocols = {"hubbub.v1.json"};
    options.endpoints = {*endpoint};
    Loop loop(options, clock);
    Room room(loop, receivers, in_flight);
    loop.set_owner(room);
    room.start();
    while (!room.live()) loop.run_turn(100ms);
    room.go();
    auto run_for = [&](double span) {
        const Time end = clock.now() + Duration(static_cast<Duration::rep>(span * 1e9));
        while (clock.now() < end) loop.run_turn(10ms);
    };
    run_for(0.5);  // warm
    const std::string before = scrape(metrics_port);
    const std::uint64_t deliveries = room.deliveries();
    const double server_cpu = server->cpu_seconds();
    const double client_cpu = own_cpu_seconds();
    const Time start = clock.now();
    run_for(seconds);
    const double elapsed = to_seconds(clock.now() - start);
    const auto delivered = static_cast<double>(room.deliveries() - deliveries);
    const double used = server->cpu_seconds() - server_cpu;
    const double client_used = own_cpu_seconds() - client_cpu;
    const std::string after = scrape(metrics_port);
    const std::string sends = "hubbub_server_system_calls_total{call=\"sendmsg\"}";
    const std::string waits = "hubbub_server_system_calls_total{call=\"epoll_wait\"}";
    const std::string reads = "hubbub_server_system_calls_total{call=\"recv\"}";
    double calls = 0;
    for (const std::string& call : {sends, waits, reads}) calls += metric(after, call) - metric(before, call);

    const std::string prefix = "fanout_1x" + std::to_string(receivers) + "_inflight_" + std::to_string(in_flight);
    print(prefix, delivered / elapsed, "deliveries/s");
    print(prefix + "_server_cpu", used / delivered * 1e6, "cpu-s/million");
    print(prefix + "_client_cpu", client_used / delivered * 1e6, "cpu-s/million");
    print(prefix + "_system_calls", calls / delivered, "calls/delivery");
}

}  // namespace
}  // namespace hubbub::bench

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: fanout_bench PATH/TO/hubbub [receivers] [seconds] [durability]\n");
        return 2;
    }
    hubbub::bench::pin(1);
    const auto receivers = static_cast<std::uint32_t>(argc > 2 ? std::atoi(argv[2]) : 1000);
    const double seconds = argc > 3 ? std::atof(argv[3]) : 5;
    const std::string durability = argc > 4 ? argv[4] : "memory";
    for (const std::uint32_t in_flight : {1U, 8U, 64U}) hubbub::bench::measure(argv[1], receivers, seconds, durability, in_flight);
}
