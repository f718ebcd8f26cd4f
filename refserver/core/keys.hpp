// The database's key layout: which bytes name a conversation, an entry, a sender, a member. docs/STORAGE.md.
// Pure functions; any thread. Keys sort so that one conversation's entries lie together, in log order.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"

namespace hubbub::keys {

/// All keys k with from <= k < to.
struct Range {
    std::string from;
    std::string to;
};

/// What a user or device name must be to stand in a key: 1 to limits::name_bytes_max bytes, no NUL (it ends
/// the name). Check it before a name gets in; the functions below assert it.
bool storable_name(std::string_view name);

/// "!meta": what the store knows of itself (StoreMeta).
std::string meta();
/// 'c' conversation(16): ConversationMeta.
std::string conversation(const ConversationId& id);
/// 'e' conversation(16) sequence(8, big endian): LogEntry.
/// `memory`: any string whose allocation may be used again.
std::string entry(const ConversationId& id, Sequence sequence, std::string memory = {});
/// 's' conversation(16) user NUL device: SenderState.
std::string sender(const ConversationId& id, std::string_view user, std::string_view device,
                   std::string memory = {});
/// 'm' conversation(16) user: Membership.
std::string member(const ConversationId& id, std::string_view user);
/// 'u' user NUL conversation(16): no value; the index of a user's conversations.
std::string user_conversation(std::string_view user, const ConversationId& id);
/// 'w' conversation(16) user: Watermarks.
std::string watermarks(const ConversationId& id, std::string_view user);
/// 'x' conversation(16) sequence(8, big endian) user NUL reaction: Reaction. A reaction may hold any bytes.
std::string reaction(const ConversationId& id, Sequence target, std::string_view user, std::string_view body);
/// 'b' user NUL other: Contact.
std::string contact(std::string_view user, std::string_view other);
/// 'k' creator NUL key: ConversationId of an idempotent create. The key may hold any bytes.
std::string created(std::string_view creator, std::string_view key);

/// Entries from <= q <= to of one conversation.
Range entries(const ConversationId& id, Sequence from, Sequence to);
Range senders(const ConversationId& id);
Range members(const ConversationId& id);
Range watermarks(const ConversationId& id);
/// To the entries from <= q <= until.
Range reactions(const ConversationId& id, Sequence from, Sequence until);
Range contacts(std::string_view user);
Range user_conversations(std::string_view user);
Range conversations();

// ---- back from keys; nullopt: not a key of that kind
std::optional<ConversationId> conversation_of(std::string_view conversation_key);
std::optional<Sequence> sequence_of(std::string_view entry_key);
struct Sender {
    std::string_view user, device;  ///< point into the key
};
std::optional<Sender> sender_of(std::string_view sender_key);
std::optional<std::string_view> user_of(std::string_view member_key);
std::optional<std::string_view> user_of_watermarks(std::string_view watermarks_key);
std::optional<std::string_view> other_of_contact(std::string_view contact_key);
struct Reaction {
    Sequence target = 0;
    std::string_view user, body;  ///< point into the key
};
std::optional<Reaction> reaction_of(std::string_view reaction_key);
std::optional<ConversationId> conversation_of_user(std::string_view user_conversation_key);

}  // namespace hubbub::keys
