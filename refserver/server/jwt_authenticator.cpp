#include "refserver/server/jwt_authenticator.hpp"

namespace hubbub {

AuthVerdict JwtAuthenticator::check(std::string_view user, std::string_view token, Time now) const {
    const Duration unix_now = clock_->unix_time(now);
    auth::Verdict verdict =
        verifier_.check(token, std::chrono::floor<std::chrono::seconds>(unix_now).count());
    if (verdict.fault != TokenFault::none) return {verdict.fault, {}};
    if (verdict.claims.subject != user) return {TokenFault::subject, {}};
    // At most limits::token_lifetime_max: no overflow.
    const Time expires = now + (std::chrono::seconds(verdict.claims.expires) - unix_now);
    return {TokenFault::none, {expires, verdict.claims.issued, std::move(verdict.claims.id)}};
}

}  // namespace hubbub
