// "host:port" on the command line to its parts.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace hubbub::cli {

struct HostPort {
    std::string host;
    std::uint16_t port = 0;
};

/// "127.0.0.1:8080", "[::1]:8080", ":8080" (loopback). Errors name the text and the expected form.
Result<HostPort> parse_host_port(const std::string& text);

}  // namespace hubbub::cli
