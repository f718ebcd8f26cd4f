#include "protocol/json_messages.hpp"
#include "protocol/limits.hpp"

namespace hubbub::json {
namespace {

/// Requests about one conversation: {id, c}.
template <class Request>
Request read_about(Fields& fields) {
    Request request;
    request.id = read_request_id(fields);
    request.conversation = fields.conversation();
    return request;
}

Kick read_kick(Fields& fields) {
    auto kick = read_about<Kick>(fields);
    kick.members = fields.names(Field::members, limits::members_per_frame_max);
    return kick;
}

SetRole read_set_role(Fields& fields) {
    auto set = read_about<SetRole>(fields);
    set.members = fields.names(Field::members, limits::members_per_frame_max);
    set.role = read_role(fields);
    return set;
}

ListConversations read_conversations(Fields& fields) {
    ListConversations list;
    list.id = read_request_id(fields);
    if (fields.has(Field::after)) {
        const auto after = fields.text(Field::after, 1, limits::name_bytes_max);
        if (fields.ok() && !parse_conversation_id(after, list.after))
            fields.fail(Field::after, "must be a conversation id");
    }
    if (fields.has(Field::limit)) list.limit = fields.number32(Field::limit, 1);
    return list;
}

ListMembers read_members(Fields& fields) {
    auto list = read_about<ListMembers>(fields);
    if (fields.has(Field::after)) list.after = fields.name(Field::after);
    if (fields.has(Field::limit)) list.limit = fields.number32(Field::limit, 1);
    return list;
}

ChangeContact read_contact(Fields& fields) {
    ChangeContact change;
    change.id = read_request_id(fields);
    change.user = fields.name(Field::user);
    change.change = read_change(fields);
    return change;
}

Receipt read_receipt(Fields& fields) {
    Receipt receipt;
    receipt.conversation = fields.conversation();
    if (fields.has(Field::delivered)) receipt.delivered = fields.number(Field::delivered, 0, UINT64_MAX);
    if (fields.has(Field::read)) receipt.read = fields.number(Field::read, 0, UINT64_MAX);
    return receipt;
}

React read_react(Fields& fields) {
    auto react = read_about<React>(fields);
    react.target = fields.number(Field::on, 1, UINT64_MAX);
    react.body = fields.text(Field::body, 1, limits::reaction_bytes_max);
    react.set = fields.flag(Field::set);
    return react;
}

ListReactions read_reactions(Fields& fields) {
    auto list = read_about<ListReactions>(fields);
    list.from = fields.number(Field::from, 1, UINT64_MAX);
    list.until = fields.number(Field::until, 1, UINT64_MAX);
    return list;
}

Watch read_watch(Fields& fields) {
    Watch watch;
    watch.id = read_request_id(fields);
    watch.users = fields.names(Field::users, limits::watched_per_frame_max);
    watch.on = fields.flag(Field::set);
    return watch;
}

}  // namespace

ClientMessage read_client_people(Fields& fields, std::string_view type) {
    if (type == "receipt") return read_receipt(fields);
    if (type == "typing") return Typing{fields.conversation(), fields.flag(Field::set)};
    if (type == "react") return read_react(fields);
    if (type == "join") return read_about<Join>(fields);
    if (type == "leave") return read_about<Leave>(fields);
    if (type == "kick") return read_kick(fields);
    if (type == "role") return read_set_role(fields);
    if (type == "conversations") return read_conversations(fields);
    if (type == "members") return read_members(fields);
    if (type == "sessions") return ListSessions{read_request_id(fields)};
    if (type == "revoke") return RevokeSession{read_request_id(fields), fields.name(Field::device)};
    if (type == "token")
        return RefreshToken{read_request_id(fields),
                            fields.text(Field::token, 1, limits::client_message_bytes_max)};
    if (type == "contact") return read_contact(fields);
    if (type == "contacts") return ListContacts{read_request_id(fields)};
    if (type == "receipts") return read_about<ListReceipts>(fields);
    if (type == "reactions") return read_reactions(fields);
    if (type == "watch") return read_watch(fields);
    if (type == "presence") return SetPresence{read_request_id(fields), read_state(fields)};
    fields.set_context("client message");
    fields.fail(Field::type, "is none of this protocol's (docs/PROTOCOL.md)");
    return Beat{};
}

}  // namespace hubbub::json
