// The sends of a worker's streams that are due and not yet answered: order, wire numbers, window,
// renumbering. Owned by one worker core; its thread only. It speaks to nobody: the worker sends, and tells it
// the answers.
//
// A stream that has nothing under way costs 4 bytes (its next wire number). The messages of a stream stand in
// their intended order; those that wait for an answer on this connection are a prefix of it, except while the
// stream is halted by a refusal. Nothing is sent on a halted stream until all its answers have come, so that
// a number never means two messages at once.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "loadgen/check/checker.hpp"

namespace hubbub {

/// The part of the table that a device carries: 8 bytes.
struct DeviceSends {
    std::uint32_t first_stream = UINT32_MAX;  ///< in-use slots of its streams, linked
    std::uint32_t waiting = 0;                ///< its messages that are due and certainly not taken
};

/// One intended message on its way.
struct Outgoing {
    LedgerRow row = 0;
    std::uint32_t body_bytes = 0;
    Time first_attempt{};  ///< the bytes hang on it, so that a resend has equal bytes
    Time last_attempt{};
    std::uint32_t number = 0;  ///< on the wire; 0: not given yet, or given back
    std::uint32_t next = UINT32_MAX;
    std::uint8_t attempts = 0;  ///< saturates
    bool sent = false;          ///< waits for its answer on this connection
    bool unsure = false;        ///< an earlier attempt may have taken effect: its number stays its own
    bool doomed = false;        ///< sent behind a refused one: the server cannot have taken it
};

/// What an error answer means for the stream.
enum class Refusal : std::uint8_t {
    final,         ///< definite, and would be again: this message is over
    later,         ///< definite, but may go better later
    out_of_order,  ///< definite; expected behind a refused one
};

class SendTable {
  public:
    SendTable(std::uint32_t first_stream, std::uint32_t last_stream);

    /// A message fell due: it waits behind the others of its stream.
    void add(DeviceSends& device, StreamIndex stream, LedgerRow row, std::uint32_t body_bytes);
    /// The next message that may leave now, numbered and marked as sent; null when there is none, the window
    /// is full or the stream halted. Lives until the next call.
    const Outgoing* next_to_send(DeviceSends& device, StreamIndex stream, std::uint32_t window, Time now);

    struct Answered {
        LedgerRow row = 0;
        bool resend = false;
    };
    /// The server took `number`, by an ack or by showing the entry. Nothing: no such message is under way.
    std::optional<Answered> acknowledged(DeviceSends& device, StreamIndex stream, WireNumber number);
    struct Refused {
        bool known = false;                  ///< it answers a message under way
        std::optional<LedgerRow> over;       ///< the message that is over: it certainly did not happen
        std::optional<LedgerRow> not_taken;  ///< the message that will be sent again: nor did it happen yet
        bool paused = false;                 ///< wait a while, then call unpause()
    };
    Refused refused(DeviceSends& device, StreamIndex stream, WireNumber number, Refusal kind);
    /// Paused streams of this device may go on.
    void unpause(DeviceSends& device);
    /// The connection ended: what was sent and not answered is unsure.
    void disconnected(DeviceSends& device);
    /// The same on a backend that would take a resend for a second message: what was sent and not answered
    /// leaves the table, its outcome unknown for good.
    void forget_sent(DeviceSends& device);
    /// Whether a message of the stream was ever given this number.
    [[nodiscard]] bool was_given(StreamIndex stream, WireNumber number) const {
        const std::uint32_t at = at_rest_[stream.value - first_stream_];
        return number != 0 && number < ((at & in_use) == 0 ? at : streams_[at & ~in_use].next_number);
    }
    /// The number of the first unanswered message of a stream that `is_it` recognizes by its row; 0: none.
    template <class IsIt>
    [[nodiscard]] WireNumber number_of(StreamIndex stream, IsIt&& is_it) const {
        const std::uint32_t at = at_rest_[stream.value - first_stream_];
        if ((at & in_use) == 0) return 0;
        for (std::uint32_t m = streams_[at & ~in_use].head; m != none; m = messages_[m].next)
            if (messages_[m].sent && is_it(messages_[m].row)) return messages_[m].number;
        return 0;
    }
    /// The device will not come back: all its messages leave the table as they are.
    void abandon(DeviceSends& device);

