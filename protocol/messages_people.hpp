// What client and server say about people and conversations: membership, presence, receipts, typing,
// reactions. Values that borrow their strings from the codec's input or scratch: use them before the next
// decode. One thread. messages.hpp has the whole.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocol/messages_log.hpp"

namespace hubbub {

enum class PresenceState : std::uint8_t { offline, online, away, invisible };
enum class ContactChange : std::uint8_t { add, remove, block, unblock };

// ---- client to server: conversations. All are answered by Done, a list or Rejected with the id.
struct Join {
    RequestId id = 0;
    ConversationId conversation = {};
};
struct Leave {
    RequestId id = 0;
    ConversationId conversation = {};
};
struct Kick {
    RequestId id = 0;
    ConversationId conversation = {};
    std::vector<std::string_view> members;
};
struct SetRole {
    RequestId id = 0;
    ConversationId conversation = {};
    std::vector<std::string_view> members;
    MemberRole role = MemberRole::member;
};
/// The user's conversations in the order of their ids, those above `after`.
struct ListConversations {
    RequestId id = 0;
    ConversationId after = {};
    std::uint32_t limit = 100;
};
/// Members in the order of their names, those above `after`.
struct ListMembers {
    RequestId id = 0;
    ConversationId conversation = {};
    std::string_view after;
    std::uint32_t limit = 100;
};

// ---- client to server: the own account
struct ListSessions {
    RequestId id = 0;
};
/// Ends the session of another device of the same user.
struct RevokeSession {
    RequestId id = 0;
    std::string_view device;
};
/// A newer token for the same user: the connection lives as long as it says.
struct RefreshToken {
    RequestId id = 0;
    std::string_view token;
};
struct ChangeContact {
    RequestId id = 0;
    std::string_view user;
    ContactChange change = ContactChange::add;
};
struct ListContacts {
    RequestId id = 0;
};

// ---- client to server: signs of life
/// Watermarks of this device: everything up to them was delivered, was read. They only rise. Not answered.
struct Receipt {
    ConversationId conversation = {};
    Sequence delivered = 0, read = 0;
};
/// Not answered.
struct Typing {
    ConversationId conversation = {};
    bool on = true;
};
/// Sets or takes back one reaction of this user to entry `target`.
struct React {
    RequestId id = 0;
    ConversationId conversation = {};
    Sequence target = 0;
    std::string_view body;  ///< the reaction, at most limits::reaction_bytes_max
    bool set = true;
};
struct ListReceipts {
    RequestId id = 0;
    ConversationId conversation = {};
};
/// Of the entries from..until.
struct ListReactions {
    RequestId id = 0;
    ConversationId conversation = {};
    Sequence from = 1, until = 0;
};
/// Begins or ends watching the presence of users.
struct Watch {
    RequestId id = 0;
    std::vector<std::string_view> users;
    bool on = true;
};
struct SetPresence {
    RequestId id = 0;
    PresenceState state = PresenceState::online;
};

// ---- server to client
/// The request took effect; `sequence`: the entry that says so, if there is one.
struct Done {
    RequestId id = 0;
    Sequence sequence = 0;
};
struct ListedConversation {
    ConversationId conversation = {};
    ConversationClass kind = ConversationClass::group;
    MemberRole role = MemberRole::member;
    Sequence joined = 0, head = 0;
};
struct ConversationList {
    RequestId id = 0;
    bool more = false;
    std::vector<ListedConversation> items;
};
struct ListedMember {
    std::string_view user;
    MemberRole role = MemberRole::member;
    Sequence joined = 0;
};
struct MemberList {
    RequestId id = 0;
    ConversationId conversation = {};
    bool more = false;
    std::vector<ListedMember> items;
};
struct ListedSession {
    std::string_view device;
    std::uint64_t age_ms = 0;  ///< since its hello
};
struct SessionList {
    RequestId id = 0;
    std::vector<ListedSession> items;
};
struct ContactList {
    RequestId id = 0;
    std::vector<std::string_view> contacts, blocked;
};
/// A user's watermarks: the highest of its devices.
struct ListedReceipt {
    std::string_view user;
    Sequence delivered = 0, read = 0;
};
struct ReceiptList {
    RequestId id = 0;
    ConversationId conversation = {};
    std::vector<ListedReceipt> items;
};
struct ListedReaction {
    Sequence target = 0;
    std::string_view body;
    std::uint64_t count = 0;
};
struct ReactionList {
    RequestId id = 0;
    ConversationId conversation = {};
    std::vector<ListedReaction> items;
};
/// Entries from..until were not sent to this connection, which reads too slowly: read them by history.
struct Skipped {
    ConversationId conversation = {};
    Sequence from = 0, until = 0;
};
struct ReceiptNotice {
    ConversationId conversation = {};
    std::string_view user;
    Sequence delivered = 0, read = 0;
};
/// In large conversations, to the sender of entry `sequence` alone: how many have it, how many have read it.
struct ReceiptCounts {
    ConversationId conversation = {};
    Sequence sequence = 0;
    std::uint64_t delivered = 0, read = 0;
};
struct TypingNotice {
    ConversationId conversation = {};
    std::string_view user;
    bool on = true;
};
struct ReactionNotice {
    ConversationId conversation = {};
    Sequence target = 0;
    std::string_view user;
    std::string_view body;
    bool set = true;
};
/// In large conversations instead of notices.
struct ReactionCounts {
    ConversationId conversation = {};
    std::vector<ListedReaction> items;
};
struct PresenceNotice {
    std::string_view user;
    PresenceState state = PresenceState::offline;
    std::uint64_t last_seen_ms = 0;  ///< before now; 0 while online
};

constexpr std::string_view name(MemberRole role) {
    switch (role) {
        case MemberRole::member:
            return "member";
        case MemberRole::owner:
            return "owner";
        case MemberRole::reader:
            return "reader";
    }
    return "";
}
constexpr std::string_view name(SendOp op) {
    switch (op) {
        case SendOp::text:
            return "text";
        case SendOp::reply:
            return "reply";
        case SendOp::edit:
            return "edit";
        case SendOp::erase:
            return "erase";
    }
    return "";
}
constexpr std::string_view name(PresenceState state) {
    switch (state) {
        case PresenceState::offline:
            return "offline";
        case PresenceState::online:
            return "online";
        case PresenceState::away:
            return "away";
        case PresenceState::invisible:
            return "invisible";
    }
    return "";
}
constexpr std::string_view name(ContactChange change) {
    switch (change) {
        case ContactChange::add:
            return "add";
        case ContactChange::remove:
            return "remove";
        case ContactChange::block:
            return "block";
        case ContactChange::unblock:
            return "unblock";
    }
    return "";
}

}  // namespace hubbub
