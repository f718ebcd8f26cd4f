// Who may say that he is this user: the port through which the core asks, and what it hears.
// Shared by all shards of a server; implementations are immutable and may be called by any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "protocol/error_code.hpp"
#include "protocol/token_fault.hpp"

namespace hubbub {

/// What a session knows of the token that it lives by.
struct Credentials {
    Time expires = never;
    std::int64_t issued = 0;  ///< seconds since 1970; 0: not said, so every revocation by time covers it
    std::string id;           ///< jti; empty: none
};

struct AuthVerdict {
    TokenFault fault = TokenFault::none;
    Credentials credentials;
    [[nodiscard]] bool accepted() const { return fault == TokenFault::none; }
    /// What the client hears of a fault.
    [[nodiscard]] ErrorCode refusal() const {
        return fault == TokenFault::expired ? ErrorCode::expired : ErrorCode::unauthenticated;
    }
};

class Authenticator {
  public:
    virtual ~Authenticator() = default;
    /// `now`: of the caller's time line, on which `expires` will be.
    [[nodiscard]] virtual AuthVerdict check(std::string_view user, std::string_view token,
                                            Time now) const = 0;
};

}  // namespace hubbub
