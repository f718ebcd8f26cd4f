// Durable messages end to end: many senders of direct messages, 16 in flight each, acknowledged after the
// sync.
//   durable_bench PATH/TO/hubbub [users 64] [seconds 5] [durability wal-sync] [shards 1]
// Server and client share the machine's cores. Prints acknowledged messages per second, ack latency, CPU of
// both ends, messages per synced group.
#include <array>

#include "base/histogram.hpp"
#include "bench/clients.hpp"
#include "bench/support.hpp"
#include "loadgen/runner/machine.hpp"

namespace hubbub::bench {
namespace {

/// Pairs of users who write to each other as fast as their windows allow.
class Pairs final : public Clients {
  public:
    Pairs(LoopOptions options, std::uint32_t users) : Clients(std::move(options), users), state_(users) {
        for (std::uint32_t u = 0; u < users; ++u) dial(u);
    }
    [[nodiscard]] bool live() const { return live_ == count(); }
    void go() {
        for (std::uint32_t u = 0; u < count(); ++u)
            for (std::size_t i = 0; i < limits::in_flight_max; ++i) send(u);
    }
    void measure() {
        acked = delivered = 0;
        latency = Histogram();
    }

    std::uint64_t acked = 0, delivered = 0;
    Histogram latency;  ///< microseconds

  private:
    struct State {
        std::string conversation;
        std::uint64_t sent = 0;
        std::array<Time, limits::in_flight_max> sent_at{};
    };

    void user_opened(std::uint32_t user) override {
        say(user, R"({"t":"hello","user":"b)" + std::to_string(user) + R"(","device":"d"})");
    }
    void user_heard(std::uint32_t user, std::string_view text, Time now) override {
        if (text.starts_with(R"({"t":"ack")")) return take_ack(user, number_in(text, R"("n":)"), now);
        if (text.starts_with(R"({"t":"msg")")) {
            ++delivered;
        } else if (text.starts_with(R"({"t":"welcome")")) {
            // The even one of each pair creates the conversation when both are there.
            if (++welcome_ == count())
                for (std::uint32_t u = 0; u < count(); u += 2) create(u);
        } else if (text.starts_with(R"({"t":"created")")) {
            const std::string id(text.substr(text.find(R"("c":")") + 5, 22));
            const std::string at = std::to_string(number_in(text, R"("epoch":)")) + "," +
                                   std::to_string(number_in(text, R"("head":)"));
            for (const std::uint32_t u : {user, user + 1}) {
                state_[u].conversation = id;
                say(u, R"({"t":"resume","at":[[")" + id + "\"," + at + R"(]],"complete":false})");
            }
        } else if (text.starts_with(R"({"t":"resumed")")) {
            ++live_;
        } else if (text.starts_with(R"({"t":"error")")) {
            give_up("the server refused: " + std::string(text));
        }
    }
    void create(std::uint32_t user) {
        say(user, R"({"t":"create","id":1,"key":"pair","class":"direct","members":["b)" +
                      std::to_string(user) + R"(","b)" + std::to_string(user + 1) + R"("]})");
    }
    void send(std::uint32_t user) {
        static const std::string body(128, 'x');
        State& state = state_[user];
        ++state.sent;
        state.sent_at[state.sent % limits::in_flight_max] = now();
        say(user, R"({"t":"send","c":")" + state.conversation + R"(","n":)" + std::to_string(state.sent) +
                      R"(,"b":")" + body + R"("})");
    }
    void take_ack(std::uint32_t user, std::uint64_t number, Time now) {
        ++acked;
        latency.record(to_micros(now - state_[user].sent_at[number % limits::in_flight_max]));
        send(user);
    }

    std::vector<State> state_;
    std::uint32_t welcome_ = 0, live_ = 0;
};

double groups(std::uint16_t metrics_port) {
    return metric(scrape(metrics_port), "hubbub_server_store_groups_total");
}

void measure(const std::string& program, std::uint32_t users, double seconds, const std::string& durability,
             const std::string& shards) {
    const std::uint16_t port = free_port();
    const std::uint16_t metrics = free_port();
    const std::string here = "127.0.0.1:";
    const Child server({program, "serve", "--listen", here + std::to_string(port), "--shards", shards,
                        "--durability", durability, "--metrics", here + std::to_string(metrics)},
                       any_core, port);
    Pairs pairs(loop_options(port, "/chat", "hubbub.v1.json"), users);
    pairs.run_until([&] { return pairs.live(); }, "everybody live");
    pairs.go();
    pairs.run_for(1);  // warm
    pairs.measure();
    const double groups_before = groups(metrics);
    const double server_cpu = server.cpu_seconds();
    const double client_cpu = own_cpu_seconds();
    const Time start = pairs.now();
    pairs.run_for(seconds);
    const double elapsed = to_seconds(pairs.now() - start);
    const auto acked = static_cast<double>(pairs.acked);

    const std::string title = "durable_" + durability;
    print(title, acked / elapsed, "acks/s");
    print(title + "_ack_p50", static_cast<double>(pairs.latency.percentile(50)) / 1000, "ms");
    print(title + "_ack_p99", static_cast<double>(pairs.latency.percentile(99)) / 1000, "ms");
    print(title + "_server", (server.cpu_seconds() - server_cpu) / acked * 1e6, "cpu-s/million");
    print(title + "_client", (own_cpu_seconds() - client_cpu) / acked * 1e6, "cpu-s/million");
    print(title + "_group", acked / std::max(1.0, groups(metrics) - groups_before), "messages/group");
    pairs.let_go();
}

}  // namespace
}  // namespace hubbub::bench

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: durable_bench PATH/TO/hubbub [users] [seconds] [durability] [shards]\n");
        return 2;
    }
    hubbub::bench::raise_descriptor_limit();
    const auto users = static_cast<std::uint32_t>(argc > 2 ? std::atoi(argv[2]) : 64);
    hubbub::bench::measure(argv[1], users / 2 * 2, argc > 3 ? std::atof(argv[3]) : 5,
                           argc > 4 ? argv[4] : "wal-sync", argc > 5 ? argv[5] : "1");
}
