// One client's link: WebSocket frames in and out, the closing handshake, and the deadlines of silence.
// Owned by Connections (one a shard); its thread only. What the messages mean is the session side's affair.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/timer_wheel.hpp"
#include "protocol/websocket.hpp"
#include "refserver/core/answers.hpp"
#include "refserver/core/context.hpp"
#include "refserver/core/session.hpp"
#include "refserver/core/slow_readers.hpp"

namespace hubbub {

enum class ConnectionState : std::uint8_t {
    greeting,  ///< no hello yet
    open,
    closing,  ///< our close frame is out; waiting for the peer's, or for the grace to end
    ended,    ///< handed to the links to close or cut; only `closed` can still come
};

struct Connection : TimerNode {
    Connection(LinkId id, Time now)
        : link(id), last_heard(now), reader(websocket::Role::server, limits::client_message_bytes_max) {}
    const LinkId link;
    Time last_heard;
    Time message_began = never;  ///< of one that is half-sent
    ConnectionState state = ConnectionState::greeting;
    bool binary = false;  ///< speaks hubbub.v1.bin, as its hello did
    bool quiet = false;   ///< two beats were missed, and its user was told
    bool behind = false;  ///< reads too slowly: what it is told waits with the SlowReaders
    bool deaf = false;    ///< the peer broke the framing: nothing it says can be understood any more
    websocket::Reader reader;
    std::unique_ptr<Session> session;  ///< once it said hello
    [[nodiscard]] bool listening() const {
        return state == ConnectionState::greeting || state == ConnectionState::open;
    }
};

/// Who understands the messages. Calls never nest.
class ConnectionUser {
  public:
    virtual ~ConnectionUser() = default;
    virtual void message(Connection& connection, std::string_view payload, bool binary) = 0;
    /// A sign of life after silence (here), two missed beats (away), a farewell or the end of the TTL (gone).
    virtual void life(Connection& connection, Liveness life) = 0;
    /// The link is gone; the connection dies after this.
    virtual void gone(Connection& connection) = 0;
};

class Connections {
  public:
    Connections(ShardContext& context, Random random);
    void set_user(ConnectionUser& user) { user_ = &user; }

    void opened(LinkId link);
    void received(LinkId link, std::span<char> bytes);
    void closed(LinkId link);
    /// Deadlines that are due, and the next slice of a drain.
    void turn();
    [[nodiscard]] Time next_deadline() const;

    /// Null when the link is gone (or never was).
    [[nodiscard]] Connection* find(LinkId link) const;
    /// Whether `bytes` more fit into the outbox. A reader that is too far behind is cut here, or its frames
    /// wait in front of its outbox from now on, as the policy says.
    bool room(Connection& connection, std::size_t bytes);
    /// The same for what has no place in the log: half of the outbox is kept for the log, and nobody is cut
    /// for what it may as well not hear.
    bool room_beside(Connection& connection, std::size_t bytes);
    /// Queues a whole frame if there is room; false: the connection listens no more.
    bool send(Connection& connection, const SharedBytes& frame);
    /// The same without asking for room again.
    void send_unchecked(Connection& connection, const SharedBytes& frame) {
        if (connection.behind) return hold(connection, frame, false);
        pass(connection, frame);
    }
    /// The same for an entry that a resume promised.
    void send_promised(Connection& connection, const SharedBytes& frame) {
        if (connection.behind) return hold(connection, frame, true);
        pass(connection, frame);
    }
    /// Into the outbox, past everything that waits in front of it.
    void pass(const Connection& connection, const SharedBytes& frame);
    /// Bytes that wait for the reader, wherever.
    [[nodiscard]] std::size_t waiting_bytes(const Connection& connection) const {
        return context_.links.queued_bytes(connection.link) + slow_.bytes(connection);
    }
    /// The session's token was set or renewed: its end is a deadline of the connection.
    void watch_expiry(Connection& connection);
    /// Says why, then closes with the code of the error table.
    void end(Connection& connection, ErrorCode code, std::uint32_t retry_after_ms = 0);
    /// From here no new connections; those here are sent away a slice a turn, to come back spread over
    /// `spread`.
    void drain(Duration spread);
    /// Slots in use or once used; slot i may be empty. For whoever must look at all, in a fixed order.
    [[nodiscard]] std::size_t slots() const { return slots_.size(); }
    [[nodiscard]] Connection* at(std::size_t slot) const { return slots_[slot].get(); }

  private:
    /// Two beats missed.
    [[nodiscard]] Duration away_after() const {
        return std::min(2 * context_.options.beat, context_.options.silence);
    }
    [[nodiscard]] Time open_until(const Connection& connection) const;
    void hold(Connection& connection, const SharedBytes& frame, bool promised);
    void cut(Connection& connection);
    void read(Connection& connection);
    void note_half_sent(Connection& connection, bool finished_one);
    void peer_closes(Connection& connection, std::uint16_t code);
    void start_closing(Connection& connection, std::uint16_t code, std::string_view reason);
    void finish(Connection& connection);
    void due(Connection& connection);
    void drain_slice();
    void send_away(Connection& connection);

    ShardContext& context_;
    Random random_;
    ConnectionUser* user_ = nullptr;
    TimerWheel wheel_{Time{}};
    SlowReaders slow_;
    std::vector<std::unique_ptr<Connection>> slots_;  // by the link's slot
    std::optional<std::size_t> drain_from_;
    Duration drain_spread_{};
    bool draining_ = false;
};

}  // namespace hubbub
