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

  private:
    std::shared_ptr<const ReusedSetup> reused_;
};

}  // namespace hubbub
