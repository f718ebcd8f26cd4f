// One HTTP/1.1 request and its answer, blocking: for commands that talk to a running server.
// Called by a command; one thread.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "transport/http.hpp"

namespace hubbub {

/// `address`: numeric, or localhost. Error: which stage failed, and why.
Result<HttpAnswer> http_request(const std::string& address, std::uint16_t port, const HttpRequest& request,
                                const std::string& body, Duration deadline);

}  // namespace hubbub
