// The drain: what is owed, what is overdue, and the history read at the end.
#include <algorithm>

#include "loadgen/check/checker_impl.hpp"

namespace hubbub {

const std::vector<Sequence>& Checker::acked_heads() const {
    return impl_->evidence.acked_heads;
}

void Checker::expected_heads(const std::vector<Sequence>& heads) {
    WorkerEvidence& evidence = impl_->evidence;
    evidence.expected_heads = heads;
    evidence.expected_heads.resize(evidence.plan.conversations.size());
    // Whatever was delivered by now was committed before any audit begins, so every audit must show it.
    for (ConversationLog& log : evidence.logs) log.top_at_drain = log.top();
    if (evidence.stamps) return;
    // Whose return was acknowledged is a member, and what follows is owed, though nobody told it so far.
    for (const auto& [stream, times] : evidence.member_times)
        if (times.joined != 0) impl_->begin_untold(StreamIndex{stream});
    impl_->owed = 0;
    for_each_owed([this](StreamIndex) { ++impl_->owed; });
}

std::uint64_t Checker::owed() const {
    return impl_->owed;
}

void Checker::for_each_owed(const std::function<void(StreamIndex)>& visit) const {
    if (impl_->evidence.stamps) return;  // nothing could be asked for
    const Slice& slice = impl_->evidence.slice;
    for (std::uint32_t stream = slice.first_stream; stream < slice.last_stream; ++stream)
        if (impl_->behind(StreamIndex{stream})) visit(StreamIndex{stream});
}

void Checker::overdue(StreamIndex stream, Time now) {
    WorkerEvidence& evidence = impl_->evidence;
    if (evidence.expected_heads.empty()) return;
    const Sequence head =
        impl_->end_of_part(stream, evidence.expected_heads[impl_->conversation_of(stream).index()]);
    const Impl::OwedGuard owed(*impl_, stream);
    const StreamOutcome outcome = evidence.streams.overdue(evidence.slot(stream), static_cast<Seq32>(head),
                                                           evidence.ledger.highest_unanswered(stream));
    impl_->account(stream, outcome.gap_at, outcome, now);
}

void Checker::audit_entry(ConversationIndex conversation, const SeenEntry& entry) {
    const Seq32 base = impl_->evidence.conversations[conversation.index()].base;
    if (entry.sequence <= base ||
        !impl_->plausible(conversation, entry.sequence, base, RawEvidence::nobody, impl_->evidence.key.epoch))
        return;
    impl_->log_of(conversation).audit(static_cast<Seq32>(entry.sequence), entry);
}

void Checker::audited(ConversationIndex conversation, Sequence reported_head) {
    ConversationLog& log = impl_->log_of(conversation);
    log.audited = true;
    if (reported_head > 0 && impl_->plausible(conversation, reported_head, log.base(), RawEvidence::nobody,
                                              impl_->evidence.key.epoch))
        log.reported_head = static_cast<Seq32>(reported_head);
}

void Checker::audit_failed(ConversationIndex conversation) {
    impl_->log_of(conversation).audit_failed = true;
}

void Checker::unreachable(DeviceIndex device) {
    auto& devices = impl_->evidence.unreachable;
    const auto place = std::lower_bound(devices.begin(), devices.end(), device.value);
    if (place == devices.end() || *place != device.value) devices.insert(place, device.value);
}

}  // namespace hubbub
