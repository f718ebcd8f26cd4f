// The plan's arrivals become sends: due at their intended time, sent when the device can, answered or not.
#include <algorithm>

#include "loadgen/client/backoff.hpp"
#include "loadgen/client/worker_impl.hpp"

namespace hubbub {
namespace {

/// Arrivals looked at in one turn: the skips between two own ones must not hold up the loop.
constexpr int arrivals_a_turn = 8192;
/// A refused send comes back after this, doubled each time in a row, up to the longest.
constexpr Duration pause_first = std::chrono::milliseconds{100};
constexpr Duration pause_longest = std::chrono::seconds{5};

Refusal refusal_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::out_of_order:
            return Refusal::out_of_order;
        case ErrorCode::too_many_in_flight:
        case ErrorCode::overloaded:
        case ErrorCode::rate_limited:
        case ErrorCode::going_away:
        case ErrorCode::slow_reader:
        case ErrorCode::silent:
        case ErrorCode::replaced:
            return Refusal::later;
        default:
            return Refusal::final;
    }
}

}  // namespace

void Worker::Impl::begin_arrivals(std::uint32_t the_phase, Time start) {
    phase = the_phase;
    phase_start = start;
    arrivals.emplace(plan, the_phase);
    next_arrival.reset();
    wheel.arm(arrival_alarm, start);
}

void Worker::Impl::end_arrivals(Time now) {
    // What is due by now was intended, also when the last turn came late.
    while (arrivals && (!next_arrival || phase_start + next_arrival->offset <= now)) play_arrivals(now);
    arrivals.reset();
    next_arrival.reset();
    wheel.cancel(arrival_alarm);
}

void Worker::Impl::play_arrivals(Time now) {
    for (int looked_at = 0; looked_at < arrivals_a_turn; ++looked_at) {
        if (next_arrival) {
            const Time due = phase_start + next_arrival->offset;
            if (due > now) return wheel.arm(arrival_alarm, due);
            fall_due(*next_arrival, now);
            next_arrival.reset();
        }
        const auto arrival = arrivals->next();
        if (!arrival) return arrivals.reset();
        const std::uint32_t stream = arrival->stream.value;
        if (stream >= slice.first_stream && stream < slice.last_stream) next_arrival = arrival;
    }
    wheel.arm(arrival_alarm, now);  // go on in the next turn
}

void Worker::Impl::fall_due(const Arrival& arrival, Time now) {
    const Time intended = phase_start + arrival.offset;
    const LedgerRow row = checker.intended(arrival.stream, phase, intended);
    queue(arrival.stream, row, arrival.body_bytes, intended, now);
}

void Worker::Impl::queue(StreamIndex stream, LedgerRow row, std::uint32_t body_bytes, Time intended,
                         Time now) {
    VirtualClient& client = client_of(stream);
    // Nothing is skipped in silence: what is not queued stays in the ledger as unsent.
    if (client.state == ClientState::gone || client.sends.waiting >= options.waiting_max) return;
    sends.add(client.sends, stream, row, body_bytes);
    if (!client.live()) return;
    if (client.pace && client.pace->holds(stream)) return send_paced(client, now);
    // Sent at once: the only lateness is this generator's own.
    if (send_next(client, stream, now)) schedule_lag.record(now - intended);
}

bool Worker::Impl::send_next(VirtualClient& client, StreamIndex stream, Time now) {
    return !(client.pace && client.pace->holds(stream)) && transmit(client, stream, now);
}

bool Worker::Impl::transmit(VirtualClient& client, StreamIndex stream, Time now) {
    if (client.errands && client.errands->catch_up_until != never && client.errands->catches_up(stream))
        return false;
    const Outgoing* next = sends.next_to_send(client.sends, stream, client.window, now);
    if (next == nullptr) return false;
    body.clear();
    checker.body(next->row, next->body_bytes, next->first_attempt, body);
    const WireNumber number = next->number;
    checker.attempted(next->row, number, now);
    const SendAbout& about = checker.about(next->row);
    say(client, Send{ready_of(stream).id, number, body, about.op, about.target}, now);
    if (abilities.answers_sends())
        watch(client, now);
    else  // nobody will ever say what became of it
        (void)sends.acknowledged(client.sends, stream, number);
    return true;
}

void Worker::Impl::send_all(VirtualClient& client, Time now) {
    sends.for_each_stream(client.sends, [&](StreamIndex stream) { send_stream(client, stream, now); });
}

void Worker::Impl::send_paced(VirtualClient& client, Time now) {
    if (!client.live()) return;
    SendPace& pace = *client.pace;
    const auto held = [&](StreamIndex stream) { return pace.holds(stream); };
    const SendTable::Waiting waiting = sends.waiting_in(client.sends, held);
    // Nothing waits for its turn any more: whatever comes next may try its luck.
    if (waiting.streams == 0) return client.pace.reset();
    if (waiting.in_flight > 0 || !waiting.next) return;  // the answer, or the end of the pause, goes on
    if (pace.next() > now) {
        pace.wake_at = pace.next();
        return arm_action(client);
    }
    if (transmit(client, *waiting.next, now)) pace.sent(now);
}

