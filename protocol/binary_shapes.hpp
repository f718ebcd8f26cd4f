// The shapes of hubbub.v1.bin: one list of fields a message, which both the reader and the writer walk.
// Pure templates over a visitor; any thread. docs/PROTOCOL.md, "The binary form".
#pragma once

#include <concepts>

#include "protocol/limits.hpp"
#include "protocol/messages.hpp"

namespace hubbub::binary {

// A visitor has, each with the field's wire name first:
//   number(name, integer, least)   text(name, text, least, most)   name(name, text, most)
//   conversation(name, id)   flag(name, bool)   word(name, enumerator, last)
//   names(name, texts, most)   list(name, structures, most)
// and refuse_send(), refuse_request(): what a refusal may name, once it is there. After an error a reader
// leaves everything as it is, so that no shape has to ask.

/// A message to be read, or one to be written.
template <class M, class T>
concept Of = std::same_as<std::remove_const_t<M>, T>;

template <class V>
void shape_op(V& v, auto& m) {
    v.word("op", m.op, SendOp::erase);
    if (m.op != SendOp::text) v.number("on", m.target, 1);
}
template <class V>
void shape_request(V& v, auto& m) {
    v.number("id", m.id, 1);
    v.refuse_request(m.id);
}
template <class V>
void shape_about(V& v, auto& m) {
    shape_request(v, m);
    v.conversation("c", m.conversation);
}

// ---- inside of messages
template <class V>
void shape(V& v, Of<Position> auto& m) {
    v.conversation("c", m.conversation);
    v.number("epoch", m.epoch, 0);
    v.number("q", m.sequence, 0);
}
template <class V>
void shape(V& v, Of<ResumedPosition> auto& m) {
    v.conversation("c", m.conversation);
    v.number("epoch", m.epoch, 0);
    v.number("from", m.from, 0);
    v.number("head", m.head, 0);
    v.word("status", m.status, ResumeStatus::gone);
}
template <class V>
void shape(V& v, Of<ListedConversation> auto& m) {
    v.conversation("c", m.conversation);
    v.word("class", m.kind, ConversationClass::channel);
    v.word("role", m.role, MemberRole::reader);
    v.number("joined", m.joined, 0);
    v.number("head", m.head, 0);
}
template <class V>
void shape(V& v, Of<ListedMember> auto& m) {
    v.name("u", m.user);
    v.word("role", m.role, MemberRole::reader);
    v.number("joined", m.joined, 0);
}
template <class V>
void shape(V& v, Of<ListedSession> auto& m) {
    v.name("d", m.device);
    v.number("age", m.age_ms, 0);
}
template <class V>
void shape(V& v, Of<ListedReceipt> auto& m) {
    v.name("u", m.user);
    v.number("delivered", m.delivered, 0);
    v.number("read", m.read, 0);
}
template <class V>
void shape(V& v, Of<ListedReaction> auto& m) {
    v.number("on", m.target, 1);
    v.text("b", m.body, 1, limits::reaction_bytes_max);
    v.number("count", m.count, 0);
}

}  // namespace hubbub::binary
