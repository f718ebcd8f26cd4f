// Tokens that are no longer accepted although their time is not over. Each shard has its own copy, told by
// mail. Owned by the session side; its thread only.
#pragma once

#include "refserver/core/authenticator.hpp"
#include "refserver/core/names.hpp"

namespace hubbub {

/// One token by its id, or all of a user's that were issued at `issued_until` or before. Exactly one of `id`
/// and `user` is given.
struct Revocation {
    std::string id;
    std::string user;
    std::int64_t issued_until = 0;  ///< seconds since 1970
};

class Revocations {
  public:
    /// Kept until `forget_at`: by then every token that it could cover has ended. A list that is full
    /// (limits::revocations_max) forgets nothing that still counts: false, and nothing was noted.
    [[nodiscard]] bool add(const Revocation& revocation, Time now, Time forget_at);
    [[nodiscard]] bool covers(std::string_view user, const Credentials& credentials) const;
    [[nodiscard]] std::size_t size() const { return ids_.size() + users_.size(); }

  private:
    void forget_old(Time now);

    struct User {
        std::int64_t issued_until = 0;
        Time forget_at{};
    };
    NameMap<Time> ids_;
    NameMap<User> users_;
};

/// Whether this one covers these credentials, for those that are live when it comes.
bool covers(const Revocation& revocation, std::string_view user, const Credentials& credentials);

}  // namespace hubbub
