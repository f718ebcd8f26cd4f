// The receiving side: every entry, every resume, every repair.
#include <algorithm>

#include "loadgen/check/checker_impl.hpp"
#include "loadgen/check/content.hpp"
#include "loadgen/plan/sessions.hpp"
#include "protocol/resume_answer.hpp"

namespace hubbub {
namespace {

Came came_by(ArrivedBy how) {
    return how == ArrivedBy::live ? Came::live : Came::catch_up;
}

// The device's own message, as a resume shows it when the ack was lost. Another's message in this device's
// name is not its own: the stamp tells.
bool is_own(const SeenEntry& entry, DeviceIndex device) {
    return entry.kind == EntryKind::message && entry.sender_known && entry.sender == device &&
           (entry.stamp.state != StampState::valid || entry.stamp.stamp.device == device);
}

}  // namespace

SeenEntry Checker::examine(const Entry& entry, ConversationIndex conversation) const {
    const WorkerEvidence& evidence = impl_->evidence;
    SeenEntry seen;
    seen.kind = entry.kind;
    seen.conversation = conversation;
    seen.sequence = entry.sequence;
    seen.number = entry.number;
    seen.op = entry.op;
    seen.target = entry.target;
    if (!evidence.abilities.numbers) return examine_by_stamp(entry, seen);
    seen.content_hash = content_hash(entry, evidence.key.hash_key);
    if (const auto user = evidence.plan.user_from(entry.user)) {
        const auto device = evidence.plan.device_from(*user, entry.device, evidence.key.run);
        seen.sender = device.value_or(evidence.plan.device_of(*user));
        seen.sender_known = device.has_value();
        if (entry.kind != EntryKind::message) seen.by = *user;
    }
    if (entry.kind == EntryKind::message)
        seen.stamp = read_stamp(entry.body, evidence.key.run, evidence.key.hash_key);
    return seen;
}

// Such a backend tells at most the sender's name; who it was in the plan, and which of his messages, the
// stamp says.
SeenEntry Checker::examine_by_stamp(const Entry& entry, SeenEntry seen) const {
    const WorkerEvidence& evidence = impl_->evidence;
    const std::uint64_t key = evidence.key.hash_key;
    seen.content_hash = message_hash({}, {}, 0, body_hash(entry.body, key), key);
    seen.stamp = read_stamp(entry.body, evidence.key.run, key);
    const Stamp& stamp = seen.stamp.stamp;
    if (seen.stamp.state == StampState::valid && stamp.device.value < evidence.plan.devices) {
        seen.sender = stamp.device;
        seen.sender_known =
            entry.user.empty() || entry.user == evidence.plan.user_name(evidence.plan.user_of(stamp.device));
    } else if (const auto user = evidence.plan.user_from(entry.user)) {
        seen.sender = evidence.plan.device_of(*user);
        seen.sender_known = true;
    }
    return seen;
}

std::optional<ConversationIndex> Checker::conversation_of_stamp(std::string_view body) const {
    const WorkerEvidence& evidence = impl_->evidence;
    const StampReading reading = read_stamp(body, evidence.key.run, evidence.key.hash_key);
    if (reading.state != StampState::valid) return std::nullopt;
    if (reading.stamp.conversation.value >= evidence.plan.conversations.size()) return std::nullopt;
    return reading.stamp.conversation;
}

void Checker::Impl::received_by_stamp(StreamIndex stream, const SeenEntry& entry, Time now) {
    Live& live = evidence.live;
    const std::uint64_t at = micros(now);
    RawEvidence raw;
    raw.at_us = at;
    raw.conversation = conversation_of(stream).value;
    raw.receiver = device_of(stream).value;
    if (entry.sender_known) raw.sender = entry.sender.value;
    const Stamp& stamp = entry.stamp.stamp;
    raw.k = stamp.k;
    if (entry.stamp.state != StampState::valid || !entry.sender_known ||
        stamp.conversation != conversation_of(stream)) {
        EntryClass kind = EntryClass::misfit;
        raw.why = "the stamp names another sender or conversation";
        if (entry.stamp.state == StampState::corrupt) {
            kind = EntryClass::unstamped;
            raw.why = "the checksum over stamp and body fails";
        } else if (entry.stamp.state == StampState::absent) {
            kind = EntryClass::membership;
            raw.why = "nobody of this run sent it";
        } else if (entry.stamp.state == StampState::foreign) {
            kind = EntryClass::foreign;
        }
        const bool is_new = evidence.stamps->odd(raw.conversation, entry.content_hash, kind, raw);
        if (is_new && kind == EntryClass::membership) ++live.phantom;
        if (is_new && (kind == EntryClass::misfit || kind == EntryClass::unstamped)) ++live.corrupt;
        return;
    }
    const StampBook::Sight sight = evidence.stamps->received(stream, stamp, at);
    if (sight.duplicate) {
        ++live.duplicate;
        raw.why = "the same message a second time on an unbroken connection";
        evidence.evidence.note("duplicate", raw);
    }
    if (sight.reordered) {
        ++live.order;
        raw.why = "came after a later message of the same device";
        evidence.evidence.note("order", raw);
    }
    if (!sight.first) return;
    --owed;
    ++live.delivered;
    evidence.latency.delivered(evidence.plan.conversations[stamp.conversation.index()].kind,
                               stamp.intended_us, at);
    note_cohort(Latency::delivery, device_of(stream), stamp.intended_us, at);
}

StreamStep Checker::received(StreamIndex stream, const SeenEntry& entry, ArrivedBy how, Time now) {
    if (!impl_->evidence.abilities.sequence) {
        impl_->received_by_stamp(stream, entry, now);
        return StreamStep::in_step;
    }
    if (!impl_->plausible(stream, entry.sequence, now)) return StreamStep::in_step;
    WorkerEvidence& evidence = impl_->evidence;
    const auto q = static_cast<Seq32>(entry.sequence);
    const std::size_t slot = evidence.slot(stream);
    const bool own = is_own(entry, impl_->device_of(stream));
    const Impl::OwedGuard owed(*impl_, stream);
    if ((entry.kind == EntryKind::left || !evidence.member_times.empty()) &&
        !impl_->within_membership(stream, entry, now))
        return StreamStep::repeated;
    if (evidence.streams.step(slot, q)) {
        impl_->observe(stream, entry, own, true, now);
        return StreamStep::in_step;
    }
    const StreamOutcome outcome =
        evidence.streams.arrive(slot, q, came_by(how), own, evidence.ledger.highest_unanswered(stream));
    impl_->account(stream, q, outcome, now);
    impl_->observe(stream, entry, own, outcome.first_time, now);
    return outcome.step;
}

void Checker::Impl::observe(StreamIndex stream, const SeenEntry& entry, bool own, bool first_time, Time now) {
    const ConversationIndex conversation = conversation_of(stream);
    const auto q = static_cast<Seq32>(entry.sequence);
    if (q <= evidence.conversations[conversation.index()].base) return;  // from before the load
    if (first_time && !evidence.member_times.empty()) judge_return(stream, entry, now);
    const Sighting how = own ? Sighting::own : (first_time ? Sighting::first : Sighting::again);
    const std::uint64_t at = micros(now);
    const std::uint64_t intended = entry.stamp.stamp.intended_us;
    const bool judged = entry.kind == EntryKind::message && entry.stamp.state == StampState::valid &&
                        entry.stamp.stamp.conversation == conversation;
    // Which phase it was is asked only where somebody is ever planned offline: this is every delivery.
    const auto back =
        judged && !evidence.plan.sessions->empty()
            ? evidence.planned_back(device_of(stream), evidence.latency.phase_at(intended), intended)
            : std::nullopt;
    const News news =
        log_of(conversation).seen(q, entry, how, stream.value, back ? LogRecord::not_timed : at);
    const StampState stamp = entry.stamp.state;
    if (news == News::differs) ++evidence.live.disagreement;
    if (news == News::new_content && entry.kind == EntryKind::message) {
        const bool altered =
            stamp == StampState::valid && (!entry.sender_known || entry.sender != entry.stamp.stamp.device);
        if (altered || stamp == StampState::corrupt) ++evidence.live.corrupt;
        if (stamp == StampState::absent) ++evidence.live.phantom;
    }
    if (how != Sighting::first || entry.kind != EntryKind::message) return;
    ++evidence.live.delivered;
    if (!judged) return;
    const ConversationClass kind = evidence.plan.conversations[conversation.index()].kind;
    if (back) return evidence.latency.caught_up(kind, intended, *back, at);
    evidence.latency.delivered(kind, intended, at);
    note_cohort(Latency::delivery, device_of(stream), intended, at);
}

StreamStep Checker::skipped(StreamIndex stream, const Skipped& said, Time now) {
    WorkerEvidence& evidence = impl_->evidence;
    const bool nothing = said.from == 0 || said.until < said.from;
    if (nothing || !evidence.abilities.sequence || !impl_->plausible(stream, said.until, now))
        return StreamStep::in_step;
    const auto from = static_cast<Seq32>(said.from), until = static_cast<Seq32>(said.until);
    const Impl::OwedGuard owed(*impl_, stream);
    const StreamOutcome outcome = evidence.streams.skipped(evidence.slot(stream), from, until,
                                                           evidence.ledger.highest_unanswered(stream));
    impl_->account(stream, outcome.gap_at, outcome, now);
    evidence.live.skipped += outcome.announced;
    ConversationLog& log = impl_->log_of(impl_->conversation_of(stream));
    log.announced_head = std::max(log.announced_head, until);
    return StreamStep::gap;
}

void Checker::received_by_stranger(DeviceIndex receiver, const SeenEntry& entry, Time now) {
    WorkerEvidence& evidence = impl_->evidence;
    ++evidence.live.leaked;
    RawEvidence raw;
    raw.at_us = impl_->micros(now);
    raw.conversation = entry.conversation.value;
    raw.sequence = entry.sequence;
    raw.receiver = receiver.value;
    if (entry.sender_known) raw.sender = entry.sender.value;
    raw.why = "reached a device that is no member";
    evidence.evidence.note("leaked", raw);
}

void Checker::resumed(StreamIndex stream, Position asked, const ResumedPosition& answer, Time now) {
    WorkerEvidence& evidence = impl_->evidence;
    if (!evidence.abilities.sequence) return;
    // Whoever left is refused once it has everything, and has a new part when its user is in again.
    if (ended(stream)) {
        if (answer.status == ResumeStatus::forbidden && out(stream)) return;
        if (rejoined(stream, answer, now)) return;
    }
    // The answer may be older than what others were told meanwhile.
    const MemberTimes* const times = evidence.times_of(stream);
    if (times != nullptr && times->untold && answer.status == ResumeStatus::forbidden) return;
    const ConversationIndex conversation = impl_->conversation_of(stream);
    const Epoch first_epoch = evidence.conversations[conversation.index()].epoch;
    // A server that goes back to the first epoch, after a wrong one, only answers what the client asked.
    const bool anew = begins_anew(asked, answer);
    const bool strange_epoch = answer.epoch == asked.epoch ? anew : answer.epoch != first_epoch;
    const bool refused = answer.status == ResumeStatus::forbidden;
    const bool head_fell = !anew && !refused && answer.head < asked.sequence;
    // Whoever is told `ok` or `gone` keeps what it has: never right for another log, whatever happened to
    // this one.
    const bool keeps = answer.status == ResumeStatus::ok || answer.status == ResumeStatus::gone;
    const bool unsaid = keeps && answer.epoch != asked.epoch;
    if (refused || (strange_epoch && !unsaid) || head_fell)
        evidence.epoch_faults.push_back({conversation.value, impl_->device_of(stream).value,
                                         static_cast<Seq32>(asked.sequence), impl_->micros(now)});
    if (refused) return;
    if (answer.head > 0 && !impl_->plausible(stream, answer.head, now)) return;
    impl_->set_epoch(stream, answer.epoch);

    // Members that stay joined before the load: whatever their first entry is, it does not lie above the
    // base.
    const Seq32 base =
        times == nullptr ? evidence.conversations[conversation.index()].base : times->first - 1;
    const bool nowhere = answer.from == 0 || answer.from > answer.head + 1;
    const bool elsewhere = anew ? answer.from > Sequence{base} + 1
                                : !head_fell && answer.from != std::max<Sequence>(asked.sequence, base) + 1;
    if ((nowhere && !head_fell) || elsewhere || unsaid) {
        ++evidence.live.resume;
        evidence.evidence.note(
            "resume", {impl_->micros(now), conversation.value, answer.from, impl_->device_of(stream).value,
                       RawEvidence::nobody, 0,
                       unsaid ? "told to keep what it has, under another epoch"
                       : anew ? "the log begins anew, and the answer not at its first entry"
                              : "the catch-up does not start after the entry that was named"});
    }
    const auto head = static_cast<Seq32>(answer.head);
    const auto from = static_cast<Seq32>(std::clamp<Sequence>(answer.from, 1, answer.head + 1));
    const Impl::OwedGuard owed(*impl_, stream);
    if (anew) evidence.streams.forget(evidence.slot(stream), base);
    if (anew && evidence.receipts) evidence.receipts->begins_anew(stream);
    evidence.streams.resumed(evidence.slot(stream), from, head, follows(answer));
}

void Checker::went_live(DeviceIndex device, Time now) {
    if (impl_->evidence.stamps) impl_->evidence.stamps->went_live(device, impl_->micros(now));
}

void Checker::disconnected(DeviceIndex device) {
    WorkerEvidence& evidence = impl_->evidence;
    const std::uint32_t end = evidence.plan.stream_begin[device.index() + 1];
    for (std::uint32_t stream = evidence.plan.stream_begin[device.index()]; stream < end; ++stream)
        evidence.streams.disconnected(evidence.slot(StreamIndex{stream}));
}

Sequence Checker::missing_from(StreamIndex stream) const {
    return impl_->evidence.streams.missing_from(impl_->evidence.slot(stream));
}

Position Checker::position(StreamIndex stream) const {
    return {ConversationId{}, impl_->epoch_of(stream), missing_from(stream) - 1};
}

void Checker::repaired(StreamIndex stream, const SeenEntry& entry, Time now) {
    WorkerEvidence& evidence = impl_->evidence;
    const std::size_t slot = evidence.slot(stream);
    // What lies ahead of the stream must still be pushed; a page does not stand for it.
    if (entry.sequence == 0 || entry.sequence >= evidence.streams.next(slot)) return;
    const auto q = static_cast<Seq32>(entry.sequence);
    const bool own = is_own(entry, impl_->device_of(stream));
    const Impl::OwedGuard owed(*impl_, stream);
    const StreamOutcome outcome =
        evidence.streams.arrive(slot, q, Came::page, own, evidence.ledger.highest_unanswered(stream));
    impl_->account(stream, q, outcome, now);
    impl_->observe(stream, entry, own, outcome.first_time, now);
}

}  // namespace hubbub
