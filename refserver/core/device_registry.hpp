// At a user's home shard: which session each of the user's devices has, so that a second one ends the first,
// whichever shards they are on. Owned by the Shard; its thread only.
#pragma once

#include "refserver/core/context.hpp"
#include "refserver/core/mail.hpp"
#include "refserver/core/names.hpp"

namespace hubbub {

class Switchboard;

class DeviceRegistry {
  public:
    DeviceRegistry(ShardContext& context, Switchboard& switchboard)
        : context_(context), switchboard_(switchboard) {}
    /// The later hello wins; the other session is told.
    void claim(const ClaimMail& mail);
    /// A session ended; a newer claim stays.
    void release(const ReleaseMail& mail);
    [[nodiscard]] std::size_t size() const { return claims_.size(); }

  private:
    ShardContext& context_;
    Switchboard& switchboard_;
    struct Claim {
        SessionRef session;
        Time at{};
    };
    void count(const ClaimMail& mail);
    void forget_one(const std::string& user);

    NameMap<Claim> claims_;
    NameMap<std::uint32_t> devices_;  // of each user; kept only under a limit
    std::string key_;
};

}  // namespace hubbub
