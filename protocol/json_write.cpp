#include "protocol/json_messages.hpp"
#include "protocol/json_write_people.hpp"
#include "protocol/json_writer.hpp"

namespace hubbub::json {
namespace {

std::string_view name(ResumeStatus status) {
    switch (status) {
        case ResumeStatus::ok:
            return "ok";
        case ResumeStatus::too_old:
            return "too_old";
        case ResumeStatus::reset:
            return "reset";
        case ResumeStatus::forbidden:
            return "forbidden";
        case ResumeStatus::gone:
            return "gone";
    }
    return "";
}

constexpr std::string_view type_of(EntryKind kind) {
    switch (kind) {
        case EntryKind::message:
            return R"({"t":"msg","c":)";
        case EntryKind::joined:
            return R"({"t":"joined","c":)";
        case EntryKind::left:
            return R"({"t":"left","c":)";
        case EntryKind::role:
            return R"({"t":"role","c":)";
    }
    return "";
}

void write_op(Writer& w, SendOp op, Sequence target) {
    if (op == SendOp::text) return;
    w.raw(R"(,"op":)").text(name(op));
    w.raw(R"(,"on":)").number(target);
}

void write_names(Writer& w, const std::vector<std::string_view>& names) {
    w.list(names, [&w](std::string_view one) { w.text(one); });
}

void write_one(Writer& w, const Hello& hello) {
    w.raw(R"({"t":"hello","user":)").text(hello.user);
    w.raw(R"(,"device":)").text(hello.device);
    w.raw(R"(,"token":)").text(hello.token).raw("}");
}

void write_one(Writer& w, const Resume& resume) {
    w.raw(R"({"t":"resume","at":)").list(resume.positions, [&w](const Position& position) {
        w.raw("[").conversation(position.conversation).raw(",").number(position.epoch);
        w.raw(",").number(position.sequence).raw("]");
    });
    w.raw(R"(,"complete":)").flag(resume.complete);
    w.raw(resume.cursors ? R"(,"cursors":true})" : "}");
}

void write_one(Writer& w, const Send& send) {
    w.raw(R"({"t":"send","c":)").conversation(send.conversation);
    w.raw(R"(,"n":)").number(send.number);
    w.raw(R"(,"b":)").text(send.body);
    write_op(w, send.op, send.target);
    w.raw("}");
}

void write_one(Writer& w, const Create& create) {
    w.raw(R"({"t":"create","id":)").number(create.id);
    w.raw(R"(,"key":)").text(create.key);
    w.raw(R"(,"class":)").text(name(create.kind));
    w.raw(R"(,"members":)");
    write_names(w, create.members);
    if (create.open) w.raw(R"(,"open":true)");
    if (create.all_history) w.raw(R"(,"history":true)");
    w.raw("}");
}

void write_one(Writer& w, const AddMembers& add) {
    w.raw(R"({"t":"add","id":)").number(add.id);
    w.raw(R"(,"c":)").conversation(add.conversation);
    w.raw(R"(,"members":)");
    write_names(w, add.members);
    w.raw("}");
}

void write_one(Writer& w, const ReadHistory& history) {
    w.raw(R"({"t":"history","id":)").number(history.id);
    w.raw(R"(,"c":)").conversation(history.conversation);
    if (history.before != 0) {
        w.raw(R"(,"before":)").number(history.before);
    } else {
        w.raw(R"(,"from":)").number(history.from);
    }
    w.raw(R"(,"limit":)").number(history.limit).raw("}");
}

void write_one(Writer& w, const Beat&) {
    w.raw(R"({"t":"beat"})");
}

void write_one(Writer& w, const Welcome& welcome) {
    w.raw(R"({"t":"welcome","server":)").text(welcome.server);
    w.raw(R"(,"beat":)").number(welcome.beat_ms);
    w.raw(R"(,"ttl":)").number(welcome.ttl_ms);
    w.raw(R"(,"in_flight":)").number(welcome.in_flight).raw("}");
}

void write_one(Writer& w, const Resumed& resumed) {
    w.raw(R"({"t":"resumed","pending":)").number(resumed.pending);
    w.raw(R"(,"at":)").list(resumed.positions, [&w](const ResumedPosition& position) {
        w.raw(R"({"c":)").conversation(position.conversation);
        w.raw(R"(,"epoch":)").number(position.epoch);
        w.raw(R"(,"from":)").number(position.from);
        w.raw(R"(,"head":)").number(position.head);
        w.raw(R"(,"status":)").text(name(position.status)).raw("}");
    });
    w.raw("}");
}

void write_one(Writer& w, const Ack& ack) {
    w.raw(R"({"t":"ack","c":)").conversation(ack.conversation);
    w.raw(R"(,"n":)").number(ack.number);
    w.raw(R"(,"q":)").number(ack.sequence).raw("}");
}

void write_one(Writer& w, const Entry& entry) {
    const bool message = entry.kind == EntryKind::message;
    w.raw(type_of(entry.kind));
    w.conversation(entry.conversation);
    w.raw(R"(,"q":)").number(entry.sequence);
    w.raw(R"(,"u":)").text(entry.user);
    if (message) {
        w.raw(R"(,"d":)").text(entry.device);
        w.raw(R"(,"n":)").number(entry.number);
        w.raw(R"(,"b":)").text(entry.body);
        write_op(w, entry.op, entry.target);
    } else {
        w.raw(R"(,"members":)");
        write_names(w, entry.members);
        if (entry.kind == EntryKind::role) w.raw(R"(,"role":)").text(name(entry.role));
    }
    w.raw("}");
}

void write_one(Writer& w, const Created& created) {
    w.raw(R"({"t":"created","id":)").number(created.id);
    w.raw(R"(,"c":)").conversation(created.conversation);
    w.raw(R"(,"epoch":)").number(created.epoch);
    w.raw(R"(,"head":)").number(created.head).raw("}");
}

void write_one(Writer& w, const Added& added) {
    w.raw(R"({"t":"added","id":)").number(added.id);
    w.raw(R"(,"c":)").conversation(added.conversation);
    w.raw(R"(,"q":)").number(added.sequence).raw("}");
}

void write_one(Writer& w, const HistoryPage& page) {
    w.raw(R"({"t":"page","id":)").number(page.id);
    w.raw(R"(,"c":)").conversation(page.conversation);
    w.raw(R"(,"epoch":)").number(page.epoch);
    w.raw(R"(,"head":)").number(page.head);
    w.raw(R"(,"entries":)").list(page.entries, [&w](const Entry& entry) { write_one(w, entry); });
    w.raw("}");
}

void write_one(Writer& w, const Rejected& rejected) {
    w.raw(R"({"t":"error","code":)").text(hubbub::name(rejected.code));
    if (rejected.id != 0) {
        w.raw(R"(,"id":)").number(rejected.id);
    } else if (rejected.number != 0) {
        w.raw(R"(,"c":)").conversation(rejected.conversation);
        w.raw(R"(,"n":)").number(rejected.number);
    }
    if (rejected.retry_after_ms != 0) w.raw(R"(,"retry_after":)").number(rejected.retry_after_ms);
    w.raw(R"(,"definite":)").flag(traits(rejected.code).definite).raw("}");
}

}  // namespace

void write(const ClientMessage& message, std::string& out) {
    Writer writer(out);
    std::visit([&writer](const auto& one) { write_one(writer, one); }, message);
}

void write(const ServerMessage& message, std::string& out) {
    Writer writer(out);
    std::visit([&writer](const auto& one) { write_one(writer, one); }, message);
}

}  // namespace hubbub::json
