// Fan-out through the loop alone: one owner writes 1, 8 or 64 frames a turn to each of 1,000 links; a second
// loop on another thread reads them and throws them away. Prints `name value unit`. CPU-seconds are those of
// the sending thread; counts of system calls are exact, times on a shared machine are not.
#include <netinet/tcp.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "protocol/websocket.hpp"
#include "transport/loop.hpp"
#include "transport/monotonic_clock.hpp"

namespace hubbub {
namespace {

constexpr std::uint32_t link_count = 1000;
constexpr std::size_t payload_bytes = 128;

double thread_cpu_seconds() {
    timespec ts{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return static_cast<double>(ts.tv_sec) + static_cast<double>(ts.tv_nsec) * 1e-9;
}

/// Reads and forgets.
class Sink final : public LinkOwner {
  public:
    void opened(LinkId, std::uint64_t, Time) override {}
    void dial_failed(std::uint64_t token, LinkEnd why, int detail, Time) override {
        std::fprintf(stderr, "dial %llu: %s (%d)\n", static_cast<unsigned long long>(token),
                     std::string(name(why)).c_str(), detail);
        std::exit(1);
    }
    void received(LinkId, std::span<char>, Time) override {}
    void closed(LinkId, LinkEnd, Time) override {}
    void turn(Time) override {}
    [[nodiscard]] Time next_deadline() const override { return never; }
};

/// Sends `in_flight` frames to every link as soon as all earlier ones left, for `length`.
class Source final : public LinkOwner {
  public:
    Source(Loop& loop, std::size_t in_flight, Duration length)
        : loop_(loop), in_flight_(in_flight), length_(length) {}
    void opened(LinkId link, std::uint64_t, Time now) override {
        links_.push_back(link);
        if (links_.size() < link_count) return;
        end_ = now + length_;
        cpu_at_start = thread_cpu_seconds();
        sends_at_start = loop_.stats().sends.get();
    }
    void dial_failed(std::uint64_t, LinkEnd, int, Time) override {}
    void received(LinkId, std::span<char>, Time) override {}
    void closed(LinkId, LinkEnd, Time) override {}
    void turn(Time now) override {
        if (links_.size() < link_count) return;
        if (now >= end_) return loop_.stop();
        for (const LinkId link : links_) {
            if (loop_.queued_bytes(link) > 0) continue;  // this one's reader is behind
            for (std::size_t i = 0; i < in_flight_; ++i) {
                loop_.send(link, websocket_frame());
            }
            deliveries += in_flight_;
        }
    }
    [[nodiscard]] Time next_deadline() const override { return links_.size() < link_count ? never : Time{}; }

    std::uint64_t deliveries = 0;
    std::uint64_t sends_at_start = 0;
    double cpu_at_start = 0;

  private:
    /// A frame of its own for every message of a turn, shared by its recipients, as a server has them.
    const SharedBytes& websocket_frame() {
        if (frames_.empty()) {
            for (std::size_t i = 0; i < in_flight_; ++i) {
                frames_.push_back(
                    websocket::make_frame(websocket::Opcode::text, std::string(payload_bytes, 'x')));
            }
        }
        next_ = (next_ + 1) % frames_.size();
        return frames_[next_];
    }

    Loop& loop_;
    std::size_t in_flight_;
    Duration length_;
    std::vector<LinkId> links_;
    std::vector<SharedBytes> frames_;
    std::size_t next_ = 0;
    Time end_ = never;
};

/// Deliveries per CPU-second of plain send() over 1,000 connections, read by a thread with epoll.
double plain_send(std::size_t in_flight, Duration length) {
    const MonotonicClock clock;
    const Descriptor listening(::socket(AF_INET, SOCK_STREAM, 0));
    const Address any = *parse_address("127.0.0.1", 0);
    if (::bind(listening.get(), any.get(), any.size()) != 0 || ::listen(listening.get(), 128) != 0)
        std::exit(1);
    const Address address = *local_address(listening.get());
    Dialer dialer({Endpoint{address, "", "/", {}, {}}}, {*parse_address("127.0.0.2", 0)}, 0);
    Poller poller;
    std::vector<Descriptor> readers;
    std::vector<Descriptor> writers;
    for (std::uint32_t i = 0; i < link_count; ++i) {
        readers.push_back(std::move(*dialer.start(0)));
        writers.emplace_back(::accept(listening.get(), nullptr, nullptr));
        const int on = 1;
        ::setsockopt(writers.back().get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        poller.add(readers.back().get(), EPOLLIN, static_cast<std::uint64_t>(readers.back().get()));
    }
    std::atomic<bool> done{false};
    std::thread reader([&] {
        std::vector<char> buffer(limits::read_buffer_bytes);
        while (!done) {
            for (const epoll_event& event : poller.wait(std::chrono::milliseconds{10})) {
                if (::recv(static_cast<int>(event.data.u64), buffer.data(), buffer.size(), 0) < 0)
                    std::exit(1);
            }
        }
    });
    const std::string bytes(in_flight * (payload_bytes + 4), 'x');
    std::uint64_t deliveries = 0;
    const double start = thread_cpu_seconds();
    for (const Time end = clock.now() + length; clock.now() < end;) {
        for (const Descriptor& fd : writers) {
            if (::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0) deliveries += in_flight;
        }
    }
    const double cpu = thread_cpu_seconds() - start;
    done = true;
    reader.join();
    return static_cast<double>(deliveries) / cpu;
}

void fan_out(std::size_t in_flight, Duration length) {
    const double plain = plain_send(in_flight, length);
    const MonotonicClock clock;
    Loop server({}, clock);
    Source source(server, in_flight, length);
    server.set_owner(source);
    const auto port = server.listen("127.0.0.1", 0);
    if (!port) {
        std::fprintf(stderr, "%s\n", port.error().message.c_str());
        std::exit(1);
    }
    LoopOptions options;
    options.endpoints.push_back(*resolve("ws://127.0.0.1:" + std::to_string(*port) + "/chat"));
    options.sources.push_back(*parse_address("127.0.0.2", 0));  // leaves no TIME_WAIT on the server's side
    Loop client(options, clock);
    Sink sink;
    client.set_owner(sink);
    for (std::uint32_t i = 0; i < link_count; ++i) client.dial(i, 0);
    std::thread reader([&] { client.run(); });
    server.run();
    const double cpu = thread_cpu_seconds() - source.cpu_at_start;
    const auto sends = static_cast<double>(server.stats().sends.get() - source.sends_at_start);
    client.stop();
    reader.join();

    const auto deliveries = static_cast<double>(source.deliveries);
    const std::string name = "loop_fanout_1x1000_inflight_" + std::to_string(in_flight);
    std::printf("%s_deliveries_per_cpu_second %.0f 1/s %.2f\n", name.c_str(), deliveries / cpu,
                deliveries / cpu / plain);
    std::printf("plain_send_inflight_%zu_deliveries_per_cpu_second %.0f 1/s\n", in_flight, plain);
    std::printf("%s_cpu_per_million %.3f s\n", name.c_str(), cpu / deliveries * 1e6);
    std::printf("%s_sendmsg_per_delivery %.4f 1\n", name.c_str(), sends / deliveries);
    std::printf("%s_cpu_per_sendmsg %.2f us\n", name.c_str(), cpu / sends * 1e6);
}

}  // namespace
}  // namespace hubbub

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 2.0;
    const auto length = std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
    std::printf("loop_link_slot_bytes %zu B\n", sizeof(hubbub::LinkSlot));
    for (const std::size_t in_flight : {1, 8, 64}) hubbub::fan_out(in_flight, length);
}
