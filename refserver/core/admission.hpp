// Who may have a session, and for how long: asks the authenticator, keeps revocations, takes new tokens on
// live connections. Owned by the session side; its thread only.
#pragma once

#include "refserver/core/connection.hpp"
#include "refserver/core/context.hpp"
#include "refserver/core/revocations.hpp"

namespace hubbub {

class Admission {
  public:
    Admission(ShardContext& context, Connections& connections)
        : context_(context), connections_(connections) {}

    /// What the session of this hello lives by; nothing: it was refused, and the connection is ended.
    /// Without an authenticator everybody is who he says he is, and null is held.
    [[nodiscard]] std::optional<std::unique_ptr<Credentials>> admit(Connection& connection,
                                                                    const Hello& hello);
    /// A refused token changes nothing: the session goes on until its own ends.
    void refresh(Connection& connection, const RefreshToken& refresh);
    /// From now on; sessions that live by such a token end at once.
    void revoke(const Revocation& revocation);

  private:
    std::optional<ErrorCode> refusal_of(std::string_view user, const AuthVerdict& verdict);

    ShardContext& context_;
    Connections& connections_;
    Revocations revocations_;
};

}  // namespace hubbub
