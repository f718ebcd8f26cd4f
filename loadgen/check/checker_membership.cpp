// Memberships that end and begin again: where a receiver's part of the log ends, and where the next begins.
#include <algorithm>

#include "loadgen/check/checker_impl.hpp"

namespace hubbub {

MemberTimes& Checker::Impl::need_times(StreamIndex stream) {
    MemberTimes& times = evidence.member_times[stream.value];
    if (times.first == 0) times.first = evidence.conversations[conversation_of(stream).index()].base + 1;
    return times;
}

void Checker::Impl::end_time(StreamIndex stream, Seq32 last) {
    MemberTimes& times = need_times(stream);
    if (times.last == 0 && last >= times.first) times.last = last;
}

void Checker::Impl::begin_time(StreamIndex stream, Seq32 first) {
    MemberTimes& times = need_times(stream);
    PastTime past{times.first, times.last, {}};
    const std::size_t slot = evidence.slot(stream);
    evidence.streams.for_each_missing(slot, times.last,
                                      [&](SeqRange range) { past.missing.push_back(range); });
    times.past.push_back(std::move(past));
    times.first = first;
    times.last = times.joined = 0;
    times.strange = times.untold = false;
    evidence.streams.restart(slot, first - 1);
}

/// A time of which this device has heard from others alone: it is owed all of it.
void Checker::Impl::begin_untold(StreamIndex stream) {
    begin_time(stream, evidence.times_of(stream)->joined);
    need_times(stream).untold = true;
}

void Checker::Impl::told_left(StreamIndex stream, Seq32 last) {
    const OwedGuard guard(*this, stream);
    const MemberTimes* const times = evidence.times_of(stream);
    if (times != nullptr && times->joined != 0 && times->joined <= last) begin_untold(stream);
    end_time(stream, last);
}

void Checker::Impl::told_joined(StreamIndex stream, Seq32 first) {
    const MemberTimes* const times = evidence.times_of(stream);
    if (times != nullptr && times->last != 0 && first > times->last) need_times(stream).joined = first;
}

void Checker::Impl::for_each_other_device(StreamIndex stream,
                                          const std::function<void(StreamIndex)>& visit) const {
    const UserIndex user = evidence.plan.user_of(device_of(stream));
    const auto first = evidence.plan.stream_of(evidence.plan.device_of(user), conversation_of(stream));
    for (std::uint32_t n = 0; n < evidence.plan.devices_of(user); ++n)
        if (const StreamIndex own = evidence.plan.on_device(*first, n); own != stream) visit(own);
}

void Checker::left(StreamIndex stream, Sequence last) {
    if (last != 0 && last <= UINT32_MAX) impl_->told_left(stream, static_cast<Seq32>(last));
}

void Checker::asks(StreamIndex stream, EntryKind what) {
    const ConversationIndex conversation = impl_->conversation_of(stream);
    const UserIndex user = impl_->evidence.plan.user_of(impl_->device_of(stream));
    AskedChanges& asked = impl_->evidence.asked_changes[{conversation.value, user.value}];
    ++(what == EntryKind::left ? asked.leaves : asked.joins);
}

void Checker::joined(StreamIndex stream, Sequence first, Time now) {
    if (ended(stream) && impl_->plausible(stream, first, now))
        impl_->told_joined(stream, static_cast<Seq32>(first));
}

bool Checker::has_rest_by_resume(StreamIndex stream) const {
    return ended(stream) && impl_->evidence.streams.lacks_skipped(impl_->evidence.slot(stream));
}

bool Checker::ended(StreamIndex stream) const {
    const MemberTimes* const times = impl_->evidence.times_of(stream);
    return times != nullptr && times->last != 0;
}

bool Checker::out(StreamIndex stream) const {
    const MemberTimes* const times = impl_->evidence.times_of(stream);
    return times != nullptr && times->last != 0 && missing_from(stream) > times->last;
}

bool Checker::rejoined(StreamIndex stream, const ResumedPosition& answer, Time now) {
    const MemberTimes* const times = impl_->evidence.times_of(stream);
    if (times == nullptr || answer.status == ResumeStatus::forbidden) return false;
    // Others were told before this device was.
    const bool known = times->untold && answer.from == times->first;
    if (!known && (times->last == 0 || answer.from <= times->last)) return false;
    if (!impl_->plausible(stream, std::max(answer.from, answer.head), now)) return true;
    const Impl::OwedGuard owed(*impl_, stream);
    impl_->set_epoch(stream, answer.epoch);
    const auto first = static_cast<Seq32>(answer.from);
    if (!known) {
        impl_->begin_time(stream, first);
        impl_->for_each_other_device(stream, [&](StreamIndex own) { impl_->told_joined(own, first); });
    }
    impl_->need_times(stream).untold = false;
    impl_->evidence.streams.resumed(impl_->evidence.slot(stream), static_cast<Seq32>(answer.from),
                                    static_cast<Seq32>(std::max(answer.head, answer.from - 1)),
                                    follows(answer));
    return true;
}

/// Whether the entry is the receiver's to have; accused when not. His own `left` entry ends his time.
bool Checker::Impl::within_membership(StreamIndex stream, const SeenEntry& entry, Time now) {
    const bool own_end = entry.kind == EntryKind::left && entry.by.value != UINT32_MAX &&
                         entry.by == evidence.plan.user_of(device_of(stream));
    if (own_end && evidence.times_of(stream) == nullptr) need_times(stream);
    const MemberTimes* const times = evidence.times_of(stream);
    if (times == nullptr) return true;
    if (times->last != 0 && entry.sequence > times->last) {
        leaked_to_leaver(stream, entry, "reached a device whose user had left", now);
        return false;
    }
    const Seq32 base = evidence.conversations[conversation_of(stream).index()].base;
    if (entry.sequence > base && !times->covers(static_cast<Seq32>(entry.sequence)) && first_log(stream)) {
        leaked_to_leaver(stream, entry, "said while the receiver's user was out", now);
        return false;
    }
    if (!own_end) return true;
    const auto last = static_cast<Seq32>(entry.sequence);
    end_time(stream, last);
    for_each_other_device(stream, [&](StreamIndex own) { told_left(own, last); });
    return true;
}

/// What is told before it is no part of the new time: either nobody let the user in, or it is shown more
/// than its own. What came out of its place is judged when the first entry is there.
void Checker::Impl::judge_return(StreamIndex stream, const SeenEntry& entry, Time now) {
    const auto found = evidence.member_times.find(stream.value);
    if (found == evidence.member_times.end()) return;
    MemberTimes& times = found->second;
    if (times.past.empty() || entry.sequence < times.first || !first_log(stream)) return;
    const bool own_return =
        entry.kind == EntryKind::joined && entry.by == evidence.plan.user_of(device_of(stream));
    if (entry.sequence == times.first) times.strange = true;
    if (own_return) times.strange = false;
    if (times.strange)
        leaked_to_leaver(stream, entry, "reached a device whose user had not joined again", now);
}

void Checker::Impl::leaked_to_leaver(StreamIndex stream, const SeenEntry& entry, std::string_view why,
                                     Time now) {
    ++evidence.live.leaked;
    RawEvidence raw;
    raw.at_us = micros(now);
    raw.conversation = conversation_of(stream).value;
    raw.sequence = entry.sequence;
    raw.receiver = device_of(stream).value;
    if (entry.sender_known) raw.sender = entry.sender.value;
    raw.why = why;
    evidence.evidence.note("leaked", raw);
}

}  // namespace hubbub
