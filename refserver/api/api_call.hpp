// One request on its way through the REST interface, and the answers that all routes give.
// Values of the interface's thread.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <string_view>

#include "protocol/error_code.hpp"
#include "transport/http_server.hpp"

namespace hubbub {

struct ApiCall {
    HttpCall http;
    std::map<std::string, std::string, std::less<>> path;   ///< what stands for {name}, percent-decoded
    std::map<std::string, std::string, std::less<>> query;  ///< percent-decoded; the last of equal names
    boost::json::object body;                               ///< of requests that have one
    std::string user, device;                               ///< whose request it is; empty for administrators
    bool admin = false;
    HttpServer::Answer answer;
};

/// Which HTTP status an error has: the table of docs/OPERATIONS.md.
int http_status(ErrorCode code);
/// {"t":"error","code":...,"definite":...} as the protocol has it, with `why` for people. `status`: 0: the
/// code's.
HttpAnswer api_error(ErrorCode code, std::string_view why, int status = 0, std::uint32_t retry_after_ms = 0);
HttpAnswer api_json(int status, const boost::json::object& body);

}  // namespace hubbub
