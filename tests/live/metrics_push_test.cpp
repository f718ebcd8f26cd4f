#include "loadgen/runner/metrics_push.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "transport/http_server.hpp"

namespace hubbub::test {
namespace {

using namespace std::chrono_literals;

class Remembering final : public Log {
  public:
    void write(LogLevel level, std::string_view message) override {
        const std::lock_guard lock(mutex_);
        if (level == LogLevel::warn) warnings_.emplace_back(message);
    }
    std::vector<std::string> warnings() {
        const std::lock_guard lock(mutex_);
        return warnings_;
    }

  private:
    std::mutex mutex_;
    std::vector<std::string> warnings_;
};

TEST(MetricsPush, EscapesTheGroupAsThePushgatewayReadsIt) {
    EXPECT_EQ(push_path("hubbub", "ci"), "/metrics/job/hubbub/instance/ci");
    EXPECT_EQ(push_path("hubbub", "a run, 100 %?"), "/metrics/job/hubbub/instance/a%20run%2C%20100%20%25%3F");
    // README of the Pushgateway: values with a slash are base64, the empty one is "=".
    EXPECT_EQ(push_path("directory_cleaner", "/var/tmp"),
              "/metrics/job/directory_cleaner/instance@base64/L3Zhci90bXA");
    EXPECT_EQ(push_path("hubbub", ""), "/metrics/job/hubbub/instance@base64/=");
    EXPECT_EQ(push_path("hubbub", ".."), "/metrics/job/hubbub/instance@base64/Li4");
    EXPECT_EQ(push_path("hubbub", "\xc3\xa4"), "/metrics/job/hubbub/instance/%C3%A4");
}

TEST(MetricsPush, WarnsOnceAndAtTheEndOfAGatewayThatIsAway) {
    Remembering log;
    {
        MetricsPush push(
            {"http://127.0.0.1:1", "hubbub", "here", 1ms, 1s}, [] { return "x 1\n"; }, log);
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (log.warnings().empty() && std::chrono::steady_clock::now() < deadline)
            std::this_thread::yield();
    }
    const auto warnings = log.warnings();
    ASSERT_EQ(warnings.size(), 2U);
    EXPECT_NE(warnings[0].find("no metrics pushed to http://127.0.0.1:1: "), std::string::npos)
        << warnings[0];
    EXPECT_NE(warnings[0].find("tries again"), std::string::npos);
}

TEST(MetricsPush, PutsTheLastStateAtTheEnd) {
    std::mutex mutex;
    std::vector<HttpRequest> requests;
    std::string body;
    HttpServerOptions options;
    options.name = "gateway";
    auto server = HttpServer::start(std::move(options), [&](const HttpCall& call, const auto& answer) {
        const std::lock_guard lock(mutex);
        requests.push_back(call.request);
        body = call.body;
        answer({202, ""});
    });
    ASSERT_TRUE(server.has_value());
    Remembering log;
    std::string text = "x 1\n";
    {
        const std::string url = "http://localhost:" + std::to_string((*server)->port()) + "/behind/a/proxy/";
        MetricsPush push(
            {url, "hubbub", "here", 1h, 10s}, [&text] { return text; }, log);
        text = "x 2\n";
    }
    EXPECT_TRUE(log.warnings().empty());
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests[0].method, "PUT");
    EXPECT_EQ(requests[0].target, "/behind/a/proxy/metrics/job/hubbub/instance/here");
    EXPECT_EQ(body, "x 2\n");
}

}  // namespace
}  // namespace hubbub::test
