#include "refserver/api/api_call.hpp"

#include <boost/json/serialize.hpp>

namespace hubbub {

int http_status(ErrorCode code) {
    switch (code) {
        case ErrorCode::bad_frame:
        case ErrorCode::bad_message:
            return 400;
        case ErrorCode::too_large:
            return 413;
        case ErrorCode::unauthenticated:
        case ErrorCode::expired:
        case ErrorCode::revoked:
            return 401;
        case ErrorCode::forbidden:
            return 403;
        case ErrorCode::out_of_order:
        case ErrorCode::already_sent:
        case ErrorCode::replaced:
            return 409;
        case ErrorCode::too_many_in_flight:
        case ErrorCode::rate_limited:
            return 429;
        case ErrorCode::unsupported:
            return 501;
        case ErrorCode::overloaded:
        case ErrorCode::read_only:
        case ErrorCode::going_away:
            return 503;
        case ErrorCode::unknown_outcome:
            return 504;
        default:
            return 500;
    }
}

HttpAnswer api_json(int status, const boost::json::object& body) {
    return {status, boost::json::serialize(body), "application/json"};
}

HttpAnswer api_error(ErrorCode code, std::string_view why, int status, std::uint32_t retry_after_ms) {
    boost::json::object body{{"t", "error"}, {"code", name(code)}, {"definite", traits(code).definite}};
    if (!why.empty()) body["why"] = why;
    if (retry_after_ms > 0) body["retry_after"] = retry_after_ms;
    HttpAnswer answer = api_json(status ? status : http_status(code), body);
    // Whole seconds, rounded up (RFC 9110 section 10.2.3).
    if (retry_after_ms > 0) answer.fields.add("Retry-After", std::to_string((retry_after_ms + 999) / 1000));
    return answer;
}

}  // namespace hubbub
