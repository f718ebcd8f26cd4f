#include "chaos/proxy/proxy_server.hpp"

#include <utility>

namespace hubbub {

ProxyServer::ProxyServer(const ProxyServerOptions& options, Log& log)
    : loop_(clock_, options.window, options.connections_max),
      table_(loop_, options.seed, log),
      api_(loop_, table_) {}

Result<std::unique_ptr<ProxyServer>> ProxyServer::start(const ProxyServerOptions& options, Log& log) {
    std::unique_ptr<ProxyServer> server(new ProxyServer(options, log));
    for (const ProxyWish& wish : options.proxies) {
        auto resolved = look_up(wish);
        if (!resolved) return fail("proxy " + wish.name.value_or("") + ": " + resolved.error().message);
        const auto made = server->table_.create(std::move(*resolved), server->clock_.now());
        if (!made) return fail("proxy " + wish.name.value_or("") + ": " + made.error().message);
    }
    HttpServerOptions http;
    http.name = "api";
    http.address = options.api_address;
    http.port = options.api_port;
    http.body_bytes_max = limits::proxy_api_body_bytes_max;
    // A fault that resets ten thousand connections takes a second, on a busy machine many.
    http.answer_max = std::chrono::seconds{60};
    http.too_large = proxy_error({413, "bad request body: it is too large"});
    http.too_late = proxy_error({504, "no answer in time"});
    ProxyApi& api = server->api_;
    auto started = HttpServer::start(
        std::move(http),
        [&api](const HttpCall& call, HttpServer::Answer answer) { api.handle(call, std::move(answer)); });
    if (!started) return started.error();
    server->http_ = std::move(*started);
    server->thread_ = std::thread([&loop = server->loop_] { loop.run(); });
    return server;
}

ProxyServer::~ProxyServer() {
    http_.reset();
    loop_.stop();
    if (thread_.joinable()) thread_.join();
    table_.clear();
}

}  // namespace hubbub
