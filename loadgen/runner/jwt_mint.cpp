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
        const std::int64_t issued = clock_->unix_seconds(now);
        return signed_for(user, issued, issued + std::chrono::floor<std::chrono::seconds>(lifetime_).count());
    }
    [[nodiscard]] Duration lifetime() const override { return lifetime_; }
    [[nodiscard]] std::string mint_until(std::string_view user, Time now, Time end) const override {
        // Rounded: the time of day may have been slewed since the moment was chosen.
        const auto ends = std::chrono::round<std::chrono::seconds>(clock_->unix_time(now) + (end - now));
        return signed_for(user, clock_->unix_seconds(now), ends.count());
    }
    [[nodiscard]] Time end_from(Time wanted, Time now) const override {
        const Duration day = clock_->unix_time(now) + (wanted - now);
        return wanted + (std::chrono::ceil<std::chrono::seconds>(day) - day);
    }

  private:
    [[nodiscard]] std::string signed_for(std::string_view user, std::int64_t issued,
                                         std::int64_t expires) const {
        auth::Claims claims;
        claims.subject = user;
        claims.issuer = issuer_;
        if (!audience_.empty()) claims.audience = {audience_};
        claims.issued = issued;
        claims.expires = expires;
        auto token = auth::sign(key_, claims);
        HUBBUB_ASSERT(token.has_value(), "a secret that was checked signs names of the plan");
        return std::move(*token);
    }

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
