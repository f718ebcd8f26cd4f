// History that is read while the load runs: each page must show what its reader had seen when it asked.
#include <algorithm>

#include "loadgen/check/checker_impl.hpp"
#include "loadgen/check/content.hpp"

namespace hubbub {
namespace {

/// What is wrong with a page of the entries below `before`; null: nothing. Entries have no numbers left out
/// between them, whatever the page's length; how far down it reaches is the backend's affair.
const char* fault_of(const HistoryPage& page, Sequence newest, Sequence before) {
    if (page.entries.empty()) return "an empty page where the reader had seen entries";
    if (page.entries.back().sequence < newest) return "a page that lacks what its reader had seen already";
    for (std::size_t i = 1; i < page.entries.size(); ++i)
        if (page.entries[i].sequence != page.entries[i - 1].sequence + 1)
            return "a page that leaves out a number";
    // Whoever asks on with the first entry of such a page never gets any further.
    if (page.entries.back().sequence >= before)
        return "a page that is not below the entry which it was to be below";
    return nullptr;
}

}  // namespace

Checker::ReadPromise Checker::read_begins(StreamIndex stream) const {
    const WorkerEvidence& evidence = impl_->evidence;
    const MemberTimes* const times = evidence.times_of(stream);
    const Seq32 base = evidence.conversations[impl_->conversation_of(stream).index()].base;
    // Members from before the load see its whole log; who came later, what followed.
    const Seq32 first = times == nullptr || times->first <= base + 1 ? 1 : times->first;
    return {impl_->epoch_of(stream), first, evidence.streams.next(evidence.slot(stream)) - 1};
}

void Checker::read_page(StreamIndex stream, const ReadPromise& promise, Sequence before, Time asked,
                        const HistoryPage& page, Time now) {
    WorkerEvidence& evidence = impl_->evidence;
    const ConversationIndex conversation = impl_->conversation_of(stream);
    evidence.latency.note(Latency::page, evidence.plan.conversations[conversation.index()].kind,
                          impl_->micros(asked), impl_->micros(now));
    if (!evidence.abilities.sequence) return;
    // Of another log than the one that the reader knows: what it had seen says nothing about it.
    if (page.epoch != promise.epoch) {
        if (page.epoch != evidence.conversations[conversation.index()].epoch)
            evidence.epoch_faults.push_back({conversation.value, impl_->device_of(stream).value,
                                             static_cast<Seq32>(promise.newest), impl_->micros(now)});
        return;
    }
    // Nor does what was the reader's then, when its membership ended or began in between.
    if (ended(stream) || read_begins(stream).first != promise.first) return;
    for (const Entry& entry : page.entries)
        if (entry.sequence < promise.first)
            impl_->leaked_to_leaver(stream, examine(entry, conversation),
                                    "a page of what was said before the reader's user joined", now);
    const Sequence newest = std::min(promise.newest, before - 1);
    if (newest < promise.first) return;
    const char* fault = fault_of(page, newest, before);
    const ConversationLog* const log = evidence.log_of(conversation.value);
    for (const Entry& entry : page.entries) {
        if (fault != nullptr || log == nullptr || entry.sequence <= log->base() || entry.sequence > newest)
            continue;
        const LogRecord& seen = log->at(static_cast<Seq32>(entry.sequence));
        if (seen.hash != 0 && log->alternatives().empty() &&
            seen.hash != content_hash(entry, evidence.key.hash_key))
            fault = "a page that shows another content than was delivered";
    }
    if (fault == nullptr) return;
    ++evidence.live.history;
    RawEvidence raw;
    raw.at_us = impl_->micros(now);
    raw.conversation = conversation.value;
    raw.sequence = newest;
    raw.receiver = impl_->device_of(stream).value;
    raw.why = fault;
    evidence.evidence.note("history", raw);
}

}  // namespace hubbub
