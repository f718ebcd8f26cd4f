#include "protocol/json_messages.hpp"
#include "protocol/limits.hpp"

namespace hubbub::json {
namespace {

/// Lists of objects, each read by `read_one`; as many as fit into a message.
template <class Item, class ReadOne>
void read_items(Fields& fields, std::vector<Item>& items, ReadOne&& read_one) {
    const auto elements = fields.list(Field::items, limits::server_message_bytes_max);
    if (!fields.ok()) return;
    items.reserve(elements.size());
    Fields inner;
    for (const auto element : elements) {
        inner.gather(element);
        inner.set_context("item");
        items.push_back(read_one(inner));
        fields.adopt_error(inner);
        if (!fields.ok()) return;
    }
}

RequestId read_id(Fields& fields) {
    return fields.number(Field::id, 1, UINT64_MAX);
}

Sequence read_sequence(Fields& fields, Field field) {
    return fields.number(field, 0, UINT64_MAX);
}

Done read_done(Fields& fields) {
    Done done{.id = read_id(fields)};
    if (fields.has(Field::sequence)) done.sequence = fields.number(Field::sequence, 1, UINT64_MAX);
    return done;
}

ConversationList read_conversation_list(Fields& fields) {
    ConversationList list{.id = read_id(fields), .more = fields.flag(Field::more), .items = {}};
    read_items(fields, list.items, [](Fields& inner) {
        return ListedConversation{inner.conversation(), read_class(inner), read_role(inner),
                                  read_sequence(inner, Field::joined), read_sequence(inner, Field::head)};
    });
    return list;
}

MemberList read_member_list(Fields& fields) {
    MemberList list{read_id(fields), fields.conversation(), fields.flag(Field::more), {}};
    read_items(fields, list.items, [](Fields& inner) {
        return ListedMember{inner.name(Field::user_short), read_role(inner),
                            read_sequence(inner, Field::joined)};
    });
    return list;
}

SessionList read_session_list(Fields& fields) {
    SessionList list{.id = read_id(fields), .items = {}};
    read_items(fields, list.items, [](Fields& inner) {
        return ListedSession{inner.name(Field::device_short), inner.number(Field::age, 0, UINT64_MAX)};
    });
    return list;
}

ContactList read_contact_list(Fields& fields) {
    return {read_id(fields), fields.names(Field::contacts, limits::contacts_max),
            fields.names(Field::blocked, limits::contacts_max)};
}

ReceiptList read_receipt_list(Fields& fields) {
    ReceiptList list{read_id(fields), fields.conversation(), {}};
    read_items(fields, list.items, [](Fields& inner) {
        return ListedReceipt{inner.name(Field::user_short), read_sequence(inner, Field::delivered),
                             read_sequence(inner, Field::read)};
    });
    return list;
}

ListedReaction read_reaction_item(Fields& inner) {
    return {inner.number(Field::on, 1, UINT64_MAX), inner.text(Field::body, 1, limits::reaction_bytes_max),
            inner.number(Field::count, 0, UINT64_MAX)};
}

ReactionList read_reaction_list(Fields& fields) {
    ReactionList list{read_id(fields), fields.conversation(), {}};
    read_items(fields, list.items, read_reaction_item);
    return list;
}

ReactionCounts read_reaction_counts(Fields& fields) {
    ReactionCounts counts{fields.conversation(), {}};
    read_items(fields, counts.items, read_reaction_item);
    return counts;
}

ReactionNotice read_reaction(Fields& fields) {
    return {fields.conversation(), fields.number(Field::on, 1, UINT64_MAX), fields.name(Field::user_short),
            fields.text(Field::body, 1, limits::reaction_bytes_max), fields.flag(Field::set)};
}

PresenceNotice read_presence(Fields& fields) {
    return {fields.name(Field::user_short), read_state(fields),
            fields.number(Field::last_seen, 0, UINT64_MAX)};
}

}  // namespace

// Braced lists evaluate from left to right, so the first wrong field is the one that is named.
ServerMessage read_server_people(Fields& fields, std::string_view type) {
    if (type == "receipt")
        return ReceiptNotice{fields.conversation(), fields.name(Field::user_short),
                             read_sequence(fields, Field::delivered), read_sequence(fields, Field::read)};
    if (type == "typing")
        return TypingNotice{fields.conversation(), fields.name(Field::user_short), fields.flag(Field::set)};
    if (type == "presence") return read_presence(fields);
    if (type == "reaction") return read_reaction(fields);
    if (type == "reaction_counts") return read_reaction_counts(fields);
    if (type == "receipt_counts")
        return ReceiptCounts{fields.conversation(), read_sequence(fields, Field::sequence),
                             fields.number(Field::delivered, 0, UINT64_MAX),
                             fields.number(Field::read, 0, UINT64_MAX)};
    if (type == "done") return read_done(fields);
    if (type == "skipped")
        return Skipped{fields.conversation(), fields.number(Field::from, 1, UINT64_MAX),
                       fields.number(Field::until, 1, UINT64_MAX)};
    if (type == "conversation_list") return read_conversation_list(fields);
    if (type == "member_list") return read_member_list(fields);
    if (type == "session_list") return read_session_list(fields);
    if (type == "contact_list") return read_contact_list(fields);
    if (type == "receipt_list") return read_receipt_list(fields);
    if (type == "reaction_list") return read_reaction_list(fields);
    fields.set_context("server message");
    fields.fail(Field::type, "is none of this protocol's (docs/PROTOCOL.md)");
    return Welcome{};
}

}  // namespace hubbub::json
