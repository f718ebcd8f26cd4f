// What `hubbub proxy` runs: the loop on a thread of its own, and the HTTP interface.
// Owned by the command or a test; its thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "chaos/proxy/proxy_api.hpp"
#include "chaos/proxy/proxy_limits.hpp"
#include "transport/monotonic_clock.hpp"

namespace hubbub {

struct ProxyServerOptions {
    std::string api_address = "127.0.0.1";
    std::uint16_t api_port = 8474;  ///< 0: the kernel chooses
    std::uint64_t seed = 1;         ///< of toxicities and jitters
    std::size_t window = limits::proxy_window_bytes;
    std::size_t connections_max = 0;
    std::vector<ProxyWish> proxies;  ///< to begin with
};

class ProxyServer {
  public:
    /// Error: an address is taken, not valid or not known.
    static Result<std::unique_ptr<ProxyServer>> start(const ProxyServerOptions& options, Log& log);
    /// Drops all connections.
    ~ProxyServer();
    ProxyServer(const ProxyServer&) = delete;
    ProxyServer& operator=(const ProxyServer&) = delete;

    [[nodiscard]] std::uint16_t api_port() const { return http_->port(); }

  private:
    ProxyServer(const ProxyServerOptions& options, Log& log);

    MonotonicClock clock_;
    ProxyLoop loop_;
    ProxyTable table_;
    ProxyApi api_;
    std::unique_ptr<HttpServer> http_;
    std::thread thread_;
};

}  // namespace hubbub
