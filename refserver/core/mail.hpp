// What shards say to each other: the only way from one shard's state to another's. Owns its strings; it
// crosses threads. Order between two shards is the order of posting (FIFO), on which catch-up before live
// delivery rests.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "protocol/messages.hpp"
#include "refserver/core/revocations.hpp"

namespace hubbub {

/// A session as other shards name it: they answer to it, and never look inside.
struct SessionRef {
    ShardId shard;
    LinkId link;
    friend bool operator==(const SessionRef&, const SessionRef&) = default;
};

/// Tells a subscription of a shard from an earlier one of the same shard: an unsubscription that crosses a
/// newer attachment on its way names the older ticket, and does nothing.
using Ticket = std::uint64_t;

// ---- session shard -> owner shard of the conversations

/// A position of a resume; or the rest of one whose answer was cut.
struct AttachQuestion {
    Position position;
    /// The head that the first answer announced; 0: this is the first question. Above it, the device's own
    /// messages are live, thus acks.
    Sequence announced = 0;
};
/// One user's positions that this owner owns.
struct AttachMail {
    SessionRef session;
    std::string user, device;
    std::vector<AttachQuestion> positions;
    /// Also name the user's conversations here that `positions` leaves out, at their heads.
    bool complete = false;
};
/// No subscriber of this conversation is left here.
struct DetachMail {
    ShardId from;
    ConversationId conversation;
    Ticket ticket = 0;  ///< the newest that the shard has seen
};
struct SendMail {
    SessionRef session;
    std::string user, device;
    ConversationId conversation;
    WireNumber number = 0;
    std::string body;
    std::uint32_t refuse_for_ms = 0;  ///< see SendRequest
    SendOp op = SendOp::text;
    Sequence target = 0;
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
    std::string user, device;
    ConversationId conversation;
    Sequence from = 1;
    std::uint32_t limit = 0;
};
/// Watermarks of a device. Not answered.
struct ReceiptMail {
    std::string user, device;
    ConversationId conversation;
    Sequence delivered = 0, read = 0;
};
struct ListReceiptsMail {
    SessionRef session;
    RequestId id = 0;
    std::string user;
    ConversationId conversation;
};
/// Not answered.
struct TypingMail {
    std::string user;
    ConversationId conversation;
    bool on = true;
};
struct ReactMail {
    SessionRef session;
    RequestId id = 0;
    std::string user, device;
    ConversationId conversation;
    Sequence target = 0;
    std::string body;
    bool set = true;
};
struct ListReactionsMail {
    SessionRef session;
    RequestId id = 0;
    std::string user;
    ConversationId conversation;
    Sequence from = 1, until = 0;
};
// To a user's home:
struct ChangeContactMail {
    SessionRef session;
    RequestId id = 0;
    std::string user, other;
    ContactChange change = ContactChange::add;
};
struct ListContactsMail {
    SessionRef session;
    RequestId id = 0;
    std::string user;
};
/// A create of a direct conversation, on its way through the home of the one who is to be talked to.
struct PermitMail {
    CreateMail create;
    std::string other;
};
/// Home -> owner of a conversation: this member blocks the other from now on, or no longer.
struct BlockMail {
    ConversationId conversation;
    std::string user;
    bool on = true;
};
/// One device no longer listens to a conversation. Posted only while sabotage counts receivers.
struct LeftMail {
    SessionRef session;
    ConversationId conversation;
};

// ---- owner -> session shard

/// Frames are whole encoded WebSocket frames in log order; live fan-out of these conversations follows
/// behind.
struct AttachedMail {
    SessionRef session;
    ShardId owner;
    struct Answer {
        ResumedPosition position;
        /// From here live entries follow. 0: they do not, since it is forbidden, or since the rest is to be
        /// asked for.
        Ticket ticket = 0;
        bool cut = false;    ///< more entries than one answer may have bytes: ask on from `until`
        Sequence until = 0;  ///< frames reach up to here
        std::vector<std::string> frames;
    };
    /// Of the first `answers.size()` positions asked: the owner stops at limits of bytes, the rest is asked
    /// again. With `complete`: of the user's conversations.
    std::vector<Answer> answers;
    bool complete = false;
};
struct AnswerMail {
    SessionRef session;
    std::string frame;  ///< one encoded WebSocket frame
    /// Of a repeated ack: the entry it acknowledges, so that it cannot overtake that entry's place in the
    /// stream. 0: none.
    ConversationId conversation;
    Sequence sequence = 0;
};
/// Owner -> every shard with subscribers: one committed entry, encoded once.
struct FanOutMail {
    ConversationId conversation;
    Sequence sequence = 0;
    std::string frame;  ///< empty: the entry itself goes to nobody (sabotage)
    /// The sending device gets `ack` in the same place of its outbox instead of the frame, on whichever
    /// session it has by now. No device: the entry has no sender.
    std::string user, device;
    std::string ack;
    /// This device does not get it (sabotage).
    std::string hidden_user, hidden_device;
};

/// Owner -> shards with subscribers: something beside the log. It may be lost when queues are full.
struct WhisperMail {
    ConversationId conversation;
    std::string frame;
    std::string user;  ///< with a device: only to that one; without: to everybody but this user
    std::string device;
};

// ---- a user's home shard keeps which session each of its devices has

struct ClaimMail {
    SessionRef session;
    std::string user, device;
    /// Of the hello. Claims of two shards may arrive in another order than the hellos; the later hello wins.
    Time at{};
};
struct ReleaseMail {
    SessionRef session;
    std::string user, device;
};
/// Home -> session shard: the same device opened another session, or the user has too many.
struct ReplacedMail {
    SessionRef session;
    ErrorCode why = ErrorCode::replaced;
};

// ---- the server -> every shard

/// Tokens that count no more, from now on and for sessions that live by them.
struct RevokeMail {
    Revocation revocation;
};

using ShardMail =
    std::variant<AttachMail, AttachedMail, DetachMail, SendMail, CreateMail, AddMail, HistoryMail, LeftMail,
                 ReceiptMail, ListReceiptsMail, TypingMail, ReactMail, ListReactionsMail, WhisperMail,
                 ChangeContactMail, ListContactsMail, PermitMail, BlockMail, AnswerMail, FanOutMail,
                 ClaimMail, ReleaseMail, ReplacedMail, RevokeMail>;

}  // namespace hubbub
