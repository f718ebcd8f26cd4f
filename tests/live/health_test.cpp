#include "refserver/server/health.hpp"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/live/http_client.hpp"
#include "tests/live/live_run.hpp"

namespace hubbub::test {
namespace {

TEST(Health, IsReadyOnlyWhileItServesAndTakesWrites) {
    Health health;
    EXPECT_EQ(health.ready(false).status, 503) << "starting";
    health.enter(Health::Stage::serving);
    EXPECT_EQ(health.ready(false).status, 200);
    EXPECT_EQ(health.ready(true).status, 503) << "read-only";
    EXPECT_NE(health.ready(true).body.find("read-only"), std::string::npos);
    health.enter(Health::Stage::draining);
    EXPECT_EQ(health.ready(false).status, 503) << "draining";
    EXPECT_EQ(Health::alive().status, 200);
}

/// Stops the server's start at the line that says the store is being opened.
class HoldingLog final : public Log {
  public:
    void write(LogLevel, std::string_view text) override {
        if (text.rfind("opening the store", 0) != 0) return;
        opening.set_value();
        go_on.get_future().wait();
    }
    std::promise<void> opening, go_on;
};

std::uint16_t free_port() {
    boost::asio::io_context context;
    boost::asio::ip::tcp::acceptor probe(context, {boost::asio::ip::make_address("127.0.0.1"), 0});
    return probe.local_endpoint().port();
}

TEST(Health, AnswersWhileTheStoreIsStillBeingOpened) {
    HoldingLog log;
    TemporaryFolder folder;
    ServerConfig config;
    config.data = folder.path() + "/db";
    config.metrics_address = "127.0.0.1";
    config.metrics_port = free_port();
    std::unique_ptr<Server> server;
    std::thread starting([&] {
        auto started = Server::start(config, log);
        ASSERT_TRUE(started.has_value()) << started.error().message;
        server = std::move(*started);
    });
    log.opening.get_future().wait();
    EXPECT_EQ(http(config.metrics_port, "GET", "/healthz").status, 200U);
    const HttpReply early = http(config.metrics_port, "GET", "/readyz");
    EXPECT_EQ(early.status, 503U);
    EXPECT_NE(early.body.find("starting"), std::string::npos);
    EXPECT_EQ(http(config.metrics_port, "GET", "/metrics").status, 200U);
    log.go_on.set_value();
    starting.join();
    ASSERT_TRUE(server);
    EXPECT_EQ(http(config.metrics_port, "GET", "/readyz").status, 200U);
    EXPECT_EQ(http(server->port(), "GET", "/readyz").status, 200U) << "the chat's own port answers too";
    const std::string figures = http(config.metrics_port, "GET", "/metrics").body;
    EXPECT_NE(figures.find("hubbub_server_connections"), std::string::npos);
}

}  // namespace
}  // namespace hubbub::test
