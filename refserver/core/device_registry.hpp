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
    /// New members: their sessions are told by their shards.
    void introduce(const IntroduceMail& mail);
    /// Lists the user's sessions, or ends one.
    void sessions(const SessionsMail& mail);

  private:
    ShardContext& context_;
    Switchboard& switchboard_;
    struct Claim {
        std::string device;
        SessionRef session;
        Time at{};
    };
    std::vector<Claim>::iterator find(std::vector<Claim>& claims, std::string_view device);
    void answer(const SessionRef& session, const ServerMessage& message);

    NameMap<std::vector<Claim>> claims_;  // of each user, in the order of first sight
};

}  // namespace hubbub
