#include "protocol/json_messages.hpp"
#include "protocol/limits.hpp"

namespace hubbub::json {
namespace {

Welcome read_welcome(Fields& fields) {
    Welcome welcome;
    welcome.server = fields.text(Field::server, 0, limits::server_message_bytes_max);
    welcome.beat_ms = fields.number32(Field::beat, 1);
    welcome.ttl_ms = fields.number32(Field::ttl, 1);
    welcome.in_flight = fields.number32(Field::in_flight, 1);
    return welcome;
}

ResumeStatus read_status(Fields& fields) {
    const auto status = fields.text(Field::status, 1, limits::name_bytes_max);
    if (status == "ok") return ResumeStatus::ok;
    if (status == "too_old") return ResumeStatus::too_old;
    if (status == "reset") return ResumeStatus::reset;
    if (status == "forbidden") return ResumeStatus::forbidden;
    if (status == "gone") return ResumeStatus::gone;
    fields.fail(Field::status, "must be ok, too_old, reset, forbidden or gone");
    return ResumeStatus::forbidden;
}

Resumed read_resumed(Fields& fields) {
    Resumed resumed;
    resumed.pending = fields.number32(Field::pending);
    // As many as fit into a message: the server may add conversations that no resume named.
    const auto elements = fields.list(Field::at, limits::server_message_bytes_max);
    if (!fields.ok()) return resumed;
    resumed.positions.reserve(elements.size());
    Fields inner;
    for (const auto element : elements) {
        inner.gather(element);
        inner.set_context("resumed at");
        ResumedPosition position;
        position.conversation = inner.conversation();
        position.epoch = inner.number32(Field::epoch);
        position.from = inner.number(Field::from, 0, UINT64_MAX);
        position.head = inner.number(Field::head, 0, UINT64_MAX);
        position.status = read_status(inner);
        fields.adopt_error(inner);
        if (!fields.ok()) break;
        resumed.positions.push_back(position);
    }
    return resumed;
}

Ack read_ack(Fields& fields) {
    Ack ack;
    ack.conversation = fields.conversation();
    ack.number = fields.number(Field::number, 1, UINT64_MAX);
    ack.sequence = fields.number(Field::sequence, 1, UINT64_MAX);
    return ack;
}

bool kind_of_entry(std::string_view type, EntryKind& kind) {
    if (type == "msg") {
        kind = EntryKind::message;
    } else if (type == "joined") {
        kind = EntryKind::joined;
    } else if (type == "left") {
        kind = EntryKind::left;
    } else if (type == "role") {
        kind = EntryKind::role;
    } else {
        return false;
    }
    return true;
}

Entry read_entry(Fields& fields, EntryKind kind) {
    Entry entry;
    entry.kind = kind;
    entry.conversation = fields.conversation();
    entry.sequence = fields.number(Field::sequence, 1, UINT64_MAX);
    entry.user = fields.name(Field::user_short);
    if (kind == EntryKind::message) {
        entry.device = fields.name(Field::device_short);
        entry.number = fields.number(Field::number, 1, UINT64_MAX);
        entry.body = fields.text(Field::body, 0, limits::body_bytes_max);
        read_op(fields, entry.op, entry.target);
    } else {
        entry.members = fields.names(Field::members, limits::members_per_frame_max);
        if (kind == EntryKind::role) entry.role = read_role(fields);
    }
    return entry;
}

Created read_created(Fields& fields) {
    Created created;
    created.id = fields.number(Field::id, 1, UINT64_MAX);
    created.conversation = fields.conversation();
    created.epoch = fields.number32(Field::epoch);
    created.head = fields.number(Field::head, 0, UINT64_MAX);
    return created;
}

Added read_added(Fields& fields) {
    Added added;
    added.id = fields.number(Field::id, 1, UINT64_MAX);
    added.conversation = fields.conversation();
    added.sequence = fields.number(Field::sequence, 1, UINT64_MAX);
    return added;
}

HistoryPage read_page(Fields& fields) {
    HistoryPage page;
    page.id = fields.number(Field::id, 1, UINT64_MAX);
    page.conversation = fields.conversation();
    page.epoch = fields.number32(Field::epoch);
    page.head = fields.number(Field::head, 0, UINT64_MAX);
    const auto elements = fields.list(Field::entries, limits::history_page_entries_max);
    if (!fields.ok()) return page;
    page.entries.reserve(elements.size());
    Fields inner;
    for (const auto element : elements) {
        inner.gather(element);
        inner.set_context("page entry");
        EntryKind kind = EntryKind::message;
        if (!kind_of_entry(inner.text(Field::type, 1, limits::name_bytes_max), kind))
            inner.fail(Field::type, "must be msg, joined, left or role");
        page.entries.push_back(read_entry(inner, kind));
        if (page.entries.back().conversation != page.conversation)
            inner.fail(Field::conversation, "is not that of the page");
        fields.adopt_error(inner);
        if (!fields.ok()) break;
    }
    return page;
}

Rejected read_error(Fields& fields) {
    Rejected rejected;
    const auto wire_name = fields.text(Field::code, 1, limits::name_bytes_max);
    const auto code = error_code_from(wire_name);
    if (!code) fields.fail(Field::code, "is no code of this protocol");
    rejected.code = code.value_or(ErrorCode::internal);
    if (fields.flag(Field::definite) != traits(rejected.code).definite)
        fields.fail(Field::definite, "contradicts the code");
    if (fields.has(Field::retry_after)) rejected.retry_after_ms = fields.number32(Field::retry_after);
    if (fields.has(Field::id)) {
        rejected.id = fields.number(Field::id, 1, UINT64_MAX);
        if (fields.has(Field::number))
            fields.fail(Field::id, "stands beside \"n\": one answer names one thing");
    } else if (fields.has(Field::number) || fields.has(Field::conversation)) {
        rejected.conversation = fields.conversation();
        rejected.number = fields.number(Field::number, 1, UINT64_MAX);
    }
    return rejected;
}

}  // namespace

ServerMessage read_server(Fields& fields) {
    const auto type = fields.text(Field::type, 1, limits::name_bytes_max);
    fields.set_context(type);
    EntryKind kind = EntryKind::message;
    if (kind_of_entry(type, kind)) return read_entry(fields, kind);
    if (type == "ack") return read_ack(fields);
    if (type == "error") return read_error(fields);
    if (type == "resumed") return read_resumed(fields);
    if (type == "page") return read_page(fields);
    if (type == "welcome") return read_welcome(fields);
    if (type == "created") return read_created(fields);
    if (type == "added") return read_added(fields);
    return read_server_people(fields, type);
}

}  // namespace hubbub::json
