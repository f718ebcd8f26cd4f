// An HTTP/1.1 server whose answers may come later and from any thread: what the REST interface stands on.
// Owned by a shell; has one thread of its own, on which the handler is called.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "transport/http.hpp"

namespace hubbub {

struct HttpCall {
    HttpRequest request;
    std::string body;
};

struct HttpServerOptions {
    std::string name = "http";  ///< what errors call it
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  ///< 0: the kernel chooses
    /// Whoever opens more than this is hung up on.
    std::size_t connections_max = 1'024;
    std::size_t body_bytes_max = 64 * 1024;
    /// From the first byte waited for to a whole request: an idle kept connection, or a peer that dawdles.
    Duration read_max = std::chrono::seconds{15};
    /// For the handler; then `too_late` is answered.
    Duration answer_max = std::chrono::seconds{10};
    HttpAnswer too_late = {504, "no answer in time\n"};
    HttpAnswer too_large = {413, "the body is too large\n"};
};

class HttpServer {
  public:
    /// Takes the answer: once, from any thread; a second one, or one that comes too late, is dropped. It may
    /// outlive the server.
    using Answer = std::function<void(HttpAnswer)>;
    using Handler = std::function<void(HttpCall, Answer)>;

    /// Listens and starts the thread. Error: the address is taken or not valid.
    static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, Handler handler);
    /// Hangs up on everyone and joins the thread.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    /// Called on the server's thread soon; from any thread.
    void post(std::function<void()> work);

  private:
    struct Impl;
    explicit HttpServer(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;
};

}  // namespace hubbub
