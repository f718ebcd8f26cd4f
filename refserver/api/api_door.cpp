#include "refserver/api/api_door.hpp"

#include "protocol/token_limits.hpp"

namespace hubbub {

std::string_view bearer_of(const HttpFields& fields) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view given = fields.get("Authorization");
    return given.substr(0, scheme.size()) == scheme ? given.substr(scheme.size()) : std::string_view();
}

std::optional<HttpAnswer> ApiDoor::refuse(const ApiCall& call, Time now) {
    if (!authenticator_) return std::nullopt;
    const AuthVerdict verdict = authenticator_->check(call.user, bearer_of(call.http.request.fields), now);
    host_.api_figures().tokens[static_cast<std::size_t>(verdict.fault)].add();
    const auto refused = [](ErrorCode code) {
        HttpAnswer answer =
            api_error(code, "the header Authorization shows a token of this user: Bearer ...");
        answer.fields.add("WWW-Authenticate", "Bearer");  // RFC 6750 section 3
        return answer;
    };
    if (!verdict.accepted()) return refused(verdict.refusal());
    if (verdict.credentials.expires <= now) return refused(ErrorCode::expired);
    if (revocations_.covers(call.user, verdict.credentials)) return refused(ErrorCode::revoked);
    return std::nullopt;
}

void ApiDoor::revoke(const Revocation& revocation, Time now) {
    // A full list refuses nothing that it already knows; the shards, which have the same list, say so.
    (void)revocations_.add(revocation, now, now + limits::token_lifetime_max);
}

}  // namespace hubbub
