#include "loadgen/client/send_table.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace hubbub {

SendTable::SendTable(std::uint32_t first_stream, std::uint32_t last_stream)
    : first_stream_(first_stream), at_rest_(last_stream - first_stream, 1) {}

void SendTable::add(DeviceSends& device, StreamIndex stream, LedgerRow row, std::uint32_t body_bytes) {
    std::uint32_t at = free_message_;
    if (at != none) {
        free_message_ = messages_[at].next;
    } else {
        at = static_cast<std::uint32_t>(messages_.size());
        messages_.emplace_back();
    }
    messages_[at] = Outgoing{};
    messages_[at].row = row;
    messages_[at].body_bytes = body_bytes;

    StreamSends& s = use(device, stream);
    (s.tail == none ? s.head : messages_[s.tail].next) = at;
    s.tail = at;
    if (s.cursor == none) s.cursor = at;
    count(device, messages_[at], +1);
}

const Outgoing* SendTable::next_to_send(DeviceSends& device, StreamIndex stream, std::uint32_t window,
                                        Time now) {
    StreamSends* s = find(stream);
    if (s == nullptr || s->halted || s->cursor == none || s->sent >= window) return nullptr;
    Outgoing& message = messages_[s->cursor];
    s->cursor = message.next;
    ++s->sent;
    if (message.number == 0) message.number = s->next_number++;
    if (message.attempts == 0) message.first_attempt = now;
    if (message.attempts < UINT8_MAX) ++message.attempts;
    message.last_attempt = now;
    mark(device, message, true, message.unsure);
    return &message;
}

std::optional<SendTable::Answered> SendTable::acknowledged(DeviceSends& device, StreamIndex stream,
                                                           WireNumber number) {
    StreamSends* s = find(stream);
    if (s == nullptr) return std::nullopt;
    const std::uint32_t at = find_message(*s, number);
    if (at == none) return std::nullopt;
    const Answered answer{messages_[at].row, messages_[at].attempts > 1};
    // A number that was thought to be free is not (a server that took what it had to refuse).
    s->next_number = std::max(s->next_number, messages_[at].number + 1);
    if (messages_[at].sent) --s->sent;
    remove(device, *s, at);
    go_on(device, *s);
    return answer;
}

SendTable::Refused SendTable::refused(DeviceSends& device, StreamIndex stream, WireNumber number,
                                      Refusal kind) {
    StreamSends* s = find(stream);
    const std::uint32_t at = s == nullptr ? none : find_message(*s, number);
    if (at == none || !messages_[at].sent) return {};
    Outgoing& message = messages_[at];
    // Behind one that was refused or got lost, out_of_order is the server's duty; at the head it means that
    // the server lost our numbers.
    const bool expected = kind == Refusal::out_of_order && (s->halted || at != s->head);
    Refused result;
    result.known = true;
    s->halted = true;
    --s->sent;
    mark(device, message, false, message.unsure);
    if (message.unsure) {
        // This attempt failed for certain, an earlier one perhaps not: the number stays with the message.
        result.paused = !expected;
    } else {
        give_back_number(*s, at);
        result.paused = kind == Refusal::later;
        if (kind == Refusal::final || (kind == Refusal::out_of_order && !expected)) {
            result.over = message.row;
            remove(device, *s, at);
        } else {
            result.not_taken = message.row;
        }
    }
    s->paused = s->paused || result.paused;
    go_on(device, *s);
    return result;
}

/// The server did not consume the number, so it cannot have taken what was sent behind it either.
void SendTable::give_back_number(StreamSends& s, std::uint32_t message) {
    Outgoing& refused = messages_[message];
    s.next_number = std::min(s.next_number, refused.number);
    refused.number = 0;
    refused.doomed = false;
    for (std::uint32_t at = refused.next; at != none; at = messages_[at].next) {
        Outgoing& behind = messages_[at];
        if (behind.sent)
            behind.doomed = true;  // its number is needed until its answer has come
        else
            behind.number = 0;
        // Attempts are made in order, so nothing behind a sure one can be unsure.
        HUBBUB_ASSERT(!behind.unsure, "an unsure send behind one that certainly failed");
    }
}

void SendTable::unpause(DeviceSends& device) {
    for (std::uint32_t slot = device.first_stream; slot != none;) {
        const std::uint32_t next = streams_[slot].next_of_device;
        streams_[slot].paused = false;
        go_on(device, streams_[slot]);
        slot = next;
    }
}

void SendTable::disconnected(DeviceSends& device) {
    for (std::uint32_t slot = device.first_stream; slot != none; slot = streams_[slot].next_of_device) {
        StreamSends& s = streams_[slot];
        for (std::uint32_t at = s.head; at != none; at = messages_[at].next) {
            Outgoing& message = messages_[at];
            if (message.doomed) message.number = 0;
            mark(device, message, false, message.unsure || (message.sent && !message.doomed));
            message.doomed = false;
        }
        s.sent = 0;
        s.halted = s.reading_log;
        s.paused = false;
        s.cursor = s.head;
    }
}

void SendTable::forget_sent(DeviceSends& device) {
    for (std::uint32_t slot = device.first_stream; slot != none;) {
        StreamSends& s = streams_[slot];
        slot = s.next_of_device;
        for (std::uint32_t at = s.head; at != none;) {
            const std::uint32_t after = messages_[at].next;
            if (messages_[at].sent) remove(device, s, at);
            at = after;
        }
        s.sent = 0;
        rest_if_idle(device, s);
    }
}

