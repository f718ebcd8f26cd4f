// Who a request of the REST interface comes from, by the rules of `hello`: tokens, revocations, and how often
// a user may send. Owned by the Api; its thread only, its figures apart.
#pragma once

#include <memory>
#include <optional>

#include "refserver/api/api_call.hpp"
#include "refserver/api/api_host.hpp"
#include "refserver/core/rate_limit.hpp"
#include "refserver/core/revocations.hpp"

namespace hubbub {

class ApiDoor {
  public:
    ApiDoor(ApiHost& host, std::shared_ptr<const Authenticator> authenticator, Rate user_sends)
        : host_(host), authenticator_(std::move(authenticator)), user_sends_(user_sends) {}

    /// What the request is refused with; nothing: its user is who he says he is. Without an authenticator
    /// everybody is.
    [[nodiscard]] std::optional<HttpAnswer> refuse(const ApiCall& call, Time now);
    /// Takes one send of the user's. Zero: he may; else so long later. Only the owner knows whether the
    /// message is new, so it decides (SendMail::refuse_for_ms).
    [[nodiscard]] Duration take_send(const std::string& user, Time now) {
        return sends_.take(user, user_sends_, now);
    }
    void revoke(const Revocation& revocation, Time now);

  private:
    ApiHost& host_;
    const std::shared_ptr<const Authenticator> authenticator_;
    const Rate user_sends_;
    Revocations revocations_;
    RateTable sends_;
};

/// What follows `Bearer ` in the header Authorization (RFC 6750 section 2.1); empty: there is none.
std::string_view bearer_of(const HttpFields& fields);

}  // namespace hubbub
