// Where to listen and whom to dial: numeric addresses, and ws:// URLs resolved once, before the loops start.
// Values; any thread. resolve() blocks on the name service: never call it on a loop's thread.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace hubbub {

/// An IPv4 or IPv6 socket address.
class Address {
  public:
    Address() = default;
    Address(const sockaddr* address, socklen_t length);
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    [[nodiscard]] socklen_t size() const { return size_; }
    [[nodiscard]] int family() const { return storage_.ss_family; }
    [[nodiscard]] std::uint16_t port() const;
    /// "127.0.0.1:8080", "[::1]:8080"
    [[nodiscard]] std::string text() const;

  private:
    sockaddr_storage storage_{};
    socklen_t size_ = 0;
};

/// A numeric address ("127.0.0.1", "::1", "0.0.0.0") and a port; names are refused.
Result<Address> parse_address(const std::string& numeric, std::uint16_t port);
/// "host:port", "[::1]:port", ":port" (all addresses) -> address; names are looked up, which blocks, and IPv4
/// is taken before IPv6.
Result<Address> resolve_host_port(const std::string& text);
/// The address a socket is bound to.
Result<Address> local_address(int fd);

/// One target of a dialer: address, and what its upgrade request says.
struct Endpoint {
    Address address;
    std::string host;          ///< the Host header
    std::string target = "/";  ///< path and query
    std::vector<std::string> subprotocols;
    /// Further request headers (Origin, Cookie, Authorization, ...), sent as they are.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string name = {};  ///< host without port, as a certificate names it
    bool tls = false;       ///< wss://
};

/// ws://host[:port][/path][?query], or wss:// for TLS -> endpoint without subprotocols and headers. Of
/// several addresses of a name the first IPv4 one is taken, else the first. Errors: not a URL, unknown host.
Result<Endpoint> resolve(std::string_view url);
/// The same for http://host[:port][/path]; without TLS.
Result<Endpoint> resolve_http(std::string_view url);

}  // namespace hubbub
