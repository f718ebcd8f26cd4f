// The shapes of hubbub.v1.bin: what clients say.
// Pure templates over a visitor (binary_shapes.hpp); any thread.
#pragma once

#include "protocol/binary_shapes.hpp"

namespace hubbub::binary {

template <class V>
void shape(V& v, Of<Hello> auto& m) {
    v.name("user", m.user);
    v.name("device", m.device);
    v.text("token", m.token, 0, limits::client_message_bytes_max);
}
template <class V>
void shape(V& v, Of<Resume> auto& m) {
    v.flag("complete", m.complete);
    v.flag("cursors", m.cursors);
    v.list("at", m.positions, limits::resume_positions_max);
}
template <class V>
void shape(V& v, Of<Send> auto& m) {
    v.conversation("c", m.conversation);
    v.number("n", m.number, 1);
    v.refuse_send(m.conversation, m.number);
    v.text("b", m.body, 0, limits::body_bytes_max);
    shape_op(v, m);
}
template <class V>
void shape(V& v, Of<Create> auto& m) {
    shape_request(v, m);
    v.name("key", m.key, limits::key_bytes_max);
    v.word("class", m.kind, ConversationClass::channel);
    v.flag("open", m.open);
    v.flag("history", m.all_history);
    v.names("members", m.members, limits::members_per_frame_max);
}
template <class V>
void shape(V& v, Of<AddMembers> auto& m) {
    shape_about(v, m);
    v.names("members", m.members, limits::members_per_frame_max);
}
template <class V>
void shape(V& v, Of<ReadHistory> auto& m) {
    shape_about(v, m);
    v.number("before", m.before, 0);
    if (m.before == 0) v.number("from", m.from, 1);
    v.number("limit", m.limit, 1);
}
template <class V>
void shape(V&, Of<Beat> auto&) {}
template <class V>
void shape(V& v, Of<Join> auto& m) {
    shape_about(v, m);
}
template <class V>
void shape(V& v, Of<Leave> auto& m) {
    shape_about(v, m);
}
template <class V>
void shape(V& v, Of<Kick> auto& m) {
    shape_about(v, m);
    v.names("members", m.members, limits::members_per_frame_max);
}
template <class V>
void shape(V& v, Of<SetRole> auto& m) {
    shape_about(v, m);
    v.names("members", m.members, limits::members_per_frame_max);
    v.word("role", m.role, MemberRole::reader);
}
template <class V>
void shape(V& v, Of<ListConversations> auto& m) {
    shape_request(v, m);
    v.conversation("after", m.after);
    v.number("limit", m.limit, 1);
}
template <class V>
void shape(V& v, Of<ListMembers> auto& m) {
    shape_about(v, m);
    v.text("after", m.after, 0, limits::name_bytes_max);
    v.number("limit", m.limit, 1);
}
template <class V>
void shape(V& v, Of<ListSessions> auto& m) {
    shape_request(v, m);
}
template <class V>
void shape(V& v, Of<RevokeSession> auto& m) {
    shape_request(v, m);
    v.name("device", m.device);
}
template <class V>
void shape(V& v, Of<RefreshToken> auto& m) {
    shape_request(v, m);
    v.text("token", m.token, 1, limits::client_message_bytes_max);
}
template <class V>
void shape(V& v, Of<ChangeContact> auto& m) {
    shape_request(v, m);
    v.name("user", m.user);
    v.word("change", m.change, ContactChange::unblock);
}
template <class V>
void shape(V& v, Of<ListContacts> auto& m) {
    shape_request(v, m);
}
template <class V>
void shape(V& v, Of<Receipt> auto& m) {
    v.conversation("c", m.conversation);
    v.number("delivered", m.delivered, 0);
    v.number("read", m.read, 0);
}
template <class V>
void shape(V& v, Of<Typing> auto& m) {
    v.conversation("c", m.conversation);
    v.flag("set", m.on);
}
template <class V>
void shape(V& v, Of<React> auto& m) {
    shape_about(v, m);
    v.number("on", m.target, 1);
    v.text("b", m.body, 1, limits::reaction_bytes_max);
    v.flag("set", m.set);
}
template <class V>
void shape(V& v, Of<ListReceipts> auto& m) {
    shape_about(v, m);
}
template <class V>
void shape(V& v, Of<ListReactions> auto& m) {
    shape_about(v, m);
    v.number("from", m.from, 1);
    v.number("until", m.until, 1);
}
template <class V>
void shape(V& v, Of<Watch> auto& m) {
    shape_request(v, m);
    v.names("users", m.users, limits::watched_per_frame_max);
    v.flag("set", m.on);
}
template <class V>
void shape(V& v, Of<SetPresence> auto& m) {
    shape_request(v, m);
    v.word("state", m.state, PresenceState::invisible);
}

}  // namespace hubbub::binary
