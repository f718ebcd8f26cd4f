#include "loadgen/runner/jwt_mint.hpp"

#include "base/assert.hpp"

namespace hubbub {
namespace {

class JwtMint final : public TokenMint {
  public:
    JwtMint(auth::Key key, const JwtTarget& target, std::shared_ptr<const WallClock> clock)
        : key_(std::move(key)),
          lifetime_(target.lifetime),
          audience_(target.audience),
          issuer_(target.issuer),
          clock_(std::move(clock)) {}

    [[nodiscard]] std::string mint(std::string_view user, Time now) const override {
        auth::Claims claims;
        claims.subject = user;
        claims.issuer = issuer_;
        if (!audience_.empty()) claims.audience = {audience_};
        claims.issued = clock_->unix_seconds(now);
        claims.expires = claims.issued + std::chrono::floor<std::chrono::seconds>(lifetime_).count();
        auto token = auth::sign(key_, claims);
        HUBBUB_ASSERT(token.has_value(), "a secret that was checked signs names of the plan");
        return std::move(*token);
    }
    [[nodiscard]] Duration lifetime() const override { return lifetime_; }

  private:
    auth::Key key_;
    Duration lifetime_;
    std::string audience_, issuer_;
    std::shared_ptr<const WallClock> clock_;
};

}  // namespace

Result<std::shared_ptr<const TokenMint>> make_jwt_mint(const Target& target,
                                                       std::shared_ptr<const WallClock> clock) {
    if (!target.jwt) return std::shared_ptr<const TokenMint>();
    auto key =
        auth::make_key(target.jwt->key_id, auth::Algorithm::hs256, target.jwt->secret, auth::KeyUse::sign);
    if (!key) return fail("target.auth.jwt: " + key.error().message);
    return std::shared_ptr<const TokenMint>(
        std::make_shared<JwtMint>(std::move(*key), *target.jwt, std::move(clock)));
}

}  // namespace hubbub
