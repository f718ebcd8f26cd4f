// The tokens that a reused file lists for its users.
// Immutable; any thread.
#pragma once

#include <memory>

#include "loadgen/client/token_mint.hpp"
#include "loadgen/scenario/reused_setup.hpp"

namespace hubbub {

class ListedTokens final : public TokenMint {
  public:
    explicit ListedTokens(std::shared_ptr<const ReusedSetup> reused) : reused_(std::move(reused)) {}

    [[nodiscard]] std::string mint(std::string_view user, Time) const override {
        const auto index = reused_->user_from(user);
        return index && *index < reused_->tokens.size() ? reused_->tokens[*index] : std::string();
    }
    /// There is no newer one to renew them with.
    [[nodiscard]] Duration lifetime() const override { return std::chrono::hours{24 * 365}; }
    /// Nor one that ends sooner: `expire_tokens` is felt by nobody.
    [[nodiscard]] std::string mint_until(std::string_view user, Time now, Time) const override {
        return mint(user, now);
    }
    [[nodiscard]] Time end_from(Time wanted, Time) const override { return wanted; }

  private:
    std::shared_ptr<const ReusedSetup> reused_;
};

}  // namespace hubbub
