// What client and server say about logs: who is there, what was said, where one stands.
// Values that borrow their strings from the codec's input or scratch: use them before the next decode.
// One thread. messages.hpp has the whole.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "protocol/error_code.hpp"

namespace hubbub {

enum class ConversationClass : std::uint8_t { direct, group, channel };
enum class EntryKind : std::uint8_t { message, joined, left, role };
/// What a member may do: `owner` everything, `member` read and write, `reader` read only.
enum class MemberRole : std::uint8_t { member, owner, reader };
/// What a send does. All take a number and a place in the log, and are retried alike.
enum class SendOp : std::uint8_t {
    text,   ///< a message of its own
    reply,  ///< a message that answers entry `target`: the thread hangs on it
    edit,   ///< replaces the text of the own message `target`
    erase,  ///< takes back the own message `target`; the body may say why
};
/// How the server answered one position of a resume.
enum class ResumeStatus : std::uint8_t {
    ok,         ///< entries from+... to head follow, then live ones
    too_old,    ///< from..head must be paged by history; live entries follow after head
    reset,      ///< the epoch differs: the log lost or rewrote positions; entries from..head of the new log
                ///< follow
    forbidden,  ///< absent, or no longer a member
    gone,       ///< from..head will not come, a server that delivers at most once says; live entries follow
                ///< after head
};

/// Ties an answer to its request within one connection.
using RequestId = std::uint64_t;

struct Position {
    ConversationId conversation = {};
    Epoch epoch = 0;
    Sequence sequence = 0;  ///< the last entry seen, contiguously
};

/// One entry of a conversation's log as members see it.
struct Entry {
    EntryKind kind = EntryKind::message;
    ConversationId conversation = {};
    Sequence sequence = 0;
    std::string_view user;    ///< message: the sender. joined / left: who did it
    std::string_view device;  ///< message: the sending device
    WireNumber number = 0;    ///< message: the device's n, so that a resuming sender recognizes its own
    std::string_view body;    ///< message only
    std::vector<std::string_view> members = {};  ///< not for messages
    SendOp op = SendOp::text;                    ///< message only
    Sequence target = 0;                         ///< message whose op is not text: the entry it is about
    MemberRole role = MemberRole::member;        ///< role only: what the members are from here on
};

// ---- client to server
struct Hello {
    std::string_view user, device, token;
};
/// `complete`: also attach the conversations of this user that no resume of this connection named.
/// `cursors`: those start where the server knows this device to have read to, not at their heads.
struct Resume {
    std::vector<Position> positions;
    bool complete = false;
    bool cursors = false;
};
struct Send {
    ConversationId conversation = {};
    WireNumber number = 0;
    std::string_view body;
    SendOp op = SendOp::text;
    Sequence target = 0;  ///< of every op but text
};
struct Create {
    RequestId id = 0;
    std::string_view key;
    ConversationClass kind = ConversationClass::group;
    std::vector<std::string_view> members;
    bool open = false;         ///< whoever knows the id may join
    bool all_history = false;  ///< new members see the log from its start
};
struct AddMembers {
    RequestId id = 0;
    ConversationId conversation = {};
    std::vector<std::string_view> members;
};
struct ReadHistory {
    RequestId id = 0;
    ConversationId conversation = {};
    Sequence from = 1;
    std::uint32_t limit = 50;
    Sequence before = 0;  ///< not 0: backwards, the newest `limit` entries below it; `from` means nothing
};
struct Beat {};

// ---- server to client
struct Welcome {
    std::string_view server;
    std::uint32_t beat_ms = 0, ttl_ms = 0, in_flight = 0;
};
struct ResumedPosition {
    ConversationId conversation = {};
    Epoch epoch = 0;
    Sequence from = 0, head = 0;
    ResumeStatus status = ResumeStatus::ok;
};
/// `pending`: positions of this connection's resumes that are not answered yet; 0: everything is live.
struct Resumed {
    std::uint32_t pending = 0;
    std::vector<ResumedPosition> positions;
};
struct Ack {
    ConversationId conversation = {};
    WireNumber number = 0;
    Sequence sequence = 0;
};
struct Created {
    RequestId id = 0;
    ConversationId conversation = {};
    Epoch epoch = 0;
    Sequence head = 0;
};
struct Added {
    RequestId id = 0;
    ConversationId conversation = {};
    Sequence sequence = 0;
};
struct HistoryPage {
    RequestId id = 0;
    ConversationId conversation = {};
    Epoch epoch = 0;
    Sequence head = 0;
    std::vector<Entry> entries;
};
/// Names what it refuses: `id` of a request, or (conversation, number) of a send; none: the connection
/// itself.
struct Rejected {
    ErrorCode code = ErrorCode::internal;
    RequestId id = 0;
    ConversationId conversation = {};
    WireNumber number = 0;
    std::uint32_t retry_after_ms = 0;
};

constexpr std::string_view name(ConversationClass kind) {
    switch (kind) {
        case ConversationClass::direct:
            return "direct";
        case ConversationClass::group:
            return "group";
        case ConversationClass::channel:
            return "channel";
    }
    return "";
}

}  // namespace hubbub
