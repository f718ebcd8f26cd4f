#include "refserver/core/admission.hpp"

#include "protocol/token_limits.hpp"

namespace hubbub {

std::optional<ErrorCode> Admission::refusal_of(std::string_view user, const AuthVerdict& verdict) {
    context_.counters.auth(verdict.fault);
    if (!verdict.accepted()) return verdict.refusal();
    if (verdict.credentials.expires <= context_.now) return ErrorCode::expired;
    if (revocations_.covers(user, verdict.credentials)) return ErrorCode::revoked;
    return std::nullopt;
}

std::optional<std::unique_ptr<Credentials>> Admission::admit(Connection& connection, const Hello& hello) {
    if (!context_.options.authenticator) return std::unique_ptr<Credentials>();
    AuthVerdict verdict = context_.options.authenticator->check(hello.user, hello.token, context_.now);
    if (const auto refusal = refusal_of(hello.user, verdict)) {
        connections_.end(connection, *refusal);
        return std::nullopt;
    }
    return std::make_unique<Credentials>(std::move(verdict.credentials));
}

void Admission::refresh(Connection& connection, const RefreshToken& refresh) {
    Session& session = *connection.session;
    if (context_.options.authenticator) {
        AuthVerdict verdict =
            context_.options.authenticator->check(session.user, refresh.token, context_.now);
        if (const auto refusal = refusal_of(session.user, verdict)) {
            context_.counters.reject(*refusal);
            connections_.send(connection, context_.frame_of(Rejected{.code = *refusal, .id = refresh.id}));
            return;
        }
        context_.counters.tokens_renewed.add();
        *session.credentials = std::move(verdict.credentials);
        connections_.watch_expiry(connection);
    }
    connections_.send(connection, context_.frame_of(Done{.id = refresh.id}));
}

/// One pass over all connections: about 10 ns each, and revocations are rare.
void Admission::revoke(const Revocation& revocation) {
    if (!context_.options.authenticator) return;
    if (!revocations_.add(revocation, context_.now, context_.now + limits::token_lifetime_max))
        context_.log.error("the list of revocations is full: one was noted for live sessions only");
    for (std::size_t slot = 0; slot < connections_.slots(); ++slot) {
        Connection* const connection = connections_.at(slot);
        if (!connection || !connection->session || !connection->listening()) continue;
        const Session& session = *connection->session;
        if (!covers(revocation, session.user, *session.credentials)) continue;
        context_.counters.sessions_revoked.add();
        connections_.end(*connection, ErrorCode::revoked);
    }
}

}  // namespace hubbub
