#include "protocol/json_messages.hpp"
#include "protocol/limits.hpp"

namespace hubbub::json {
namespace {

Hello read_hello(Fields& fields) {
    Hello hello;
    hello.user = fields.name(Field::user);
    hello.device = fields.name(Field::device);
    if (fields.has(Field::token))
        hello.token = fields.text(Field::token, 0, limits::client_message_bytes_max);
    return hello;
}

/// ["<conversation>", epoch, q]
bool read_position(simdjson::dom::element element, Position& position) {
    simdjson::dom::array triple;
    if (element.get(triple) != simdjson::SUCCESS || triple.size() != 3) return false;
    auto at = triple.begin();
    std::string_view id;
    std::uint64_t epoch = 0;
    if ((*at).get(id) != simdjson::SUCCESS || !parse_conversation_id(id, position.conversation)) return false;
    if ((*++at).get(epoch) != simdjson::SUCCESS || epoch > UINT32_MAX) return false;
    position.epoch = static_cast<Epoch>(epoch);
    return (*++at).get(position.sequence) == simdjson::SUCCESS;
}

Resume read_resume(Fields& fields) {
    Resume resume;
    if (fields.has(Field::complete)) resume.complete = fields.flag(Field::complete);
    if (fields.has(Field::cursors)) resume.cursors = fields.flag(Field::cursors);
    const auto positions = fields.list(Field::at, limits::resume_positions_max);
    if (!fields.ok()) return resume;
    resume.positions.reserve(positions.size());
    for (const auto element : positions) {
        Position position;
        if (!read_position(element, position)) {
            fields.fail(Field::at, "must hold [conversation id, epoch, q]");
            break;
        }
        resume.positions.push_back(position);
    }
    return resume;
}

Send read_send(Fields& fields) {
    Send send;
    send.conversation = fields.conversation();
    send.number = fields.number(Field::number, 1, UINT64_MAX);
    fields.refuse_send(send.conversation, send.number);
    send.body = fields.text(Field::body, 0, limits::body_bytes_max);
    read_op(fields, send.op, send.target);
    return send;
}

Create read_create(Fields& fields) {
    Create create;
    create.id = read_request_id(fields);
    create.key = fields.name(Field::key, limits::key_bytes_max);
    create.kind = read_class(fields);
    create.members = fields.names(Field::members, limits::members_per_frame_max);
    if (fields.has(Field::open)) create.open = fields.flag(Field::open);
    if (fields.has(Field::history)) create.all_history = fields.flag(Field::history);
    return create;
}

AddMembers read_add(Fields& fields) {
    AddMembers add;
    add.id = read_request_id(fields);
    add.conversation = fields.conversation();
    add.members = fields.names(Field::members, limits::members_per_frame_max);
    return add;
}

ReadHistory read_history(Fields& fields) {
    ReadHistory history;
    history.id = read_request_id(fields);
    history.conversation = fields.conversation();
    if (fields.has(Field::from)) history.from = fields.number(Field::from, 1, UINT64_MAX);
    if (fields.has(Field::limit)) history.limit = fields.number32(Field::limit, 1);
    if (fields.has(Field::before)) {
        history.before = fields.number(Field::before, 1, UINT64_MAX);
        if (fields.has(Field::from))
            fields.fail(Field::before, "stands beside \"from\": a page has one direction");
    }
    return history;
}

}  // namespace

ClientMessage read_client(Fields& fields) {
    const auto type = fields.text(Field::type, 1, limits::name_bytes_max);
    fields.set_context(type);
    if (type == "send") return read_send(fields);
    if (type == "beat") return Beat{};
    if (type == "hello") return read_hello(fields);
    if (type == "resume") return read_resume(fields);
    if (type == "create") return read_create(fields);
    if (type == "add") return read_add(fields);
    if (type == "history") return read_history(fields);
    return read_client_people(fields, type);
}

}  // namespace hubbub::json
