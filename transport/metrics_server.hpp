// Serves /metrics and other small pages over HTTP, beside the loops and never on their threads.
// Owned by main or a shell; has one thread of its own, on which all sources are asked.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "transport/http.hpp"

namespace prometheus {
class Collectable;
}

namespace hubbub {

class HttpServer;

/// What is served. Everything is called on the server's thread, so it reads counters that other threads
/// write: relaxed atomics or a copy under a lock.
struct MetricsSources {
    /// One page /metrics in the Prometheus text format 0.0.4. They must outlive the server; two of them must
    /// not name the same family.
    std::vector<const prometheus::Collectable*> collectables;
    /// Further GET pages by exact path ("/healthz").
    std::map<std::string, std::function<HttpAnswer()>> pages;
};

/// What /metrics answers: all collectables in Prometheus' text format.
std::string metrics_text(const std::vector<const prometheus::Collectable*>& collectables);

struct MetricsOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: the kernel chooses
    /// Scrapers are few; whoever opens more than this is hung up on.
    std::size_t connections_max = 16;
    /// For one request and its answer: a peer that dawdles frees its place.
    Duration deadline = std::chrono::seconds{10};
};

class MetricsServer {
  public:
    /// Listens and starts the thread. Error: the address is taken or not valid.
    static Result<std::unique_ptr<MetricsServer>> start(MetricsOptions options, MetricsSources sources);
    /// Hangs up on everyone and joins the thread.
    ~MetricsServer();
    MetricsServer(const MetricsServer&) = delete;
    MetricsServer& operator=(const MetricsServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;

  private:
    explicit MetricsServer(std::unique_ptr<HttpServer> http);
    std::unique_ptr<HttpServer> http_;
};

}  // namespace hubbub
