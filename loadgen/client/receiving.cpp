// What the target says: from bytes to the checker.
#include "loadgen/client/worker_impl.hpp"
#include "protocol/limits.hpp"

namespace hubbub {

using websocket::Event;

namespace {

/// The request that a message answers; 0: none.
RequestId request_of(const ServerMessage& message) {
    return std::visit(
        [](const auto& one) -> RequestId {
            if constexpr (requires { one.id; })
                return one.id;
            else
                return 0;
        },
        message);
}

}  // namespace

void Worker::Impl::received(LinkId link, std::span<char> bytes, Time now) {
    VirtualClient* client = client_of(link);
    if (client == nullptr) return;
    client->last_heard = now;
    // Only a client that stopped in the middle of a message keeps a reader.
    websocket::Reader reader(websocket::Role::client, limits::server_message_bytes_max);
    if (client->errands && client->errands->reader) {
        reader = std::move(*client->errands->reader);
        client->errands->reader.reset();
    }
    reader.set_input(bytes);
    while (true) {
        const auto event = reader.next();
        if (!event)
            return break_off(*client, std::string("websocket: ") + event.error().why,
                             event.error().close_code, now);
        if (event->kind == Event::Kind::need_more) break;
        take_event(*client, *event, now);
        if (client_of(link) == nullptr) return;  // what follows is of no use any more
    }
    if (reader.partial()) client->need_errands().reader.emplace(std::move(reader));
    client->drop_errands_if_done();
}

void Worker::Impl::take_event(VirtualClient& client, const Event& event, Time now) {
    switch (event.kind) {
        case Event::Kind::message:
            return take_message(client, event.payload, now);
        case Event::Kind::ping:
            wire.pong(client.link, event.payload);
            client.last_said = now;
            return;
        case Event::Kind::close:
            return take_close(client, event, now);
        case Event::Kind::pong:
            if (const auto word = pong_word(event.payload))
                habits.tell([&](Habit& habit) { habit.ponged(device_of(client), *word, now); });
            return;
        case Event::Kind::need_more:
            return;
    }
}

void Worker::Impl::take_close(VirtualClient& client, const Event& event, Time now) {
    std::string why = "close " + std::to_string(event.close_code);
    for (const ErrorTraits& row : error_table)
        if (row.close_code == event.close_code) why += " " + std::string(row.name);
    const LinkId link = client.link;
    if (client.live()) expiry.ended(device_of(client), client.token_at, event.close_code, now);
    lose(client, why, may_reconnect_after(event.close_code), now);
    // RFC 6455 section 5.5.1: the code is echoed; 1005 stands for none and is never sent.
    wire.close(link, event.close_code == 1005 ? std::uint16_t{1000} : event.close_code);
}

void Worker::Impl::take_message(VirtualClient& client, std::string_view payload, Time now) {
    if (const CachedEntry* cached = frames.find(payload)) return take_entry(client, *cached, now);
    const auto decoded = adapter->decode(payload, speaker(client));
    if (!decoded) return break_off(client, "protocol: " + decoded.error().detail, 1002, now);
    const ServerMessage* const message = *decoded;
    if (message == nullptr) return errors.count("protocol: a message that the mapping does not know");
    if (const auto* entry = std::get_if<Entry>(message))
        take_entry(client, frames.store(payload, examined(*entry)), now);
    else if (const auto* ack = std::get_if<Ack>(message))
        acked(client, *ack, now);
    else if (habits.answered(device_of(client), request_of(*message), *message, now))
        return;
    else if (const auto* page = std::get_if<HistoryPage>(message))
        take_page(client, *page, now);
    else if (const auto* rejected = std::get_if<Rejected>(message))
        take_rejected(client, *rejected, now);
    else if (const auto* answer = std::get_if<Resumed>(message))
        resumed(client, *answer, now);
    else if (const auto* welcome = std::get_if<Welcome>(message))
        welcomed(client, *welcome, now);
    else if (!take_answer(client, *message, now))
        errors.count("protocol: an answer to no question");
}

bool Worker::Impl::take_answer(VirtualClient& client, const ServerMessage& message, Time now) {
    if (const auto* skipped = std::get_if<Skipped>(&message)) return take_skipped(client, *skipped, now);
    if (const auto* done = std::get_if<Done>(&message)) return done->id != 0 && done->id <= last_request;
    return habits.heard(device_of(client), message, now);
}

/// False: it skips nothing.
bool Worker::Impl::take_skipped(VirtualClient& client, const Skipped& skipped, Time now) {
    if (skipped.from == 0 || skipped.until < skipped.from) return false;
    const auto stream = stream_of(client, skipped.conversation);
    if (!stream) {
        SeenEntry told;
        told.conversation = conversations.find(skipped.conversation).value_or(ConversationIndex{UINT32_MAX});
        told.sequence = skipped.from;
        checker.received_by_stranger(device_of(client), told, now);
        return true;
    }
    checker.skipped(*stream, skipped, now);
    repair(client, *stream, skipped.until, now);
    return true;
}

void Worker::Impl::take_rejected(VirtualClient& client, const Rejected& rejected, Time now) {
    if (rejected.number != 0) return send_refused(client, rejected, now);
    if (rejected.id != 0) return request_refused(client, rejected, now);
    // The connection itself: a close frame follows; until then the hint is kept.
    errors.count("session refused: " + std::string(name(rejected.code)));
    client.retry_after_ms = rejected.retry_after_ms;
}

CachedEntry Worker::Impl::examined(const Entry& entry) const {
    auto conversation = conversations.find(entry.conversation);
    if (!conversation && !abilities.numbers && entry.conversation == ConversationId{})
        conversation = checker.conversation_of_stamp(entry.body);  // the backend does not name it
    return {checker.examine(entry, conversation.value_or(ConversationIndex{UINT32_MAX})),
            conversation.has_value()};
}

std::optional<StreamIndex> Worker::Impl::stream_of(const VirtualClient& client,
                                                   const ConversationId& conversation) const {
    const auto index = conversations.find(conversation);
    return index ? plan.stream_of(device_of(client), *index) : std::nullopt;
}

void Worker::Impl::take_entry(VirtualClient& client, const CachedEntry& cached, Time now) {
    const SeenEntry& entry = cached.entry;
    const auto stream = cached.known_conversation ? plan.stream_of(device_of(client), entry.conversation)
                                                  : std::optional<StreamIndex>{};
    if (!stream) return checker.received_by_stranger(device_of(client), entry, now);
    Errands::Announced announced;
    if (client.errands && !client.errands->catching_up.empty())
        announced = client.errands->announced(*stream, entry.sequence);
    const ArrivedBy how = announced.caught_up ? ArrivedBy::catch_up : ArrivedBy::live;
    const StreamStep step = checker.received(*stream, entry, how, now);
    if (announced.caught_up && step != StreamStep::repeated) storms.healed_by_resume();
    if (step == StreamStep::gap) repair(client, *stream, entry.sequence - 1, now);
    if (step != StreamStep::repeated) habits.saw(*stream, entry, now);
    const bool echo_is_ack = !abilities.acks && abilities.echo == Echo::all;
    if (announced.caught_up || echo_is_ack) take_own(client, *stream, entry, now);
    if (announced.complete) sends.log_read(client.sends, *stream);
    if (announced.over && client.live()) {
        send_stream(client, *stream, now);
        look_whether_caught_up(client, now);
    }
}

void Worker::Impl::take_own(VirtualClient& client, StreamIndex stream, const SeenEntry& entry, Time now) {
    const DeviceIndex self = device_of(client);
    // The stamp must agree: another's message under this device's name proves nothing about its own sends.
    if (entry.kind != EntryKind::message || !entry.sender_known || entry.sender != self ||
        entry.stamp.state != StampState::valid || entry.stamp.stamp.device != self)
        return;
    WireNumber number = entry.number;
    if (abilities.numbers)
        sends.own_in_log(stream, number);
    else
        number = sends.number_of(stream, [&](LedgerRow row) { return checker.shows(entry, row); });
    const auto answered = sends.acknowledged(client.sends, stream, number);
    if (answered) taken(client, stream, *answered, entry.sequence, true, now);
    if (answered && !abilities.numbers) send_stream(client, stream, now);
}

}  // namespace hubbub