    // ---- a log that lost entries lost numbers too: they are learnt again from the log itself
    /// Halts the stream until log_read().
    void renumber_from_log(DeviceSends& device, StreamIndex stream);
    void own_in_log(StreamIndex stream, WireNumber number);
    /// The new log was seen to its head: what it does not show did not happen.
    void log_read(DeviceSends& device, StreamIndex stream);
    [[nodiscard]] bool reading_log(StreamIndex stream) const;

    /// Visits the device's streams that have messages; `visit` may send, not answer.
    template <class Visit>
    void for_each_stream(const DeviceSends& device, Visit&& visit) const {
        for (std::uint32_t slot = device.first_stream; slot != none; slot = streams_[slot].next_of_device)
            visit(streams_[slot].stream);
    }
    /// What there is of a device in the streams that `held` is true of.
    struct Waiting {
        std::uint32_t streams = 0;        ///< with messages
        std::uint32_t in_flight = 0;      ///< sent, and not answered
        std::optional<StreamIndex> next;  ///< whose next message may leave; of several the one intended first
    };
    template <class Held>
    [[nodiscard]] Waiting waiting_in(const DeviceSends& device, Held&& held) const {
        Waiting out;
        LedgerRow first = 0;
        for (std::uint32_t slot = device.first_stream; slot != none; slot = streams_[slot].next_of_device) {
            const StreamSends& s = streams_[slot];
            if (!held(s.stream)) continue;
            ++out.streams;
            out.in_flight += s.sent;
            if (s.halted || s.cursor == none) continue;
            const LedgerRow row = messages_[s.cursor].row;
            if (out.next && first <= row) continue;
            out.next = s.stream;
            first = row;
        }
        return out;
    }
    /// When the oldest unanswered attempt of this connection was made; `never` when there is none.
    [[nodiscard]] Time oldest_attempt(const DeviceSends& device) const;
    [[nodiscard]] std::uint64_t waiting() const { return waiting_; }
    [[nodiscard]] std::uint64_t in_flight() const { return in_flight_; }
    /// Bytes on the heap (capacity), for reports.
    [[nodiscard]] std::size_t memory() const;

  private:
    static constexpr std::uint32_t none = UINT32_MAX;
    static constexpr std::uint32_t in_use = 0x8000'0000;  ///< in at_rest_: the rest is a slot

    struct StreamSends {
        StreamIndex stream;
        std::uint32_t next_number = 1;
        std::uint32_t head = none, tail = none;
        std::uint32_t cursor = none;  ///< first message not sent on this connection; while not halted
        std::uint32_t sent = 0;
        std::uint32_t highest_in_log = 0;
        std::uint32_t next_of_device = none;
        bool halted = false, paused = false, reading_log = false;
    };

    StreamSends* find(StreamIndex stream);
    StreamSends& use(DeviceSends& device, StreamIndex stream);
    std::uint32_t find_message(const StreamSends& s, WireNumber number) const;
    void remove(DeviceSends& device, StreamSends& s, std::uint32_t message);
    void mark(DeviceSends& device, Outgoing& message, bool sent, bool unsure);
    void give_back_number(StreamSends& s, std::uint32_t message);
    void go_on(DeviceSends& device, StreamSends& s);
    void rest_if_idle(DeviceSends& device, StreamSends& s);
    void count(DeviceSends& device, const Outgoing& message, std::int32_t by);

    std::uint32_t first_stream_;
    std::vector<std::uint32_t> at_rest_;  ///< by stream: next number, or in_use | slot
    std::vector<StreamSends> streams_;
    std::vector<Outgoing> messages_;
    std::uint32_t free_stream_ = none, free_message_ = none;
    std::uint64_t waiting_ = 0, in_flight_ = 0;
};

}  // namespace hubbub
