#include "fake_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/limits.hpp"

namespace hubbub::test {

using websocket::Event;
using websocket::Opcode;

void FakeServer::accepted(std::uint64_t link) {
    sessions[link].link = link;
}

void FakeServer::received(std::uint64_t link, std::string_view bytes) {
    if (!sessions.contains(link)) return;
    std::string copy(bytes);
    sessions[link].reader.set_input(copy);
    while (sessions.contains(link)) {
        Session& session = sessions[link];
        const auto event = session.reader.next();
        ASSERT_TRUE(event.has_value()) << event.error().why;
        if (event->kind == Event::Kind::need_more) return;
        if (event->kind == Event::Kind::pong) ++session.pongs;
        if (event->kind == Event::Kind::close) close_codes.push_back(event->close_code);
        if (event->kind != Event::Kind::message) continue;
        const std::string payload(event->payload);
        session.said.push_back(payload);
        const auto message = codec_->decode_client(payload);
        ASSERT_TRUE(message.has_value()) << message.error().detail << ": " << payload;
        if (intercept && intercept(session, *message)) continue;
        if (sessions.contains(link)) take(session, *message);
    }
}

void FakeServer::say(std::uint64_t link, const ServerMessage& message) {
    std::string payload, frame;
    codec_->encode(message, payload);
    websocket::append_frame(frame, Opcode::text, payload);
    world_.push(link, frame);
}

void FakeServer::close(std::uint64_t link, std::uint16_t code) {
    std::string frame;
    websocket::append_frame(frame, Opcode::close, websocket::close_payload(code, ""));
    world_.push(link, frame);
    world_.cut(link);
}

FakeServer::Session* FakeServer::session_of(const std::string& user) {
    for (auto& [link, session] : sessions)
        if (session.user == user) return &session;
    return nullptr;
}

void FakeServer::refuse(Session& session, const Send& send, ErrorCode code, std::uint32_t retry_after_ms) {
    say(session.link, Rejected{code, 0, send.conversation, send.number, retry_after_ms});
}

void FakeServer::take(Session& session, const ClientMessage& message) {
    if (const auto* hello = std::get_if<Hello>(&message)) {
        session.user = hello->user;
        session.device = hello->device;
        say(session.link, Welcome{"fake", beat_ms, ttl_ms, in_flight});
    } else if (const auto* resume = std::get_if<Resume>(&message)) {
        take(session, *resume);
    } else if (const auto* send = std::get_if<Send>(&message)) {
        take(session, *send);
    } else if (const auto* create = std::get_if<Create>(&message)) {
        take(session, *create);
    } else if (const auto* read = std::get_if<ReadHistory>(&message)) {
        take(session, *read);
    } else if (const auto* add = std::get_if<AddMembers>(&message)) {
        Conversation& conversation = conversations[add->conversation];
        Kept joined{EntryKind::joined, session.user, "", "", 0, {}};
        for (const std::string_view member : add->members) joined.members.emplace_back(member);
        conversation.members.insert(joined.members.begin(), joined.members.end());
        const Sequence q = append(add->conversation, joined);
        say(session.link, Added{add->id, add->conversation, q});
    }
}

void FakeServer::take(Session& session, const Resume& resume) {
    ++resumes;
    const auto pending = static_cast<std::uint32_t>(resume.positions.size());
    for (std::uint32_t i = 0; i < pending; ++i) {
        const Position asked = resume.positions[i];
        const Conversation& conversation = conversations.at(asked.conversation);
        const Sequence head = conversation.log.size();
        ResumedPosition answer{asked.conversation, conversation.epoch, asked.sequence + 1, head,
                               ResumeStatus::ok};
        if (asked.epoch != conversation.epoch || asked.sequence > head) {
            answer.status = ResumeStatus::reset;
            answer.from = 1;
        }
        if ((answer.status == ResumeStatus::ok || too_old_before_reset) &&
            head + 1 - answer.from > catch_up_max)
            answer.status = ResumeStatus::too_old;
        say(session.link, Resumed{pending - i - 1, {answer}});
        session.attached.insert(asked.conversation);
        if (answer.status == ResumeStatus::too_old) continue;
        for (Sequence q = answer.from; q <= head; ++q) {
            if (hide && hide(session.user, asked.conversation, q)) continue;
            std::vector<std::string_view> members;
            say(session.link, entry_of(asked.conversation, q, members));
        }
    }
}

void FakeServer::take(Session& session, const Send& send) {
    sends.push_back({session.user, send.conversation, send.number, std::string(send.body), world_.now()});
    Conversation& conversation = conversations.at(send.conversation);
    const std::string who = session.user + "/" + session.device;
    WireNumber& last = conversation.last[who];
    if (send.number > last + 1) return refuse(session, send, ErrorCode::out_of_order);
    if (send.number <= last) {
        const Sequence q = conversation.taken.at({who, send.number});
        return say(session.link, Ack{send.conversation, send.number, q});
    }
    last = send.number;
    Kept entry{EntryKind::message, session.user, session.device, std::string(send.body), send.number, {}};
    const Sequence q = append(send.conversation, std::move(entry), session.link);
    conversation.taken[{who, send.number}] = q;
    if (ack_delay == Duration{}) return say(session.link, Ack{send.conversation, send.number, q});
    world_.after(ack_delay, [this, link = session.link, id = send.conversation, n = send.number, q] {
        say(link, Ack{id, n, q});
    });
}

void FakeServer::take(Session& session, const Create& create) {
    creates.emplace_back(create.key);
    auto [known, fresh] = by_key.try_emplace(std::string(create.key));
    if (fresh) {
        known->second = ConversationId{0x1234'5678'9abc'0000ULL + ++last_conversation_, 77};
        Kept joined{EntryKind::joined, session.user, "", "", 0, {}};
        for (const std::string_view member : create.members) joined.members.emplace_back(member);
        conversations[known->second].members.insert(joined.members.begin(), joined.members.end());
        append(known->second, joined);
    }
    const Conversation& conversation = conversations[known->second];
    say(session.link, Created{create.id, known->second, conversation.epoch, conversation.log.size()});
}

void FakeServer::take(Session& session, const ReadHistory& read) {
    ++history_reads;
    const Conversation& conversation = conversations.at(read.conversation);
    HistoryPage page{read.id, read.conversation, conversation.epoch, conversation.log.size(), {}};
    std::vector<std::vector<std::string_view>> members(limits::history_page_entries_max);
    const Sequence last = read.before == 0 ? page.head : std::min(read.before - 1, page.head);
    const Sequence first = read.before == 0 ? read.from : last - std::min<Sequence>(last, read.limit) + 1;
    for (Sequence q = first; q <= last && page.entries.size() < read.limit; ++q) {
        if (hide && hide(session.user, read.conversation, q)) continue;
        page.entries.push_back(entry_of(read.conversation, q, members[page.entries.size()]));
    }
    if (alter_page) alter_page(page);
    say(session.link, page);
}

Sequence FakeServer::append(const ConversationId& id, Kept entry, std::uint64_t sender_link) {
    Conversation& conversation = conversations[id];
    conversation.log.push_back(std::move(entry));
    const Sequence q = conversation.log.size();
    std::vector<std::string_view> members;
    const Entry pushed = entry_of(id, q, members);
    for (auto& [link, session] : sessions) {
        if (link == sender_link || !session.attached.contains(id)) continue;
        if (!drop_live || !drop_live(session, id, q)) say(link, pushed);
    }
    return q;
}

Entry FakeServer::entry_of(const ConversationId& id, Sequence sequence,
                           std::vector<std::string_view>& members) const {
    const Kept& kept = conversations.at(id).log[sequence - 1];
    members.assign(kept.members.begin(), kept.members.end());
    return {kept.kind, id, sequence, kept.user, kept.device, kept.number, kept.body, members};
}

}  // namespace hubbub::test
