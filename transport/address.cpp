#include "transport/address.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/assert.hpp"
#include "transport/shown_url.hpp"

namespace hubbub {

Address::Address(const sockaddr* address, socklen_t length) : size_(length) {
    HUBBUB_ASSERT(length <= sizeof(storage_), "a socket address is larger than its storage");
    std::memcpy(&storage_, address, length);
}

std::uint16_t Address::port() const {
    if (family() == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_port);
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
}

std::string Address::text() const {
    char buffer[INET6_ADDRSTRLEN] = "?";
    if (family() == AF_INET6) {
        ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr, buffer,
                    sizeof(buffer));
        return "[" + std::string(buffer) + "]:" + std::to_string(port());
    }
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr, buffer, sizeof(buffer));
    return std::string(buffer) + ":" + std::to_string(port());
}

namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

Result<AddressList> look_up(const std::string& host, const std::string& port, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
    if (error != 0) return fail(host + ": " + ::gai_strerror(error));
    return AddressList(found, &::freeaddrinfo);
}

/// IPv4 first: servers on "localhost" mostly listen there, and source addresses 127.x are spread over it.
Address chosen_of(const addrinfo& found) {
    for (const addrinfo* each = &found; each != nullptr; each = each->ai_next)
        if (each->ai_family == AF_INET) return {each->ai_addr, each->ai_addrlen};
    return {found.ai_addr, found.ai_addrlen};
}

}  // namespace

Result<Address> parse_address(const std::string& numeric, std::uint16_t port) {
    auto found = look_up(numeric, std::to_string(port), AI_NUMERICHOST);
    if (!found) return fail("not a numeric address: " + numeric);
    return Address((*found)->ai_addr, (*found)->ai_addrlen);
}

Result<Address> resolve_host_port(const std::string& text) {
    const auto colon = text.rfind(':');
    const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
    const bool digits =
        !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || std::atoi(port.c_str()) > 65'535)
        return fail(text + ": expected host:port, the port 0 to 65535");
    std::string host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    if (host.empty()) host = "0.0.0.0";
    const auto found = look_up(host, port, 0);
    if (!found) return fail(text + ": " + found.error().message);
    return chosen_of(**found);
}

Result<Address> local_address(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
        return fail(std::string("getsockname: ") + std::strerror(errno));
    }
    return Address(reinterpret_cast<const sockaddr*>(&storage), size);
}

namespace {

/// What a URL may begin with, and how to say so.
struct Schemes {
    std::string plain, secure;  ///< secure empty: there is none
    std::string expected;
};

Result<Endpoint> resolve_url(std::string_view url, const Schemes& schemes) {
    const std::string shown = without_secrets(std::string(url));
    const auto parsed = boost::urls::parse_uri(boost::urls::string_view(url.data(), url.size()));
    if (!parsed) return fail(shown + ": not a URL (expected " + schemes.plain + "://host[:port]/path)");
    const std::string scheme(parsed->scheme());
    const bool tls = !schemes.secure.empty() && scheme == schemes.secure;
    if (scheme != schemes.plain && !tls) return fail(shown + ": expected " + schemes.expected);
    if (parsed->has_userinfo()) return fail(shown + ": user names in a URL are not supported, use headers");
    const std::string host = parsed->host_address();
    if (host.empty()) return fail(shown + ": the host is missing");
    const std::string port = parsed->has_port() ? std::string(parsed->port()) : tls ? "443" : "80";
    if (port.size() > 5 || std::atoi(port.c_str()) < 1 || std::atoi(port.c_str()) > 65'535) {
        return fail(shown + ": the port must be 1 to 65535");
    }

    auto found = look_up(host, port, 0);
    if (!found) return fail(shown + ": " + found.error().message);
    Endpoint endpoint;
    endpoint.address = chosen_of(**found);
    endpoint.tls = tls;
    endpoint.name = host;
    endpoint.host = std::string(parsed->encoded_host_and_port());
    endpoint.target = std::string(parsed->encoded_path());
    if (endpoint.target.empty()) endpoint.target = "/";
    if (parsed->has_query()) endpoint.target += "?" + std::string(parsed->encoded_query());
    return endpoint;
}

}  // namespace

Result<Endpoint> resolve(std::string_view url) {
    return resolve_url(url, {"ws", "wss", "ws://host[:port]/path, or wss:// for TLS"});
}

Result<Endpoint> resolve_http(std::string_view url) {
    return resolve_url(url, {"http", "", "http://host[:port]/path"});
}

}  // namespace hubbub
