#include "transport/metrics_server.hpp"

#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <sys/socket.h>

#include <string>

#include "transport/address.hpp"
#include "transport/descriptor.hpp"

namespace hubbub {
namespace {

/// A blocking peer, as curl is.
class Peer {
  public:
    explicit Peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const auto address = parse_address("127.0.0.1", port);
        EXPECT_EQ(::connect(fd_.get(), address->get(), address->size()), 0);
    }
    void say(std::string_view bytes) {
        EXPECT_GT(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), 0);
    }
    /// Until the server hangs up.
    std::string hear_all() {
        return hear_until([](const std::string&) { return false; });
    }
    std::string hear_until(const std::function<bool(const std::string&)>& enough) {
        std::string out;
        char buffer[4096];
        while (!enough(out)) {
            const auto got = ::recv(fd_.get(), buffer, sizeof(buffer), 0);
            if (got <= 0) break;
            out.append(buffer, static_cast<std::size_t>(got));
        }
        return out;
    }

  private:
    Descriptor fd_;
};

std::string get(std::uint16_t port, const std::string& path) {
    Peer peer(port);
    peer.say("GET " + path + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    return peer.hear_all();
}

std::unique_ptr<MetricsServer> started(MetricsSources sources, MetricsOptions options = {}) {
    auto server = MetricsServer::start(options, std::move(sources));
    EXPECT_TRUE(server.has_value());
    return std::move(*server);
}

TEST(MetricsServer, ServesTheSumOfItsSourcesInTheTextFormat) {
    prometheus::Registry first;
    prometheus::Registry second;
    auto& sent = prometheus::BuildCounter().Name("hubbub_sent_total").Help("Sends").Register(first).Add({});
    prometheus::BuildCounter().Name("hubbub_lost_total").Help("Losses").Register(second).Add({}).Increment(3);
    const auto server = started({{&first, &second}, {}});
    sent.Increment(2);
    const std::string answer = get(server->port(), "/metrics");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("Content-Type: text/plain; version=0.0.4"), std::string::npos);
    EXPECT_NE(answer.find("# TYPE hubbub_sent_total counter\nhubbub_sent_total 2\n"), std::string::npos)
        << answer;
    EXPECT_NE(answer.find("hubbub_lost_total 3\n"), std::string::npos);
    sent.Increment();
    EXPECT_NE(get(server->port(), "/metrics").find("hubbub_sent_total 3\n"), std::string::npos)
        << "collected anew";
}

TEST(MetricsServer, ServesPagesAndRefusesTheRest) {
    MetricsSources sources;
    sources.pages["/healthz"] = [] { return HttpAnswer{503, "draining\n", "text/plain"}; };
    const auto server = started(std::move(sources));
    const std::string page = get(server->port(), "/healthz?x=1");
    EXPECT_TRUE(page.starts_with("HTTP/1.1 503 ")) << page;
    EXPECT_TRUE(page.ends_with("\r\n\r\ndraining\n"));
    EXPECT_TRUE(get(server->port(), "/other").starts_with("HTTP/1.1 404 "));
    Peer peer(server->port());
    peer.say("DELETE /metrics HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(peer.hear_all().starts_with("HTTP/1.1 405 "));
}

TEST(MetricsServer, KeepsTheConnectionOfAScraperThatWantsIt) {
    MetricsSources sources;
    sources.pages["/page"] = [] { return HttpAnswer{200, "the page"}; };
    const auto server = started(std::move(sources));
    Peer peer(server->port());
    for (int i = 0; i < 3; ++i) {
        peer.say("GET /page HTTP/1.1\r\nHost: here\r\n\r\n");
        const auto answer = peer.hear_until([](const std::string& got) { return got.ends_with("the page"); });
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    }
}

TEST(MetricsServer, HangsUpOnGarbageAndOnAnEndlessHead) {
    const auto server = started({});
    Peer garbage(server->port());
    garbage.say("\x16\x03\x01 garbage\r\n\r\n");
    EXPECT_EQ(garbage.hear_all(), "");
    Peer endless(server->port());
    endless.say("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'));
    EXPECT_EQ(endless.hear_all(), "");
}

TEST(MetricsServer, HangsUpOnPeersBeyondItsBound) {
    MetricsOptions options;
    options.connections_max = 1;
    MetricsSources sources;
    sources.pages["/page"] = [] { return HttpAnswer{200, "the page"}; };
    const auto server = started(std::move(sources), options);
    Peer first(server->port());
    first.say("GET /page HTTP/1.1\r\nHost: here\r\n\r\n");
    first.hear_until([](const std::string& got) { return got.ends_with("the page"); });
    Peer second(server->port());
    EXPECT_EQ(second.hear_all(), "");
}

TEST(MetricsServer, APeerThatDawdlesLosesItsPlace) {
    MetricsOptions options;
    options.deadline = std::chrono::milliseconds{1};
    const auto server = started({}, options);
    Peer silent(server->port());
    EXPECT_EQ(silent.hear_all(), "");
}

TEST(MetricsServer, StopsWhileAPeerWaits) {
    auto server = started({});
    Peer waiting(server->port());
    waiting.say("GET /metr");
    server.reset();
    EXPECT_EQ(waiting.hear_all(), "");
}

TEST(MetricsServer, SaysWhyItCannotListen) {
    const auto server = started({});
    MetricsOptions taken;
    taken.port = server->port();
    const auto second = MetricsServer::start(taken, {});
    ASSERT_FALSE(second.has_value());
    EXPECT_NE(second.error().message.find(std::to_string(server->port())), std::string::npos);
    MetricsOptions named;
    named.address = "no address";
    EXPECT_FALSE(MetricsServer::start(named, {}).has_value());
}

}  // namespace
}  // namespace hubbub
