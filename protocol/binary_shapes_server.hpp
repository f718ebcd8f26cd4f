// The shapes of hubbub.v1.bin: what the server says.
// Pure templates over a visitor (binary_shapes.hpp); any thread.
#pragma once

#include "protocol/binary_shapes.hpp"

namespace hubbub::binary {

template <class V>
void shape(V& v, Of<Welcome> auto& m) {
    v.text("server", m.server, 0, limits::server_message_bytes_max);
    v.number("beat", m.beat_ms, 1);
    v.number("ttl", m.ttl_ms, 1);
    v.number("in_flight", m.in_flight, 1);
}
template <class V>
void shape(V& v, Of<Resumed> auto& m) {
    v.number("pending", m.pending, 0);
    v.list("at", m.positions, limits::server_message_bytes_max);
}
template <class V>
void shape(V& v, Of<Ack> auto& m) {
    v.conversation("c", m.conversation);
    v.number("n", m.number, 1);
    v.number("q", m.sequence, 1);
}
template <class V>
void shape(V& v, Of<Entry> auto& m) {
    v.word("kind", m.kind, EntryKind::role);
    v.conversation("c", m.conversation);
    v.number("q", m.sequence, 1);
    v.name("u", m.user);
    if (m.kind == EntryKind::message) {
        v.name("d", m.device);
        v.number("n", m.number, 1);
        v.text("b", m.body, 0, limits::body_bytes_max);
        shape_op(v, m);
    } else {
        v.names("members", m.members, limits::members_per_frame_max);
        if (m.kind == EntryKind::role) v.word("role", m.role, MemberRole::reader);
    }
}
template <class V>
void shape(V& v, Of<Created> auto& m) {
    v.number("id", m.id, 1);
    v.conversation("c", m.conversation);
    v.number("epoch", m.epoch, 0);
    v.number("head", m.head, 0);
}
template <class V>
void shape(V& v, Of<Added> auto& m) {
    v.number("id", m.id, 1);
    v.conversation("c", m.conversation);
    v.number("q", m.sequence, 1);
}
template <class V>
void shape(V& v, Of<HistoryPage> auto& m) {
    v.number("id", m.id, 1);
    v.conversation("c", m.conversation);
    v.number("epoch", m.epoch, 0);
    v.number("head", m.head, 0);
    v.list("entries", m.entries, limits::history_page_entries_max);
}
template <class V>
void shape(V& v, Of<Rejected> auto& m) {
    v.word("code", m.code, ErrorCode::internal);
    v.number("retry_after", m.retry_after_ms, 0);
    v.number("id", m.id, 0);
    if (m.id != 0) return;
    v.number("n", m.number, 0);
    if (m.number != 0) v.conversation("c", m.conversation);
}
template <class V>
void shape(V& v, Of<Done> auto& m) {
    v.number("id", m.id, 1);
    v.number("q", m.sequence, 0);
}
template <class V>
void shape(V& v, Of<ConversationList> auto& m) {
    v.number("id", m.id, 1);
    v.flag("more", m.more);
    v.list("items", m.items, limits::server_message_bytes_max);
}
template <class V>
void shape(V& v, Of<MemberList> auto& m) {
    v.number("id", m.id, 1);
    v.conversation("c", m.conversation);
    v.flag("more", m.more);
    v.list("items", m.items, limits::server_message_bytes_max);
}
template <class V>
void shape(V& v, Of<SessionList> auto& m) {
    v.number("id", m.id, 1);
    v.list("items", m.items, limits::server_message_bytes_max);
}
template <class V>
void shape(V& v, Of<ContactList> auto& m) {
    v.number("id", m.id, 1);
    v.names("contacts", m.contacts, limits::contacts_max);
    v.names("blocked", m.blocked, limits::contacts_max);
}
template <class V>
void shape(V& v, Of<ReceiptList> auto& m) {
    v.number("id", m.id, 1);
    v.conversation("c", m.conversation);
    v.list("items", m.items, limits::server_message_bytes_max);
}
template <class V>
void shape(V& v, Of<ReactionList> auto& m) {
    v.number("id", m.id, 1);
    v.conversation("c", m.conversation);
    v.list("items", m.items, limits::server_message_bytes_max);
}
template <class V>
void shape(V& v, Of<Skipped> auto& m) {
    v.conversation("c", m.conversation);
    v.number("from", m.from, 1);
    v.number("until", m.until, 1);
}
template <class V>
void shape(V& v, Of<ReceiptNotice> auto& m) {
    v.conversation("c", m.conversation);
    v.name("u", m.user);
    v.number("delivered", m.delivered, 0);
    v.number("read", m.read, 0);
}
template <class V>
void shape(V& v, Of<ReceiptCounts> auto& m) {
    v.conversation("c", m.conversation);
    v.number("q", m.sequence, 0);
    v.number("delivered", m.delivered, 0);
    v.number("read", m.read, 0);
}
template <class V>
void shape(V& v, Of<TypingNotice> auto& m) {
    v.conversation("c", m.conversation);
    v.name("u", m.user);
    v.flag("set", m.on);
}
template <class V>
void shape(V& v, Of<ReactionNotice> auto& m) {
    v.conversation("c", m.conversation);
    v.number("on", m.target, 1);
    v.name("u", m.user);
    v.text("b", m.body, 1, limits::reaction_bytes_max);
    v.flag("set", m.set);
}
template <class V>
void shape(V& v, Of<ReactionCounts> auto& m) {
    v.conversation("c", m.conversation);
    v.list("items", m.items, limits::server_message_bytes_max);
}
template <class V>
void shape(V& v, Of<PresenceNotice> auto& m) {
    v.name("u", m.user);
    v.word("state", m.state, PresenceState::invisible);
    v.number("last_seen", m.last_seen_ms, 0);
}

}  // namespace hubbub::binary
