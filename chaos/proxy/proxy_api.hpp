// The proxy's HTTP interface, which Toxiproxy's clients can use as it is: same paths, same JSON.
// Owned by the proxy's shell; called on the HTTP server's thread. Whatever touches proxies is posted to their
// loop.
#pragma once

#include <functional>
#include <string>

#include "chaos/proxy/proxy_table.hpp"
#include "transport/http_server.hpp"

namespace hubbub {

class ProxyApi {
  public:
    /// All must outlive it.
    ProxyApi(ProxyLoop& loop, ProxyTable& table) : loop_(loop), table_(table) {}
    void handle(const HttpCall& call, HttpServer::Answer answer);

    /// What a request asks for, read and checked; done on the loop's thread.
    using Deed = std::function<HttpAnswer(ProxyTable& table, ProxyLoop& loop, Time now)>;

  private:
    ProxyLoop& loop_;
    ProxyTable& table_;
};

HttpAnswer proxy_error(const ProxyError& error);

}  // namespace hubbub
