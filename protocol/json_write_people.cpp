#include "protocol/json_write_people.hpp"

namespace hubbub::json {
namespace {

void begin_about(Writer& w, std::string_view begin, RequestId id, const ConversationId& conversation) {
    w.raw(begin).number(id);
    w.raw(R"(,"c":)").conversation(conversation);
}

void write_reactions(Writer& w, const std::vector<ListedReaction>& items) {
    w.raw(R"(,"items":)").list(items, [&w](const ListedReaction& one) {
        w.raw(R"({"on":)").number(one.target);
        w.raw(R"(,"b":)").text(one.body);
        w.raw(R"(,"count":)").number(one.count).raw("}");
    });
}

}  // namespace

void write_one(Writer& w, const Join& join) {
    begin_about(w, R"({"t":"join","id":)", join.id, join.conversation);
    w.raw("}");
}

void write_one(Writer& w, const Leave& leave) {
    begin_about(w, R"({"t":"leave","id":)", leave.id, leave.conversation);
    w.raw("}");
}

void write_one(Writer& w, const Kick& kick) {
    begin_about(w, R"({"t":"kick","id":)", kick.id, kick.conversation);
    w.raw(R"(,"members":)").list(kick.members, [&w](std::string_view one) { w.text(one); });
    w.raw("}");
}

void write_one(Writer& w, const SetRole& set) {
    begin_about(w, R"({"t":"role","id":)", set.id, set.conversation);
    w.raw(R"(,"members":)").list(set.members, [&w](std::string_view one) { w.text(one); });
    w.raw(R"(,"role":)").text(name(set.role));
    w.raw("}");
}

void write_one(Writer& w, const ListConversations& list) {
    w.raw(R"({"t":"conversations","id":)").number(list.id);
    if (list.after != ConversationId{}) w.raw(R"(,"after":)").conversation(list.after);
    w.raw(R"(,"limit":)").number(list.limit).raw("}");
}

void write_one(Writer& w, const ListMembers& list) {
    begin_about(w, R"({"t":"members","id":)", list.id, list.conversation);
    if (!list.after.empty()) w.raw(R"(,"after":)").text(list.after);
    w.raw(R"(,"limit":)").number(list.limit);
    w.raw("}");
}

void write_one(Writer& w, const ListSessions& list) {
    w.raw(R"({"t":"sessions","id":)").number(list.id).raw("}");
}

void write_one(Writer& w, const RevokeSession& revoke) {
    w.raw(R"({"t":"revoke","id":)").number(revoke.id);
    w.raw(R"(,"device":)").text(revoke.device).raw("}");
}

void write_one(Writer& w, const RefreshToken& refresh) {
    w.raw(R"({"t":"token","id":)").number(refresh.id);
    w.raw(R"(,"token":)").text(refresh.token).raw("}");
}

void write_one(Writer& w, const ChangeContact& change) {
    w.raw(R"({"t":"contact","id":)").number(change.id);
    w.raw(R"(,"user":)").text(change.user);
    w.raw(R"(,"change":)").text(name(change.change)).raw("}");
}

void write_one(Writer& w, const ListContacts& list) {
    w.raw(R"({"t":"contacts","id":)").number(list.id).raw("}");
}

void write_one(Writer& w, const Receipt& receipt) {
    w.raw(R"({"t":"receipt","c":)").conversation(receipt.conversation);
    w.raw(R"(,"delivered":)").number(receipt.delivered);
    w.raw(R"(,"read":)").number(receipt.read).raw("}");
}

void write_one(Writer& w, const Typing& typing) {
    w.raw(R"({"t":"typing","c":)").conversation(typing.conversation);
    w.raw(R"(,"set":)").flag(typing.on).raw("}");
}

void write_one(Writer& w, const React& react) {
    begin_about(w, R"({"t":"react","id":)", react.id, react.conversation);
    w.raw(R"(,"on":)").number(react.target);
    w.raw(R"(,"b":)").text(react.body);
    w.raw(R"(,"set":)").flag(react.set);
    w.raw("}");
}

void write_one(Writer& w, const ListReceipts& list) {
    begin_about(w, R"({"t":"receipts","id":)", list.id, list.conversation);
    w.raw("}");
}

void write_one(Writer& w, const ListReactions& list) {
    begin_about(w, R"({"t":"reactions","id":)", list.id, list.conversation);
    w.raw(R"(,"from":)").number(list.from);
    w.raw(R"(,"until":)").number(list.until);
    w.raw("}");
}

void write_one(Writer& w, const Watch& watch) {
    w.raw(R"({"t":"watch","id":)").number(watch.id);
    w.raw(R"(,"users":)").list(watch.users, [&w](std::string_view one) { w.text(one); });
    w.raw(R"(,"set":)").flag(watch.on).raw("}");
}

void write_one(Writer& w, const SetPresence& set) {
    w.raw(R"({"t":"presence","id":)").number(set.id);
    w.raw(R"(,"state":)").text(name(set.state)).raw("}");
}

void write_one(Writer& w, const Done& done) {
    w.raw(R"({"t":"done","id":)").number(done.id);
    if (done.sequence != 0) w.raw(R"(,"q":)").number(done.sequence);
    w.raw("}");
}

void write_one(Writer& w, const ConversationList& list) {
    w.raw(R"({"t":"conversation_list","id":)").number(list.id);
    w.raw(R"(,"more":)").flag(list.more);
    w.raw(R"(,"items":)").list(list.items, [&w](const ListedConversation& one) {
        w.raw(R"({"c":)").conversation(one.conversation);
        w.raw(R"(,"class":)").text(name(one.kind));
        w.raw(R"(,"role":)").text(name(one.role));
        w.raw(R"(,"joined":)").number(one.joined);
        w.raw(R"(,"head":)").number(one.head).raw("}");
    });
    w.raw("}");
}

void write_one(Writer& w, const MemberList& list) {
    begin_about(w, R"({"t":"member_list","id":)", list.id, list.conversation);
    w.raw(R"(,"more":)").flag(list.more);
    w.raw(R"(,"items":)").list(list.items, [&w](const ListedMember& one) {
        w.raw(R"({"u":)").text(one.user);
        w.raw(R"(,"role":)").text(name(one.role));
        w.raw(R"(,"joined":)").number(one.joined).raw("}");
    });
    w.raw("}");
}

void write_one(Writer& w, const SessionList& list) {
    w.raw(R"({"t":"session_list","id":)").number(list.id);
    w.raw(R"(,"items":)").list(list.items, [&w](const ListedSession& one) {
        w.raw(R"({"d":)").text(one.device);
        w.raw(R"(,"age":)").number(one.age_ms).raw("}");
    });
    w.raw("}");
}

void write_one(Writer& w, const ContactList& list) {
    w.raw(R"({"t":"contact_list","id":)").number(list.id);
    const auto text = [&w](std::string_view one) { w.text(one); };
    w.raw(R"(,"contacts":)").list(list.contacts, text);
    w.raw(R"(,"blocked":)").list(list.blocked, text).raw("}");
}

void write_one(Writer& w, const ReceiptList& list) {
    begin_about(w, R"({"t":"receipt_list","id":)", list.id, list.conversation);
    w.raw(R"(,"items":)").list(list.items, [&w](const ListedReceipt& one) {
        w.raw(R"({"u":)").text(one.user);
        w.raw(R"(,"delivered":)").number(one.delivered);
        w.raw(R"(,"read":)").number(one.read).raw("}");
    });
    w.raw("}");
}

void write_one(Writer& w, const ReactionList& list) {
    begin_about(w, R"({"t":"reaction_list","id":)", list.id, list.conversation);
    write_reactions(w, list.items);
    w.raw("}");
}

void write_one(Writer& w, const Skipped& skipped) {
    w.raw(R"({"t":"skipped","c":)").conversation(skipped.conversation);
    w.raw(R"(,"from":)").number(skipped.from);
    w.raw(R"(,"until":)").number(skipped.until).raw("}");
}

void write_one(Writer& w, const ReceiptNotice& notice) {
    w.raw(R"({"t":"receipt","c":)").conversation(notice.conversation);
    w.raw(R"(,"u":)").text(notice.user);
    w.raw(R"(,"delivered":)").number(notice.delivered);
    w.raw(R"(,"read":)").number(notice.read).raw("}");
}

void write_one(Writer& w, const ReceiptCounts& counts) {
    w.raw(R"({"t":"receipt_counts","c":)").conversation(counts.conversation);
    w.raw(R"(,"q":)").number(counts.sequence);
    w.raw(R"(,"delivered":)").number(counts.delivered);
    w.raw(R"(,"read":)").number(counts.read).raw("}");
}

void write_one(Writer& w, const TypingNotice& notice) {
    w.raw(R"({"t":"typing","c":)").conversation(notice.conversation);
    w.raw(R"(,"u":)").text(notice.user);
    w.raw(R"(,"set":)").flag(notice.on).raw("}");
}

void write_one(Writer& w, const ReactionNotice& notice) {
    w.raw(R"({"t":"reaction","c":)").conversation(notice.conversation);
    w.raw(R"(,"on":)").number(notice.target);
    w.raw(R"(,"u":)").text(notice.user);
    w.raw(R"(,"b":)").text(notice.body);
    w.raw(R"(,"set":)").flag(notice.set).raw("}");
}

void write_one(Writer& w, const ReactionCounts& counts) {
    w.raw(R"({"t":"reaction_counts","c":)").conversation(counts.conversation);
    write_reactions(w, counts.items);
    w.raw("}");
}

void write_one(Writer& w, const PresenceNotice& notice) {
    w.raw(R"({"t":"presence","u":)").text(notice.user);
    w.raw(R"(,"state":)").text(name(notice.state));
    w.raw(R"(,"last_seen":)").number(notice.last_seen_ms).raw("}");
}

}  // namespace hubbub::json
