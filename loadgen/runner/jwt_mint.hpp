// Signs tokens for virtual users as the scenario's target.auth.jwt says.
// Made once, then immutable; any thread.
#pragma once

#include <memory>

#include "auth/token.hpp"
#include "base/wall_clock.hpp"
#include "loadgen/client/token_mint.hpp"
#include "loadgen/scenario/scenario.hpp"

namespace hubbub {

/// Null when the scenario names no authentication. Errors say what is wrong with the secret, never the
/// secret.
Result<std::shared_ptr<const TokenMint>> make_jwt_mint(const Target& target,
                                                       std::shared_ptr<const WallClock> clock);

}  // namespace hubbub
