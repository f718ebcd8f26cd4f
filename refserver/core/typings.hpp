// Who is typing where: told to the others when it begins and ends, and forgotten by itself.
// Owned by the owner side; its thread only. Nothing of it is stored.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "refserver/core/contacts.hpp"
#include "refserver/core/conversations.hpp"
#include "refserver/core/switchboard.hpp"

namespace hubbub {

class Typings {
  public:
    Typings(ShardContext& context, Switchboard& switchboard, Conversations& conversations, Contacts& contacts)
        : context_(context), switchboard_(switchboard), conversations_(conversations), contacts_(contacts) {}

    void take(const TypingMail& mail);
    void turn();
    [[nodiscard]] Time next_deadline() const {
        return deadlines_.empty() ? never : deadlines_.begin()->first;
    }

  private:
    /// Stays a while after its end, so that who flickers is heard once a limits::typing_gap.
    struct Typist {
        UserSlot user;
        bool on = false;
        Time until{}, told{};
    };
    struct Deadline {
        Conversation* conversation = nullptr;
        UserSlot user;
    };
    void tell(const Conversation& conversation, UserSlot user, bool on);
    void expire(const Deadline& deadline);

    ShardContext& context_;
    Switchboard& switchboard_;
    Conversations& conversations_;
    Contacts& contacts_;
    std::unordered_map<ConversationId, std::vector<Typist>> here_;  // looked up, never walked
    std::multimap<Time, Deadline> deadlines_;                       // one a typist, renewed when it comes
};

}  // namespace hubbub
