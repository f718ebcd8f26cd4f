// Tokens for virtual users: the port through which the pure clients get them.
// Shared by all workers; implementations are immutable, any thread.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"

namespace hubbub {

class TokenMint {
  public:
    virtual ~TokenMint() = default;
    /// A fresh one for this user, good for lifetime() from `now`.
    [[nodiscard]] virtual std::string mint(std::string_view user, Time now) const = 0;
    [[nodiscard]] virtual Duration lifetime() const = 0;
    /// One that ends at `end`, a moment that end_from() gave.
    [[nodiscard]] virtual std::string mint_until(std::string_view user, Time now, Time end) const = 0;
    /// The first moment from `wanted` on at which a token can end: they count whole seconds.
    [[nodiscard]] virtual Time end_from(Time wanted, Time now) const = 0;
};

/// For a target without authentication: nothing.
inline std::string token_of(const TokenMint* mint, std::string_view user, Time now) {
    return mint ? mint->mint(user, now) : std::string();
}

}  // namespace hubbub
