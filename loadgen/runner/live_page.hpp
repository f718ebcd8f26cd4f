// The live page of a run: a page in a browser that asks for what is new twice a second, and a button that
// stops the run. Owned by whoever plays the run; has the HTTP server's thread.
//
// Asking, not a stream of server-sent events: HttpServer answers with whole texts and has no half-sent
// answers, so there is no queue for a reader that is slow, nothing to bound, and a page that lost its
// connection needs nothing but to ask again.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "loadgen/runner/live_view.hpp"
#include "transport/http_server.hpp"

namespace hubbub {

struct LivePageOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;      ///< 0: the kernel chooses
    std::string token;           ///< whoever does not know it sees nothing; not empty
    std::function<void()> stop;  ///< asked for by the page; any thread
};

class LivePage {
  public:
    /// `view` must outlive it. Error: the address is taken or not valid.
    static Result<std::unique_ptr<LivePage>> start(LivePageOptions options, const LiveView& view);

    /// For the browser, token included.
    [[nodiscard]] std::string url() const;
    /// After the end: waits until a page that was looking has seen it, `longest` at most.
    void linger(Duration longest);

  private:
    LivePage(LivePageOptions options, const LiveView& view) : options_(std::move(options)), view_(view) {}
    HttpAnswer answer(const HttpRequest& request);
    HttpAnswer figures(std::string_view query);

    const LivePageOptions options_;
    const LiveView& view_;
    std::atomic<std::int64_t> last_asked_ms_{0};  ///< by the monotonic clock; 0: nobody ever did
    std::mutex lock_;                             ///< of seen_
    std::condition_variable somebody_saw_;
    bool seen_ = false;                 ///< the end
    std::unique_ptr<HttpServer> http_;  ///< last: its thread uses the others
};

}  // namespace hubbub
