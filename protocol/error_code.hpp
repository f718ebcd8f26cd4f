// The errors of the protocol as one table: wire name, whether the operation certainly did not happen, whether
// to come back. Constants; any thread. docs/PROTOCOL.md is checked against this table by a test.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hubbub {

enum class ErrorCode : std::uint8_t {
    bad_frame,        ///< WebSocket framing broken
    bad_message,      ///< not a message of this protocol
    too_large,        ///< a limit of protocol/limits.hpp exceeded
    unauthenticated,  ///< no hello yet, or a bad one
    forbidden,        ///< absent and forbidden look the same
    out_of_order,     ///< n > last + 1
    already_sent,     ///< n too old to know its q
    too_many_in_flight,
    overloaded,       ///< a queue of the server is full
    unknown_outcome,  ///< the store failed: it may or may not have happened
    read_only,        ///< the shard stopped writing after a failed sync
    going_away,       ///< drain
    slow_reader,      ///< the outbox was full
    silent,           ///< no frame within the TTL
    replaced,         ///< the same device opened another session
    rate_limited,     ///< more than a token bucket allows
    expired,          ///< the token's time is over
    revoked,          ///< the session or its token was revoked
    unsupported,      ///< this server does not do that
    internal,
};

struct ErrorTraits {
    ErrorCode code;
    std::string_view name;     ///< on the wire
    bool definite;             ///< the operation certainly did not take effect
    bool may_reconnect;        ///< when it ends the connection: come back?
    std::uint16_t close_code;  ///< WebSocket close code: 3000-3499 come back, 3500-4999 do not; 1xxx as RFC
                               ///< 6455 section 7.4
    std::string_view meaning;  ///< for docs/PROTOCOL.md
};

inline constexpr std::array error_table = {
    ErrorTraits{ErrorCode::bad_frame, "bad_frame", true, false, 1002,
                "The WebSocket framing broke RFC 6455; the connection is closed."},
    ErrorTraits{ErrorCode::bad_message, "bad_message", true, false, 3500,
                "The message is not JSON, lacks a field or names an unknown type; the connection is closed."},
    ErrorTraits{
        ErrorCode::too_large, "too_large", true, false, 1009,
        "A limit was exceeded. A send or request whose fields exceed one is refused alone; a message that "
        "is too long as a whole closes the connection."},
    ErrorTraits{ErrorCode::unauthenticated, "unauthenticated", true, false, 3501,
                "The first message must be a valid hello."},
    ErrorTraits{ErrorCode::forbidden, "forbidden", true, true, 3010,
                "The conversation does not exist or you may not do this in it; the two look the same."},
    ErrorTraits{ErrorCode::out_of_order, "out_of_order", true, true, 3011,
                "n is larger than the last accepted n + 1; send the missing numbers first."},
    ErrorTraits{ErrorCode::already_sent, "already_sent", false, true, 3012,
                "n was accepted so long ago that its sequence number is no longer remembered; it was sent, "
                "do not send it again."},
    ErrorTraits{ErrorCode::too_many_in_flight, "too_many_in_flight", true, true, 3013,
                "More than 16 sends of this device in this conversation wait for an answer."},
    ErrorTraits{ErrorCode::overloaded, "overloaded", true, true, 3001,
                "A queue of the server is full; come back after retry_after."},
    ErrorTraits{ErrorCode::unknown_outcome, "unknown_outcome", false, true, 3002,
                "The store failed while the message was written: it happened zero or one time. Resume, then "
                "resend with the same n."},
    ErrorTraits{ErrorCode::read_only, "read_only", true, true, 3003,
                "The server stopped accepting writes after a failed sync, until it is restarted."},
    ErrorTraits{ErrorCode::going_away, "going_away", true, true, 3004,
                "The server drains; reconnect after the hinted time."},
    ErrorTraits{ErrorCode::slow_reader, "slow_reader", true, true, 3005,
                "You read too slowly and your outbox was full; reconnect and resume."},
    ErrorTraits{ErrorCode::silent, "silent", true, true, 3006,
                "Nothing was heard from you for the TTL of the welcome."},
    ErrorTraits{ErrorCode::replaced, "replaced", true, false, 3502,
                "The same device opened another session."},
    ErrorTraits{
        ErrorCode::rate_limited, "rate_limited", true, true, 3007,
        "More than this user, conversation or address may do in that time; come back after retry_after."},
    ErrorTraits{ErrorCode::expired, "expired", true, true, 3008,
                "The token's time is over; come back with a newer one."},
    ErrorTraits{ErrorCode::revoked, "revoked", true, false, 3503, "The session or its token was revoked."},
    ErrorTraits{ErrorCode::unsupported, "unsupported", true, true, 3014, "This server does not do that."},
    ErrorTraits{ErrorCode::internal, "internal", false, true, 1011,
                "A bug of the server; the outcome is unknown."},
};

constexpr const ErrorTraits& traits(ErrorCode code) {
    return error_table[static_cast<std::size_t>(code)];
}
constexpr std::string_view name(ErrorCode code) {
    return traits(code).name;
}

constexpr std::optional<ErrorCode> error_code_from(std::string_view wire_name) {
    for (const auto& row : error_table)
        if (row.name == wire_name) return row.code;
    return std::nullopt;
}

/// Whether a client may come back after this close code (RFC 6455 codes included).
constexpr bool may_reconnect_after(std::uint16_t close_code) {
    if (close_code >= 3000) return close_code < 3500;
    return close_code != 1002 && close_code != 1003 && close_code != 1007 && close_code != 1008 &&
           close_code != 1009 && close_code != 1010;
}

// The table is in the order of the codes, and a close code says the same about coming back as its row.
static_assert([] {
    for (std::size_t i = 0; i < error_table.size(); ++i)
        if (error_table[i].code != static_cast<ErrorCode>(i) ||
            error_table[i].may_reconnect != may_reconnect_after(error_table[i].close_code))
            return false;
    return true;
}());

}  // namespace hubbub
