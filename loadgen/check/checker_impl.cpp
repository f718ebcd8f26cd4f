#include "loadgen/check/checker_impl.hpp"

#include <algorithm>

#include "loadgen/check/content.hpp"
#include "protocol/limits.hpp"

namespace hubbub {

Follows follows(const ResumedPosition& answer) {
    if (answer.status == ResumeStatus::gone) return Follows::nothing;
    return answer.status == ResumeStatus::too_old ? Follows::paged : Follows::pushed;
}

std::uint64_t Checker::Impl::micros(Time time) const {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(to_micros(time - evidence.key.epoch), 0));
}

ConversationLog& Checker::Impl::log_of(ConversationIndex conversation) {
    ConversationState& state = evidence.conversations[conversation.index()];
    if (state.log == 0) {
        evidence.logs.emplace_back(state.base);
        state.log = static_cast<std::uint32_t>(evidence.logs.size());
    }
    return evidence.logs[state.log - 1];
}

void Checker::Impl::append_body(LedgerRow row, std::string& out) const {
    const LedgerEntry& entry = evidence.ledger[row];
    const SendAbout& about = evidence.ledger.about(row);
    Stamp stamp;
    stamp.run = evidence.key.run;
    stamp.device = device_of(StreamIndex{entry.stream});
    stamp.conversation = conversation_of(StreamIndex{entry.stream});
    stamp.k = entry.k;
    stamp.parent_device = about.parent_device;
    stamp.parent_k = about.parent_k;
    stamp.intended_us = entry.intended_us;
    stamp.lag_us = static_cast<std::uint32_t>(entry.lag_us);
    append_stamped_body(out, stamp, entry.body_bytes, evidence.key.hash_key);
}

void Checker::Impl::note_body(LedgerRow row, std::string_view body) {
    LedgerEntry& entry = evidence.ledger[row];
    entry.content_hash = body_hash(body, evidence.key.hash_key);
    const SendAbout& about = evidence.ledger.about(row);
    if (evidence.abilities.numbers)
        entry.content_hash = body_hash_about(entry.content_hash, about.op, about.target);
    if (entry.number != 0) note_number(entry);
}

void Checker::Impl::note_number(LedgerEntry& entry) const {
    if (!evidence.abilities.numbers) {
        entry.content_hash = message_hash({}, {}, 0, entry.content_hash, evidence.key.hash_key);
        return;
    }
    const DeviceIndex device = device_of(StreamIndex{entry.stream});
    entry.content_hash = message_hash(evidence.plan.user_name(evidence.plan.user_of(device)),
                                      evidence.plan.device_name(device, evidence.key.run), entry.number,
                                      entry.content_hash, evidence.key.hash_key);
}

void Checker::Impl::note_ack(LedgerEntry& entry, Time now) {
    ++evidence.live.acked;
    entry.late = evidence.expected_heads.empty() ? 0 : 1;
    const auto kind = evidence.plan.conversations[conversation_of(StreamIndex{entry.stream}).index()].kind;
    evidence.latency.acked(kind, entry.phase, entry.intended_us, micros(now));
    note_cohort(Latency::ack, device_of(StreamIndex{entry.stream}), entry.intended_us, micros(now));
}

void Checker::Impl::acked_elsewhere(LedgerRow row, Seq32 q, Time now) {
    evidence.ledger.acked_again(row, q);
    if (evidence.abilities.echo == Echo::all) return;
    // As with the first ack, its place is the sender's delivery; the judge looks whether it stands there.
    const StreamIndex stream{evidence.ledger[row].stream};
    const OwedGuard guard(*this, stream);
    const StreamOutcome own = evidence.streams.arrive(evidence.slot(stream), q, Came::resent_ack, true,
                                                      evidence.ledger.highest_unanswered(stream));
    account(stream, q, own, now);
}

StreamStep Checker::Impl::own_answered(StreamIndex stream, Time now) {
    const StreamOutcome outcome =
        evidence.streams.own_answered(evidence.slot(stream), evidence.ledger.lowest_unanswered(stream));
    account(stream, outcome.gap_at, outcome, now);
    return outcome.step;
}

bool Checker::Impl::plausible(StreamIndex stream, Sequence sequence, Time now) {
    return plausible(conversation_of(stream), sequence, evidence.streams.next(evidence.slot(stream)),
                     device_of(stream).value, now);
}

bool Checker::Impl::plausible(ConversationIndex conversation, Sequence sequence, Seq32 known,
                              std::uint32_t receiver, Time now) {
    if (sequence != 0 && sequence <= Sequence{known} + limits::sequence_jump_max) return true;
    const ConversationLog* const log = evidence.log_of(conversation.value);
    const Seq32 top = log == nullptr ? 0 : log->top();
    if (sequence != 0 && sequence <= Sequence{top} + limits::sequence_jump_max) return true;
    ++evidence.implausible;
    ++evidence.live.corrupt;
    evidence.evidence.note("corrupt", {micros(now), conversation.value, sequence, receiver,
                                       RawEvidence::nobody, 0, "a sequence number that cannot be"});
    return false;
}

void Checker::Impl::account(StreamIndex stream, Seq32 q, const StreamOutcome& outcome, Time now) {
    if (outcome.gaps == 0 && outcome.healed == 0 && !outcome.duplicate) return;
    Live& live = evidence.live;
    live.gap_live += outcome.gaps;
    live.gap_healed += outcome.healed;
    RawEvidence raw;
    raw.at_us = micros(now);
    raw.conversation = conversation_of(stream).value;
    raw.receiver = device_of(stream).value;
    if (outcome.gaps > 0) {
        raw.sequence = outcome.gap_at;
        raw.why = "a later entry came first on an unbroken connection";
        evidence.evidence.note("gap_live", raw);
    }
    raw.sequence = q;
    if (outcome.healed > 0) {
        raw.why = "came late, by repair or by resume";
        evidence.evidence.note("gap_healed", raw);
    }
    if (outcome.duplicate) {
        ++live.duplicate_raw;
        raw.why = "pushed again outside an announced overlap";
        evidence.evidence.note("duplicate_raw", raw);
    }
}

Epoch Checker::Impl::epoch_of(StreamIndex stream) const {
    const auto own = std::lower_bound(epochs.begin(), epochs.end(), std::pair{stream.value, Epoch{0}});
    if (own != epochs.end() && own->first == stream.value) return own->second;
    return evidence.conversations[conversation_of(stream).index()].epoch;
}

void Checker::Impl::set_epoch(StreamIndex stream, Epoch epoch) {
    if (epoch_of(stream) == epoch) return;
    if (evidence.receipts) evidence.receipts->begins_anew(stream);
    const auto own = std::lower_bound(epochs.begin(), epochs.end(), std::pair{stream.value, Epoch{0}});
    if (own != epochs.end() && own->first == stream.value)
        own->second = epoch;
    else
        epochs.insert(own, {stream.value, epoch});
}

void Checker::Impl::owe(const LedgerEntry& entry, bool more) {
    if (!evidence.stamps) return;
    const std::uint64_t receivers =
        evidence.stamps->devices_of(conversation_of(StreamIndex{entry.stream}).value) - 1;
    owed += more ? receivers : -receivers;
}

bool Checker::Impl::behind(StreamIndex stream) const {
    if (evidence.expected_heads.empty()) return false;
    return evidence.streams.missing_from(evidence.slot(stream)) <=
           end_of_part(stream, evidence.expected_heads[conversation_of(stream).index()]);
}

}  // namespace hubbub
