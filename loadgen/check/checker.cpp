// The sending side, and what both sides share.
#include "loadgen/check/checker.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "loadgen/check/checker_impl.hpp"
#include "loadgen/check/content.hpp"

namespace hubbub {
namespace {

/// An ack that nobody waits for is looked up among so many sends of the worker: it must stay cheap.
constexpr LedgerRow acks_remembered = 16'384;

}  // namespace

Checker::Checker(const Plan& plan, Slice slice, RunKey key, BackendAbilities abilities)
    : impl_(std::make_unique<Impl>(plan, slice, key, abilities)) {}
Checker::~Checker() = default;

void Checker::conversation_ready(ConversationIndex conversation, Epoch epoch, Sequence head) {
    WorkerEvidence& evidence = impl_->evidence;
    HUBBUB_ASSERT(head < UINT32_MAX, "sequence numbers are kept in 32 bits");
    const auto base = static_cast<Seq32>(head);
    evidence.conversations[conversation.index()].base = base;
    evidence.conversations[conversation.index()].epoch = epoch;
    const auto members = evidence.plan.members_of(conversation);
    const Slice& slice = evidence.slice;
    auto member = std::lower_bound(members.begin(), members.end(), UserIndex{slice.first_user});
    for (; member != members.end() && member->value < slice.last_user; ++member) {
        const auto first = evidence.plan.stream_of(evidence.plan.device_of(*member), conversation);
        for (std::uint32_t n = 0; n < evidence.plan.devices_of(*member); ++n) {
            const StreamIndex stream = evidence.plan.on_device(*first, n);
            evidence.streams.begin(evidence.slot(stream), base);
            // Receipts of an earlier run are still there; nobody asks for them again.
            if (evidence.receipts && evidence.plan.scenario->target.reused)
                evidence.receipts->said_before(stream, base);
        }
    }
}

void Checker::begin_phase(std::uint32_t phase, Time start) {
    impl_->evidence.latency.begin_phase(phase, impl_->micros(start));
    if (phase < impl_->evidence.phase_starts.size())
        impl_->evidence.phase_starts[phase] = impl_->micros(start);
}

LedgerRow Checker::intended(StreamIndex stream, std::uint32_t phase, Time intended) {
    WorkerEvidence& evidence = impl_->evidence;
    HUBBUB_ASSERT(phase <= UINT8_MAX, "phases are kept in 8 bits");
    evidence.latency.learn_phase(phase, impl_->micros(intended));
    return evidence.ledger.add(stream, static_cast<std::uint8_t>(phase), impl_->micros(intended));
}

LedgerRow Checker::induced(StreamIndex stream, const SendAbout& about, Time intended) {
    WorkerEvidence& evidence = impl_->evidence;
    const std::uint64_t at = impl_->micros(intended);
    const auto phase = static_cast<std::uint8_t>(evidence.latency.phase_at(at));
    return evidence.ledger.add_induced(stream, phase, at, about);
}

const SendAbout& Checker::about(LedgerRow row) const {
    return impl_->evidence.ledger.about(row);
}

void Checker::body(LedgerRow row, std::uint32_t body_bytes, Time first_attempt, std::string& out) {
    LedgerEntry& entry = impl_->evidence.ledger[row];
    if (!entry.has_body) {
        HUBBUB_ASSERT(body_bytes <= UINT16_MAX, "bodies are at most body_bytes_max");
        const std::uint64_t at = impl_->micros(first_attempt);
        const std::uint64_t lag = at > entry.intended_us ? at - entry.intended_us : 0;
        entry.lag_us = std::min<std::uint64_t>(lag, (1u << 24) - 1) & 0xffffff;
        entry.body_bytes = static_cast<std::uint16_t>(body_bytes);
    }
    const std::size_t begin = out.size();
    impl_->append_body(row, out);
    if (!entry.has_body) {
        entry.has_body = 1;
        impl_->note_body(row, std::string_view(out).substr(begin));
    }
}

void Checker::attempted(LedgerRow row, WireNumber number, Time) {
    WorkerEvidence& evidence = impl_->evidence;
    LedgerEntry& entry = evidence.ledger[row];
    HUBBUB_ASSERT(number > 0 && number <= UINT32_MAX, "numbers are kept in 32 bits, from 1");
    if (entry.state == RowState::intended) {
        ++evidence.live.sent;
        impl_->owe(entry, true);
    }
    const std::uint32_t before = entry.number;
    evidence.ledger.attempted(row, static_cast<std::uint32_t>(number));
    if (before == number || !entry.has_body) return;
    if (before == 0) return impl_->note_number(entry);
    std::string bytes;
    impl_->append_body(row, bytes);
    impl_->note_body(row, bytes);
}

StreamStep Checker::acked(LedgerRow row, Sequence sequence, bool resend, Time now) {
    WorkerEvidence& evidence = impl_->evidence;
    LedgerEntry& entry = evidence.ledger[row];
    const StreamIndex stream{entry.stream};
    if (!impl_->plausible(stream, sequence, now)) {
        acked_unknown(row, now);
        return StreamStep::in_step;
    }
    const auto q = static_cast<Seq32>(sequence);
    if (!entry.acked()) impl_->note_ack(entry, now);
    if (entry.state == RowState::acked && entry.sequence != q) {
        evidence.ledger.acked_again(row, q);
    } else {
        entry.state = RowState::acked;
        entry.sequence = q;
    }
    Sequence& head = evidence.acked_heads[evidence.plan.stream_conversation[stream.index()].index()];
    head = std::max(head, sequence);
    evidence.ledger.answered(row);

    // The sending device sees its message like everybody else: the entry is its delivery, not the ack.
    if (evidence.abilities.echo == Echo::all) return impl_->own_answered(stream, now);
    const Impl::OwedGuard owed(*impl_, stream);
    const StreamOutcome own =
        evidence.streams.arrive(evidence.slot(stream), q, resend ? Came::resent_ack : Came::ack, true,
                                evidence.ledger.highest_unanswered(stream));
    impl_->account(stream, q, own, now);
    const StreamStep later = impl_->own_answered(stream, now);
    return later == StreamStep::gap ? later : own.step;
}

bool Checker::acked_again(StreamIndex stream, WireNumber number, Sequence sequence, Time now) {
    WorkerEvidence& evidence = impl_->evidence;
    const LedgerRow end = evidence.ledger.size();
    // Numbers are given again after a refusal, so the last row under it is meant.
    for (LedgerRow row = end; row > 0 && end - row < acks_remembered; --row) {
        const LedgerEntry& entry = evidence.ledger[row - 1];
        if (entry.stream != stream.value || entry.number != number) continue;
        const bool otherwise = entry.state == RowState::acked && entry.sequence != sequence;
        // Of a log that began anew the numbers are others.
        if (otherwise && impl_->first_log(stream) && impl_->plausible(stream, sequence, now))
            impl_->acked_elsewhere(row - 1, static_cast<Seq32>(sequence), now);
        return true;
    }
    return false;
}

bool Checker::shows(const SeenEntry& entry, LedgerRow row) const {
    const LedgerEntry& own = impl_->evidence.ledger[row];
    const Stamp& stamp = entry.stamp.stamp;
    const StreamIndex stream{own.stream};
    return entry.stamp.state == StampState::valid && stamp.k == own.k &&
           stamp.device == impl_->device_of(stream) && stamp.conversation == impl_->conversation_of(stream);
}

void Checker::rejected(LedgerRow row, ErrorCode code) {
    WorkerEvidence& evidence = impl_->evidence;
    LedgerEntry& entry = evidence.ledger[row];
    if (entry.acked()) return;
    // A refusal speaks for its own attempt only: an earlier one without an answer may have been accepted.
    if (!traits(code).definite || entry.retried) return;
    entry.state = RowState::rejected;
    impl_->owe(entry, false);
    ++evidence.live.rejected;
    evidence.ledger.answered(row);
    impl_->own_answered(StreamIndex{entry.stream},
                        evidence.key.epoch + std::chrono::microseconds{entry.intended_us});
}

void Checker::not_taken(LedgerRow row, Time now) {
    WorkerEvidence& evidence = impl_->evidence;
    LedgerEntry& entry = evidence.ledger[row];
    if (entry.state != RowState::attempted || entry.retried) return;
    entry.state = RowState::intended;
    entry.number = 0;
    std::string bytes;
    impl_->append_body(row, bytes);
    impl_->note_body(row, bytes);  // without a number again
    --evidence.live.sent;
    impl_->owe(entry, false);
    evidence.ledger.answered(row);
    impl_->own_answered(StreamIndex{entry.stream}, now);
}

void Checker::acked_unknown(LedgerRow row, Time now) {
    WorkerEvidence& evidence = impl_->evidence;
    LedgerEntry& entry = evidence.ledger[row];
    if (entry.acked()) return;
    impl_->note_ack(entry, now);
    entry.state = RowState::acked_unknown;
    evidence.ledger.answered(row);
    impl_->own_answered(StreamIndex{entry.stream}, now);
}

PresenceBook& Checker::presence() {
    return impl_->evidence.presence;
}

ReceiptBook* Checker::receipts() {
    return impl_->evidence.receipts ? &*impl_->evidence.receipts : nullptr;
}

const Checker::Live& Checker::live() const {
    return impl_->evidence.live;
}

const LatencyBook& Checker::latencies() const {
    return impl_->evidence.latency;
}

const WorkerEvidence& Checker::evidence() const {
    return impl_->evidence;
}

const Histogram& Checker::delivery_latency() const {
    return impl_->evidence.latency.delivery_so_far();
}

}  // namespace hubbub
