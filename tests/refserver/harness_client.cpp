#include <gtest/gtest.h>

#include <algorithm>

#include "tests/refserver/harness_host.hpp"

namespace hubbub::testing {
namespace {

Said owned(const Entry& entry) {
    Said said{entry.kind,
              entry.conversation,
              entry.sequence,
              std::string(entry.user),
              std::string(entry.device),
              std::string(entry.body),
              entry.number,
              {},
              false,
              entry.op,
              entry.target};
    said.members.assign(entry.members.begin(), entry.members.end());
    return said;
}

}  // namespace

Client::Client(World& world, std::string user_name, std::string device_name)
    : user(std::move(user_name)), device(std::move(device_name)), world_(world) {}

void Client::connect_silently(std::uint32_t shard) {
    if (link_) reset();
    shard_ = shard;
    reader_ = std::make_unique<websocket::Reader>(websocket::Role::client, limits::server_message_bytes_max);
    world_.now_ += 1ns;  // no two connections begin in the same instant
    link_ = world_.hosts_[shard]->open(*this);
    world_.shard(shard).opened(*link_, 0, world_.now_);
}

void Client::connect(std::uint32_t shard) {
    connect_silently(shard);
    say(Hello{user, device, "token"});
}

void Client::reset() {
    if (!link_) return;
    const LinkId link = *link_;
    link_.reset();
    if (auto* const pipe = world_.hosts_[shard_]->find(link)) {
        pipe->gone = true;
        pipe->frames.clear();
    }
    world_.shard(shard_).closed(link, LinkEnd::reset, world_.now_);
}

void Client::ended(bool aborted) {
    link_.reset();
    if (aborted) ++cuts;
}

void Client::say(const ClientMessage& message) {
    std::string payload;
    world_.codec_->encode(message, payload);
    std::string frame;
    websocket::append_masked_frame(frame, websocket::Opcode::text, payload, 0x01020304U);
    say_raw(std::move(frame));
}

void Client::say_raw(std::string bytes) {
    if (link_) world_.shard(shard_).received(*link_, std::span<char>(bytes), world_.now_);
}

void Client::send(const ConversationId& conversation, WireNumber number, std::string body) {
    say(Send{conversation, number, body});
}

void Client::send(const ConversationId& conversation, WireNumber number, std::string body, SendOp op,
                  Sequence target) {
    say(Send{conversation, number, body, op, target});
}

void Client::resume(std::vector<Position> positions, bool complete) {
    say(Resume{std::move(positions), complete});
}

RequestId Client::create(std::string key, std::vector<std::string> members, ConversationClass kind) {
    Create create{next_request_++, key, kind, {}};
    create.members.assign(members.begin(), members.end());
    say(create);
    return create.id;
}

RequestId Client::add(const ConversationId& conversation, std::vector<std::string> members) {
    AddMembers add{next_request_++, conversation, {}};
    add.members.assign(members.begin(), members.end());
    say(add);
    return add.id;
}

RequestId Client::join(const ConversationId& conversation) {
    say(Join{next_request_, conversation});
    return next_request_++;
}

RequestId Client::leave(const ConversationId& conversation) {
    say(Leave{next_request_, conversation});
    return next_request_++;
}

RequestId Client::kick(const ConversationId& conversation, std::vector<std::string> members) {
    say(Kick{next_request_, conversation, {members.begin(), members.end()}});
    return next_request_++;
}

RequestId Client::role(const ConversationId& conversation, std::vector<std::string> members,
                       MemberRole role) {
    say(SetRole{next_request_, conversation, {members.begin(), members.end()}, role});
    return next_request_++;
}

RequestId Client::read(const ConversationId& conversation, Sequence from, std::uint32_t limit) {
    const RequestId id = next_request_++;
    say(ReadHistory{id, conversation, from, limit});
    return id;
}

void Client::hear(std::string bytes) {
    reader_->set_input(std::span<char>(bytes));
    using Kind = websocket::Event::Kind;
    while (true) {
        const auto event = reader_->next();
        ASSERT_FALSE(event.has_error()) << event.error().why;
        if (event->kind == Kind::need_more) return;
        if (event->kind == Kind::message) hear_message(event->payload);
        if (event->kind == Kind::pong) ++pongs;
        if (event->kind == Kind::close) {
            close_code = event->close_code;
            order.emplace_back("close");
            if (answers_close) {
                std::string frame;
                websocket::append_masked_frame(frame, websocket::Opcode::close,
                                               websocket::close_payload(1000, {}), 7U);
                say_raw(std::move(frame));
            }
        }
    }
}

void Client::hear_message(std::string_view payload) {
    const auto message = world_.codec_->decode_server(payload);
    ASSERT_FALSE(message.has_error()) << message.error().detail << ": " << payload;
    if (also) also(*message);
    raw.emplace_back(payload);
    if (const auto* m = std::get_if<Welcome>(&*message)) {
        order.emplace_back("welcome");
        welcomes.push_back(*m);
    } else if (const auto* r = std::get_if<Resumed>(&*message)) {
        order.emplace_back("resumed");
        resumed.push_back(*r);
    } else if (const auto* a = std::get_if<Ack>(&*message)) {
        order.emplace_back("ack");
        Said ack;
        ack.ack = true;
        ack.conversation = a->conversation;
        ack.sequence = a->sequence;
        ack.number = a->number;
        said.push_back(std::move(ack));
    } else if (const auto* e = std::get_if<Entry>(&*message)) {
        order.emplace_back("entry");
        said.push_back(owned(*e));
    } else if (const auto* c = std::get_if<Created>(&*message)) {
        order.emplace_back("created");
        created.push_back(*c);
    } else if (const auto* d = std::get_if<Added>(&*message)) {
        order.emplace_back("added");
        added.push_back(*d);
    } else if (const auto* p = std::get_if<HistoryPage>(&*message)) {
        order.emplace_back("page");
        Page page{{p->id, p->conversation, p->epoch, p->head, {}}, {}};
        for (const Entry& entry : p->entries) page.entries.push_back(owned(entry));
        pages.push_back(std::move(page));
    } else if (const auto* x = std::get_if<Rejected>(&*message)) {
        order.emplace_back("rejected");
        rejected.push_back(*x);
    } else {
        hear_of_people(*message);
    }
}

void Client::hear_of_people(const ServerMessage& message) {
    if (const auto* r = std::get_if<ReceiptNotice>(&message)) {
        order.emplace_back("receipt");
        receipts.push_back({r->conversation, std::string(r->user), r->delivered, r->read});
    } else if (const auto* c = std::get_if<ReceiptCounts>(&message)) {
        order.emplace_back("receipt_counts");
        receipt_counts.push_back(*c);
    } else if (const auto* l = std::get_if<ReceiptList>(&message)) {
        order.emplace_back("receipt_list");
        auto& list = receipt_lists.emplace_back();
        for (const ListedReceipt& item : l->items)
            list.push_back({l->conversation, std::string(item.user), item.delivered, item.read});
    } else if (const auto* t = std::get_if<TypingNotice>(&message)) {
        order.emplace_back("typing");
        typing.push_back({t->conversation, std::string(t->user), t->on});
    } else if (const auto* x = std::get_if<ReactionNotice>(&message)) {
        order.emplace_back("reaction");
        reactions.push_back({x->target, std::string(x->user), std::string(x->body), x->set});
    } else if (const auto* n = std::get_if<ReactionCounts>(&message)) {
        order.emplace_back("reaction_counts");
        auto& counts = reaction_counts.emplace_back();
        for (const ListedReaction& item : n->items)
            counts.push_back({item.target, std::string(item.body), item.count});
    } else if (const auto* i = std::get_if<ReactionList>(&message)) {
        order.emplace_back("reaction_list");
        auto& list = reaction_lists.emplace_back();
        for (const ListedReaction& item : i->items)
            list.push_back({item.target, std::string(item.body), item.count});
    } else if (const auto* d = std::get_if<Done>(&message)) {
        order.emplace_back("done");
        done.push_back(*d);
    } else if (const auto* gone = std::get_if<Skipped>(&message)) {
        order.emplace_back("skipped");
        skipped.push_back(*gone);
    } else if (const auto* p = std::get_if<PresenceNotice>(&message)) {
        order.emplace_back("presence");
        presence.push_back(std::string(p->user) + " " + std::string(name(p->state)));
    } else if (const auto* k = std::get_if<ContactList>(&message)) {
        order.emplace_back("contact_list");
        contacts.assign(k->contacts.begin(), k->contacts.end());
        blocked.assign(k->blocked.begin(), k->blocked.end());
    } else if (const auto* rooms = std::get_if<ConversationList>(&message)) {
        more += rooms->more ? 1 : 0;
        for (const ListedConversation& item : rooms->items)
            listed.push_back(std::string(name(item.role)) + " of " + std::string(name(item.kind)) + " " +
                             std::to_string(item.joined) + ".." + std::to_string(item.head));
    } else if (const auto* people = std::get_if<MemberList>(&message)) {
        more += people->more ? 1 : 0;
        for (const ListedMember& item : people->items)
            listed.push_back(std::string(item.user) + " " + std::string(name(item.role)) + " " +
                             std::to_string(item.joined));
    } else if (const auto* own = std::get_if<SessionList>(&message)) {
        for (const ListedSession& item : own->items)
            listed.push_back(std::string(item.device) + " " + std::to_string(item.age_ms));
    }
}

std::vector<Sequence> Client::stream(const ConversationId& conversation) const {
    std::vector<Sequence> out;
    for (const Said& one : said)
        if (one.conversation == conversation) out.push_back(one.sequence);
    return out;
}

std::vector<std::string> Client::bodies(const ConversationId& conversation) const {
    std::vector<std::string> out;
    for (const Said& one : said)
        if (one.conversation == conversation && !one.ack) out.push_back(one.body);
    return out;
}

void Client::forget() {
    said.clear();
    welcomes.clear();
    resumed.clear();
    created.clear();
    added.clear();
    pages.clear();
    rejected.clear();
    receipts.clear();
    receipt_counts.clear();
    receipt_lists.clear();
    typing.clear();
    reactions.clear();
    reaction_counts.clear();
    reaction_lists.clear();
    done.clear();
    skipped.clear();
    presence.clear();
    listed.clear();
    raw.clear();
    more = 0;
    order.clear();
    close_code = 0;
}

}  // namespace hubbub::testing
