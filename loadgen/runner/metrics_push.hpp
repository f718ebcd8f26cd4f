// Tells a Pushgateway what the endpoint would tell Prometheus, for runs that are over before the next scrape.
// Owned by RunMetrics; has a thread of its own, so that a gateway that hangs never holds up the run.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "base/time.hpp"

namespace hubbub {

/// "/metrics/job/JOB/instance/INSTANCE" with every byte a Pushgateway could misread escaped (its README,
/// "URL": values with a slash, and empty ones, are base64).
std::string push_path(const std::string& job, const std::string& instance);

struct PushOptions {
    std::string url;  ///< of the gateway, without /metrics
    std::string job, instance;
    Duration every = std::chrono::seconds{10};
    Duration deadline = std::chrono::seconds{3};  ///< for one push; the end of the run waits for one at most
};

class MetricsPush {
  public:
    /// `text`: the exposition now; called on the thread. What fails is a warning, the first time and at the
    /// end.
    MetricsPush(PushOptions options, std::function<std::string()> text, Log& log);
    /// Pushes a last time.
    ~MetricsPush();
    MetricsPush(const MetricsPush&) = delete;
    MetricsPush& operator=(const MetricsPush&) = delete;

  private:
    void run();
    /// What went wrong; empty: nothing.
    std::string push() const;

    const PushOptions options_;
    const std::function<std::string()> text_;
    Log& log_;
    std::mutex mutex_;
    std::condition_variable ending_;
    bool end_ = false;
    std::thread thread_;  // last: it starts with everything above in place
};

}  // namespace hubbub
