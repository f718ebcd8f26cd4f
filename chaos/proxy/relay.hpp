// One proxied connection: two sockets, and the faults of both directions between them.
// Owned by the proxy loop; its thread only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/counter.hpp"
#include "base/timer_wheel.hpp"
#include "chaos/fault_set.hpp"
#include "transport/descriptor.hpp"
#include "transport/dialer.hpp"
#include "transport/poller.hpp"

namespace hubbub {

/// Counted by the loop's thread, read by any.
struct RelayStats {
    RelaxedCounter accepted, open;
    RelaxedCounter turned_away;  ///< the proxy holds as many connections as it may
    RelaxedCounter upstream_failed;
    RelaxedCounter resets;     ///< by a fault, or by a peer and handed on
    RelaxedCounter bytes[2];   ///< read, by stream
    RelaxedCounter paused[2];  ///< times that a source was not read because its direction was full
};

/// What the loop lends to all its relays.
struct RelayContext {
    Poller& poller;
    TimerWheel& timers;
    std::span<char> buffer;  ///< for one read at a time
    std::size_t window;
    std::vector<std::uint64_t>& ended;  ///< keys of those to be destroyed at the end of the turn
};

class Relay {
  public:
    enum class Side : std::uint8_t { client, server };

    /// `key`: of the poller's events; the side is its lowest bit.
    Relay(RelayContext& context, RelayStats& stats, Descriptor client, ConnectionFaults faults,
          std::uint64_t key);
    ~Relay();
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    /// Refuses, waits or dials, as its faults say.
    void start(Dialer& upstream, Time now);
    void handle(Side side, std::uint32_t events, Time now);
    /// Its timer.
    void expire(Time now);
    /// Faults were placed or dropped.
    ConnectionFaults& faults() { return faults_; }
    void faults_changed(Time now);
    [[nodiscard]] bool done() const { return state_ == State::done; }

    static Relay& of(TimerNode& node) { return *static_cast<Timer&>(node).relay; }

  private:
    enum class State : std::uint8_t { opening, dialing, open, closing, done };
    struct Timer : TimerNode {
        Relay* relay = nullptr;
    };
    struct End {
        Descriptor fd;
        std::uint32_t armed = 0;
        bool registered = false;
        bool reading = true;   // its end of stream has not been read
        bool writing = true;   // nothing has ended what is written to it
        bool blocked = false;  // its socket's buffer is full
        bool broken = false;   // a write failed: an end that is read now is a reset
    };

    static Side other(Side side) { return side == Side::client ? Side::server : Side::client; }
    static FaultStream from(Side side) {
        return side == Side::client ? FaultStream::upstream : FaultStream::downstream;
    }
    static Side target(FaultStream stream) {
        return stream == FaultStream::upstream ? Side::server : Side::client;
    }
    End& end_of(Side side) { return ends_[static_cast<std::size_t>(side)]; }

    void dial(Time now);
    void opened(Time now);
    void settle(Time now);
    void read(Side side, Time now);
    void read_nothing(Side side, Time now);
    void carry(Side side, std::span<char> bytes, Time now);
    std::size_t write(Side to, std::span<const char> bytes);
    void write_out(FaultStream stream, Time now);
    void stream_ended(FaultStream stream, Ending how, Time now);
    void source_ended(Side side, Ending how, Time now);
    void close_slowly(Time now);
    void drop_input(Side side);
    void listen_to(Side side);
    void limit_receive_buffers();
    void arm_timer();
    void finish(bool with_reset);

    RelayContext& context_;
    RelayStats& stats_;
    Dialer* upstream_ = nullptr;
    ConnectionFaults faults_;
    std::uint64_t key_;
    State state_ = State::opening;
    End ends_[2];
    Timer timer_;
    Time give_up_ = never;  // of the opening, the dial or the closing
};

}  // namespace hubbub
