// What shards say to each other: the only way from one shard's state to another's. Owns its strings; it
// crosses threads. Order between two shards is the order of posting (FIFO), on which catch-up before live
// delivery rests.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

/// A session as other shards name it: they answer to it, and never look inside.
struct SessionRef {
    ShardId shard;
    LinkId link;
};

/// Session shard -> owner shard of the conversations. One user's positions that this owner owns.
struct AttachMail {
    SessionRef session;
    std::string user, device;
    std::vector<Position> positions;
    bool complete = false;  ///< also name the user's conversations here that `positions` leaves out
};
/// Owner -> session shard. Frames are whole encoded WebSocket frames in log order; live fan-out of these
/// conversations follows behind.
struct AttachedMail {
    SessionRef session;
    struct Answer {
        ResumedPosition position;
        std::vector<std::string> frames;
    };
    std::vector<Answer> answers;
};
/// Session shard -> owner: no subscriber of this conversation is left here.
struct DetachMail {
    ShardId from;
    ConversationId conversation;
};
struct SendMail {
    SessionRef session;
    std::string user, device;
    ConversationId conversation;
    WireNumber number = 0;
    std::string body;
};
/// Any request that is answered by one frame to the session (create, add, history), and its ready-encoded
/// answer.
struct CreateMail {
    SessionRef session;
    RequestId id = 0;
    std::string creator, key;
    ConversationClass kind = ConversationClass::group;
    std::vector<std::string> members;
};
struct AddMail {
    SessionRef session;
    RequestId id = 0;
    std::string user;
    ConversationId conversation;
    std::vector<std::string> members;
};
struct HistoryMail {
    SessionRef session;
    RequestId id = 0;
    std::string user;
    ConversationId conversation;
    Sequence from = 1;
    std::uint32_t limit = 0;
};
struct AnswerMail {
    SessionRef session;
    std::string frame;  ///< one encoded WebSocket frame
};
/// Owner -> every shard with subscribers: one committed entry, encoded once.
struct FanOutMail {
    ConversationId conversation;
    Sequence sequence = 0;
    std::string frame;
    SessionRef
        sender;  ///< gets `ack` in the same place of its outbox instead of the frame; may be gone by now
    std::string ack;
};

using ShardMail = std::variant<AttachMail, AttachedMail, DetachMail, SendMail, CreateMail, AddMail,
                               HistoryMail, AnswerMail, FanOutMail>;

}  // namespace hubbub
