// The server's authentication by signed tokens (auth/), on the port of the core.
// Made once, then immutable; any thread.
#pragma once

#include <memory>

#include "auth/token.hpp"
#include "base/wall_clock.hpp"
#include "refserver/core/authenticator.hpp"

namespace hubbub {

class JwtAuthenticator final : public Authenticator {
  public:
    JwtAuthenticator(auth::Verifier verifier, std::shared_ptr<const WallClock> clock)
        : verifier_(std::move(verifier)), clock_(std::move(clock)) {}
    [[nodiscard]] AuthVerdict check(std::string_view user, std::string_view token, Time now) const override;

  private:
    auth::Verifier verifier_;
    std::shared_ptr<const WallClock> clock_;
};

}  // namespace hubbub
