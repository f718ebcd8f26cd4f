#include "refserver/core/connection.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "protocol/token_limits.hpp"

namespace hubbub {
namespace {

// Far above what a process may hold, so that a broken carrier is found here and not as a full memory.
constexpr std::size_t slots_max = std::size_t{1} << 26;

// Close codes of RFC 6455 section 7.4.1 by which a client says goodbye.
constexpr std::uint16_t normal_closure = 1000, leaves_the_page = 1001;

Time message_due(const Connection& connection) {
    return connection.message_began == never ? never : connection.message_began + limits::message_time_max;
}

constexpr std::size_t slot_of(LinkId link) {
    return static_cast<std::size_t>(link.value & 0xffffffffULL);
}

}  // namespace

Connections::Connections(ShardContext& context, Random random)
    : context_(context), random_(random), slow_(context, *this) {}

void Connections::opened(LinkId link) {
    const std::size_t slot = slot_of(link);
    HUBBUB_ASSERT(slot < slots_max, "link slots must be dense");
    if (slot >= slots_.size()) slots_.resize(slot + 1);
    HUBBUB_ASSERT(!slots_[slot], "a link slot is reused only after `closed`");
    slots_[slot] = std::make_unique<Connection>(link, context_.now);
    context_.counters.accepted.add();
    context_.counters.connections.add();
    wheel_.arm(*slots_[slot], context_.now + limits::handshake_max);
    if (draining_) send_away(*slots_[slot]);
}

Connection* Connections::find(LinkId link) const {
    const std::size_t slot = slot_of(link);
    if (slot >= slots_.size() || !slots_[slot] || slots_[slot]->link != link) return nullptr;
    return slots_[slot].get();
}

void Connections::received(LinkId link, std::span<char> bytes) {
    Connection* const connection = find(link);
    if (!connection) return;
    context_.counters.bytes_received.add(bytes.size());
    if (connection->deaf || connection->state == ConnectionState::ended) return;
    connection->last_heard = context_.now;
    // Only of an open one: what a peer still says while it is sent away must not stretch its grace.
    if (connection->quiet && connection->state == ConnectionState::open) {
        connection->quiet = false;
        wheel_.arm(*connection, open_until(*connection));
        user_->life(*connection, Liveness::here);
    }
    connection->reader.set_input(bytes);
    read(*connection);
}

void Connections::read(Connection& connection) {
    using Kind = websocket::Event::Kind;
    bool finished = false;
    while (connection.state != ConnectionState::ended) {
        const auto event = connection.reader.next();
        if (event.has_error()) {
            connection.deaf = true;
            if (connection.listening())
                start_closing(connection, event.error().close_code, event.error().why);
            return;
        }
        switch (event->kind) {
            case Kind::need_more:
                note_half_sent(connection, finished);
                return;
            case Kind::message:
                finished = true;
                if (connection.listening()) user_->message(connection, event->payload, event->binary);
                break;
            case Kind::ping:
                if (connection.listening())
                    send(connection, websocket::make_frame(websocket::Opcode::pong, event->payload));
                break;
            case Kind::pong:
                break;
            case Kind::close:
                peer_closes(connection, event->close_code);
                return;
        }
    }
}

/// Bytes that come in drops show life and hold memory: a message has a deadline of its own.
void Connections::note_half_sent(Connection& connection, bool finished_one) {
    if (!connection.reader.partial()) {
        connection.message_began = never;
    } else if (finished_one || connection.message_began == never) {
        connection.message_began = context_.now;
    }
}

/// RFC 6455 section 5.5.1: answer with the same code, then the server ends the TCP connection first (7.1.1).
void Connections::peer_closes(Connection& connection, std::uint16_t code) {
    if (connection.listening()) {
        constexpr std::uint16_t no_code = 1005;  // must not be sent (section 7.4.1)
        if (code == normal_closure || code == leaves_the_page || code == no_code)
            user_->life(connection, Liveness::gone);
        slow_.forget(connection);  // it said that it will not read
        const std::string payload = code == no_code ? std::string() : websocket::close_payload(code, {});
        send_unchecked(connection, websocket::make_frame(websocket::Opcode::close, payload));
    }
    finish(connection);
}

void Connections::finish(Connection& connection) {
    connection.state = ConnectionState::ended;
    wheel_.cancel(connection);
    context_.links.close(connection.link);
}

bool Connections::room(Connection& connection, std::size_t bytes) {
    if (!connection.listening()) return false;
    const std::size_t queued = context_.links.queued_bytes(connection.link);
    // An empty outbox takes anything: one answer alone never condemns a reader.
    if (queued == 0 || queued + bytes <= slow_.outbox_bytes_max()) return true;
    if (!slow_.holding()) {
        cut(connection);
        return false;
    }
    slow_.begin(connection);
    return true;
}

bool Connections::room_beside(Connection& connection, std::size_t bytes) {
    if (!connection.listening()) return false;
    const std::size_t queued = context_.links.queued_bytes(connection.link);
    if (queued + bytes <= context_.options.outbox_bytes_max / 2) return true;
    if (slow_.holding()) slow_.begin(connection);
    return slow_.holding();
}

void Connections::hold(Connection& connection, const SharedBytes& frame, bool promised) {
    if (!slow_.hold(connection, frame, promised)) cut(connection);
}

/// Its close code (3005) could only queue behind what it does not read, so the link is cut without it.
void Connections::cut(Connection& connection) {
    slow_.forget(connection);
    context_.counters.outbox_overflows.add();
    context_.counters.reject(ErrorCode::slow_reader);
    connection.state = ConnectionState::ended;
    wheel_.cancel(connection);
    context_.links.abort(connection.link);
}

bool Connections::send(Connection& connection, const SharedBytes& frame) {
    if (!room(connection, frame.size())) return false;
    send_unchecked(connection, frame);
    return true;
}

void Connections::pass(const Connection& connection, const SharedBytes& frame) {
    if (connection.binary) {
        const SharedBytes binary = context_.binary_form(frame);
        context_.counters.bytes_queued.add(binary.size());
        return context_.links.send(connection.link, binary);
    }
    context_.counters.bytes_queued.add(frame.size());
    context_.links.send(connection.link, frame);
}

void Connections::end(Connection& connection, ErrorCode code, std::uint32_t retry_after_ms) {
    if (!connection.listening()) return;
    // Who is sent away to come back may be back before anybody needs to know.
    if (code == ErrorCode::silent || !traits(code).may_reconnect) user_->life(connection, Liveness::gone);
    context_.counters.reject(code);
    slow_.flush(connection);
    send_unchecked(connection, context_.frame_of(Rejected{.code = code, .retry_after_ms = retry_after_ms}));
    start_closing(connection, traits(code).close_code, name(code));
}

void Connections::watch_expiry(Connection& connection) {
    wheel_.arm(connection, open_until(connection));
}

void Connections::start_closing(Connection& connection, std::uint16_t code, std::string_view reason) {
    const std::string payload = websocket::close_payload(code, reason);
    slow_.flush(connection);
    send_unchecked(connection, websocket::make_frame(websocket::Opcode::close, payload));
    connection.state = ConnectionState::closing;
    wheel_.arm(connection, context_.now + limits::close_grace);
}

void Connections::closed(LinkId link) {
    Connection* const connection = find(link);
    if (!connection) return;
    connection->state = ConnectionState::ended;
    wheel_.cancel(*connection);
    slow_.forget(*connection);
    user_->gone(*connection);
    context_.counters.connections.subtract();
    slots_[slot_of(link)].reset();
}

void Connections::turn() {
    wheel_.advance(context_.now, [this](TimerNode& node) { due(static_cast<Connection&>(node)); });
    slow_.turn();
    drain_slice();
}

/// When an open connection must be looked at again if nothing more is heard.
Time Connections::open_until(const Connection& connection) const {
    const Duration patience = connection.quiet ? context_.options.silence : away_after();
    return std::min(
        {connection.last_heard + patience, message_due(connection), connection.session->expires()});
}

void Connections::due(Connection& connection) {
    switch (connection.state) {
        case ConnectionState::greeting:
            end(connection, ErrorCode::unauthenticated);
            break;
        case ConnectionState::open: {
            // Frames only note their time; the timer looks at the note, instead of moving with every frame.
            if (connection.session->expires() <= context_.now) {
                end(connection, ErrorCode::expired);
                break;
            }
            const bool lives = connection.last_heard + context_.options.silence > context_.now &&
                               message_due(connection) > context_.now;
            if (lives && !connection.quiet && connection.last_heard + away_after() <= context_.now) {
                connection.quiet = true;
                user_->life(connection, Liveness::away);
            }
            if (lives) {
                wheel_.arm(connection, open_until(connection));
                break;
            }
            context_.counters.silent.add();
            end(connection, ErrorCode::silent);
            break;
        }
        case ConnectionState::closing:
            connection.state = ConnectionState::ended;
            context_.links.abort(connection.link);
            break;
        case ConnectionState::ended:
            break;
    }
}

void Connections::drain(Duration spread) {
    draining_ = true;
    drain_from_ = 0;
    drain_spread_ = spread;
}

void Connections::drain_slice() {
    if (!drain_from_) return;
    const std::size_t to = std::min(slots_.size(), *drain_from_ + context_.options.fanout_slice);
    for (std::size_t slot = *drain_from_; slot < to; ++slot)
        if (slots_[slot]) send_away(*slots_[slot]);
    if (to == slots_.size()) {
        drain_from_.reset();
    } else {
        drain_from_ = to;
    }
}

/// Each with a wait of its own, from 1 ms (0 would be no hint), so that they do not all come back at once.
void Connections::send_away(Connection& connection) {
    const auto spread_ms = static_cast<std::uint64_t>(to_micros(drain_spread_) / 1000);
    const auto wait = static_cast<std::uint32_t>(1 + random_.below(std::max<std::uint64_t>(spread_ms, 1)));
    end(connection, ErrorCode::going_away, wait);
}

Time Connections::next_deadline() const {
    return drain_from_ ? context_.now : std::min(wheel_.next_deadline(), slow_.next_deadline());
}

}  // namespace hubbub