void SendTable::abandon(DeviceSends& device) {
    disconnected(device);
    for (std::uint32_t slot = device.first_stream; slot != none;) {
        StreamSends& s = streams_[slot];
        slot = s.next_of_device;
        while (s.head != none) remove(device, s, s.head);
        s.halted = s.reading_log = false;
        rest_if_idle(device, s);
    }
}

void SendTable::renumber_from_log(DeviceSends& device, StreamIndex stream) {
    StreamSends& s = use(device, stream);
    s.reading_log = s.halted = true;
    s.highest_in_log = 0;
}

void SendTable::own_in_log(StreamIndex stream, WireNumber number) {
    StreamSends* s = find(stream);
    if (s == nullptr || !s->reading_log || number >= in_use) return;
    s->highest_in_log = std::max(s->highest_in_log, static_cast<std::uint32_t>(number));
}

void SendTable::log_read(DeviceSends& device, StreamIndex stream) {
    StreamSends* s = find(stream);
    if (s == nullptr || !s->reading_log) return;
    s->reading_log = false;
    s->next_number = s->highest_in_log + 1;
    for (std::uint32_t at = s->head; at != none; at = messages_[at].next) {
        messages_[at].number = 0;
        mark(device, messages_[at], false, false);
    }
    s->sent = 0;
    go_on(device, *s);
}

bool SendTable::reading_log(StreamIndex stream) const {
    const std::uint32_t entry = at_rest_[stream.value - first_stream_];
    return (entry & in_use) != 0 && streams_[entry & ~in_use].reading_log;
}

Time SendTable::oldest_attempt(const DeviceSends& device) const {
    Time oldest = never;
    for (std::uint32_t slot = device.first_stream; slot != none; slot = streams_[slot].next_of_device) {
        std::uint32_t left = streams_[slot].sent;
        for (std::uint32_t at = streams_[slot].head; left > 0; at = messages_[at].next) {
            HUBBUB_ASSERT(at != none, "fewer messages than sent ones");
            if (!messages_[at].sent) continue;
            oldest = std::min(oldest, messages_[at].last_attempt);
            --left;
        }
    }
    return oldest;
}

std::size_t SendTable::memory() const {
    return at_rest_.capacity() * sizeof(std::uint32_t) + streams_.capacity() * sizeof(StreamSends) +
           messages_.capacity() * sizeof(Outgoing);
}

SendTable::StreamSends* SendTable::find(StreamIndex stream) {
    const std::uint32_t entry = at_rest_[stream.value - first_stream_];
    return (entry & in_use) != 0 ? &streams_[entry & ~in_use] : nullptr;
}

SendTable::StreamSends& SendTable::use(DeviceSends& device, StreamIndex stream) {
    if (StreamSends* s = find(stream)) return *s;
    std::uint32_t slot = free_stream_;
    if (slot != none) {
        free_stream_ = streams_[slot].next_of_device;
    } else {
        slot = static_cast<std::uint32_t>(streams_.size());
        streams_.emplace_back();
    }
    std::uint32_t& entry = at_rest_[stream.value - first_stream_];
    streams_[slot] = StreamSends{};
    streams_[slot].stream = stream;
    streams_[slot].next_number = entry;
    streams_[slot].next_of_device = device.first_stream;
    device.first_stream = slot;
    entry = in_use | slot;
    return streams_[slot];
}

std::uint32_t SendTable::find_message(const StreamSends& s, WireNumber number) const {
    if (number == 0) return none;
    for (std::uint32_t at = s.head; at != none; at = messages_[at].next) {
        const Outgoing& message = messages_[at];
        if (message.number == number && (message.sent || message.unsure)) return at;
    }
    return none;
}

void SendTable::remove(DeviceSends& device, StreamSends& s, std::uint32_t message) {
    std::uint32_t before = none;
    for (std::uint32_t at = s.head; at != message; at = messages_[at].next) before = at;
    const std::uint32_t after = messages_[message].next;
    (before == none ? s.head : messages_[before].next) = after;
    if (s.tail == message) s.tail = before;
    if (s.cursor == message) s.cursor = after;
    count(device, messages_[message], -1);
    messages_[message].next = free_message_;
    free_message_ = message;
}

/// Lifts a halt as soon as no answer is outstanding that could be mistaken for another message's.
void SendTable::go_on(DeviceSends& device, StreamSends& s) {
    if (s.halted && s.sent == 0 && !s.paused && !s.reading_log) {
        s.halted = false;
        s.cursor = s.head;
    }
    rest_if_idle(device, s);
}

void SendTable::rest_if_idle(DeviceSends& device, StreamSends& s) {
    if (s.head != none || s.reading_log) return;
    std::uint32_t& entry = at_rest_[s.stream.value - first_stream_];
    const std::uint32_t slot = entry & ~in_use;
    std::uint32_t* link = &device.first_stream;
    while (*link != slot) link = &streams_[*link].next_of_device;
    *link = s.next_of_device;
    entry = s.next_number;
    s.next_of_device = free_stream_;
    free_stream_ = slot;
}

void SendTable::mark(DeviceSends& device, Outgoing& message, bool sent, bool unsure) {
    count(device, message, -1);
    message.sent = sent;
    message.unsure = unsure;
    count(device, message, +1);
}

void SendTable::count(DeviceSends& device, const Outgoing& message, std::int32_t by) {
    const bool waits = !message.sent && !message.unsure;
    (waits ? waiting_ : in_flight_) += static_cast<std::uint64_t>(static_cast<std::int64_t>(by));
    if (waits) device.waiting += static_cast<std::uint32_t>(by);
}

}  // namespace hubbub
