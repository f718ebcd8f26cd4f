// Whether a reply, an edit or an erase may be about the entry that it names.
// Owned by the owner side; its thread only. Plain texts never come here.
#pragma once

#include "refserver/core/conversations.hpp"

namespace hubbub {

class Targets {
  public:
    explicit Targets(Conversations& conversations) : conversations_(conversations) {}

    /// The entry must be a message (a text or a reply) that the user sees; who edits or erases it must have
    /// written it. Reads the store only where memory does not reach back so far. Errors: it could not.
    Result<bool> allowed(const Conversation& conversation, UserSlot user, SendOp op, Sequence target);
    /// What reactions ask: is it a message, and does the user see it?
    Result<bool> visible(const Conversation& conversation, UserSlot user, Sequence target);

  private:
    struct Message {
        UserSlot author;
        SendOp op = SendOp::text;
        [[nodiscard]] bool stands_alone() const { return op == SendOp::text || op == SendOp::reply; }
    };
    Result<std::optional<Message>> find(const Conversation& conversation, UserSlot user, Sequence target);

    Conversations& conversations_;
};

}  // namespace hubbub
