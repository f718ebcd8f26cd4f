// The REST interface: the protocol's operations as HTTP requests, and what administrators do
// (docs/openapi.yaml). Owned by the server's shell; has one thread of its own. deliver() from any thread.
#pragma once

#include <memory>

#include "refserver/api/api_host.hpp"
#include "refserver/core/authenticator.hpp"
#include "refserver/core/rate_limit.hpp"

namespace hubbub {

struct ApiOptions {
    std::string address;
    std::uint16_t port = 0;
    /// What administrators show as bearer token. Empty: only the loopback interface has their routes.
    std::string admin_token;
    std::shared_ptr<const Authenticator> authenticator;  ///< null: users are who they say they are
    Rate user_sends;                                     ///< of a user, by this interface
};

class Api {
  public:
    /// `host` must outlive it.
    static Result<std::unique_ptr<Api>> start(const ApiOptions& options, ApiHost& host);
    ~Api();
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    /// A mail of a shard to the interface. False when too many wait: the shard keeps it and tries again.
    bool deliver(ShardMail&& mail);
    [[nodiscard]] std::uint16_t port() const;

  private:
    struct Impl;
    explicit Api(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