void Worker::Impl::send_stream(VirtualClient& client, StreamIndex stream, Time now) {
    if (client.pace && client.pace->holds(stream)) return send_paced(client, now);
    while (send_next(client, stream, now)) {
    }
}

void Worker::Impl::acked(VirtualClient& client, const Ack& ack, Time now) {
    const auto stream = stream_of(client, ack.conversation);
    if (!stream) return errors.count("protocol: an ack of a foreign conversation");
    // A backend whose acks name no message acknowledges in order.
    const WireNumber number =
        ack.number != 0 ? ack.number : sends.number_of(*stream, [](LedgerRow) { return true; });
    const auto answered = sends.acknowledged(client.sends, *stream, number);
    // A caught-up entry may have stood for this ack already; then the resend's own answer says nothing new,
    // unless the server took the resend for another message.
    if (!answered) {
        // The checker remembers only so many: of an older one it cannot say that nobody sent it.
        if (abilities.numbers && !checker.acked_again(*stream, ack.number, ack.sequence, now) &&
            !sends.was_given(*stream, ack.number))
            errors.count("protocol: an ack of what was not sent");
        return;
    }
    client.refusals = 0;
    const bool was_held = client.pace && client.pace->holds(*stream);
    if (was_held) {
        client.pace->acked();
        if (client.pace->over()) client.pace.reset();
    }
    // Only hubbub promises that an ack keeps its place among the entries, and only where they come: not
    // before the resume says where the stream goes on.
    const bool out_of_place = answered->resend || !abilities.numbers || !resumed_already(client, *stream);
    taken(client, *stream, *answered, ack.sequence, out_of_place, now);
    if (was_held && !client.pace) return send_all(client, now);
    send_stream(client, *stream, now);
}

void Worker::Impl::taken(VirtualClient& client, StreamIndex stream, const SendTable::Answered& answered,
                         Sequence sequence, bool out_of_place, Time now) {
    if (sequence == 0)
        checker.acked_unknown(answered.row, now);
    else if (checker.acked(answered.row, sequence, out_of_place, now) == StreamStep::gap)
        repair(client, stream, sequence - 1, now);
    habits.tell([&](Habit& habit) { habit.taken(stream, answered.row, sequence, now); });
}

void Worker::Impl::send_refused(VirtualClient& client, const Rejected& rejected, Time now) {
    const auto stream = stream_of(client, rejected.conversation);
    if (!stream) return errors.count("protocol: an error about a foreign conversation");
    if (rejected.code == ErrorCode::already_sent) {
        if (const auto answered = sends.acknowledged(client.sends, *stream, rejected.number))
            checker.acked_unknown(answered->row, now);
    } else if (!traits(rejected.code).definite) {
        // It happened zero or one time: only a resume and a resend with the same number can tell.
        client.retry_after_ms = rejected.retry_after_ms;
        return break_off(client, "send: " + std::string(name(rejected.code)), 1000, now);
    } else if (!abilities.numbers) {
        // No order of numbers to keep: the message is over, the ones behind it go on.
        errors.count("send: " + std::string(name(rejected.code)));
        if (const auto refused = sends.acknowledged(client.sends, *stream, rejected.number))
            checker.rejected(refused->row, rejected.code);
    } else {
        const auto refused = sends.refused(client.sends, *stream, rejected.number, refusal_of(rejected.code));
        if (refused.over || refused.paused) errors.count("send: " + std::string(name(rejected.code)));
        if (refused.over) checker.rejected(*refused.over, rejected.code);
        if (refused.not_taken) checker.not_taken(*refused.not_taken, now);
        if (refused.paused) pause(client, rejected.retry_after_ms, now);
        if (refused.paused && rejected.code == ErrorCode::rate_limited) slow_down(client, *stream, now);
    }
    send_stream(client, *stream, now);
}

void Worker::Impl::pause(VirtualClient& client, std::uint32_t retry_after_ms, Time now) {
    Errands& errands = client.need_errands();
    if (errands.retry_at != never) return;
    const std::uint64_t who = std::uint64_t{device_of(client).value} << 32 | client.dials;
    const Duration delay = backoff_delay(plan.seed, who, client.refusals, pause_first, pause_longest);
    if (client.refusals < UINT8_MAX) ++client.refusals;
    errands.retry_at = now + std::max<Duration>(delay, std::chrono::milliseconds(retry_after_ms));
    arm_action(client);
}

void Worker::Impl::slow_down(VirtualClient& client, StreamIndex stream, Time now) {
    const Time next = client.errands->retry_at;
    if (client.pace)
        client.pace->refused(stream, next);
    else
        client.pace = std::make_unique<SendPace>(stream, next, now);
}

void Worker::Impl::go_on(VirtualClient& client, Time now) {
    Errands& errands = *client.errands;
    if (errands.catch_up_until <= now) errands.catch_up_until = never;
    if (errands.retry_at <= now) {
        errands.retry_at = never;
        sends.unpause(client.sends);
        audits.wake(index_of(client));
    }
    if (!client.live()) return;
    send_all(client, now);
    ask_repair(client, now);
    ask_audits(now);
    client.drop_errands_if_done();
}

}  // namespace hubbub
