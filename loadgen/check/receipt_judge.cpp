#include "loadgen/check/receipt_judge.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "protocol/limits.hpp"

namespace hubbub {

void ReceiptJudge::judge() {
    for (const WorkerEvidence* const worker : workers_) {
        if (!worker->receipts) continue;
        for (const ReceiptBook::Told& told : worker->receipts->told()) judge_told(told);
        judge_counts(*worker);
    }
    judge_lists();
}

bool ReceiptJudge::sampled() const {
    const bool watched = std::any_of(workers_.begin(), workers_.end(), [](const WorkerEvidence* worker) {
        return worker->receipts.has_value();
    });
    for (std::uint32_t c = 0; watched && c < plan_.conversations.size(); ++c)
        if (plan_.conversations[c].member_count <= limits::talkative_members_max &&
            plan_.online_members(ConversationIndex{c}) > ReceiptBook::receivers_max)
            return true;
    return false;
}

ReadMarks ReceiptJudge::said_by(UserIndex user, ConversationIndex conversation) const {
    for (const WorkerEvidence* const worker : workers_)
        if (worker->receipts)
            if (const auto said = worker->receipts->said_by(user, conversation)) return *said;
    return {};
}

void ReceiptJudge::accuse(const RawEvidence& raw) {
    ++out_.violations.receipts;
    out_.evidence.note("receipts", raw);
}

// Between workers no order is known, so only what nobody ever said is too high for certain.
void ReceiptJudge::judge_told(const ReceiptBook::Told& told) {
    const ReadMarks said = said_by(UserIndex{told.user}, ConversationIndex{told.conversation});
    if (!told.marks.above(said)) return;
    RawEvidence raw;
    raw.at_us = told.at_us;
    raw.conversation = told.conversation;
    raw.sequence = told.marks.read > said.read ? told.marks.read : told.marks.delivered;
    raw.receiver = told.receiver;
    raw.sender = plan_.device_of(UserIndex{told.user}).value;
    raw.why = "above everything that this user's devices ever said";
    accuse(raw);
}

void ReceiptJudge::judge_counts(const WorkerEvidence& worker) {
    const std::vector<ReceiptBook::Counted> counts = worker.receipts->counts();
    if (counts.empty()) return;
    // Counts go to the sender of the entry; a send without a known place may be it.
    std::set<std::uint32_t> own, unknown;
    std::map<std::uint32_t, Seq32> wanted;
    for (const ReceiptBook::Counted& counted : counts) wanted[counted.stream] = counted.sequence;
    for (std::uint32_t row = 0; row < worker.ledger.size(); ++row) {
        const LedgerEntry& entry = worker.ledger[row];
        const auto about = wanted.find(entry.stream);
        if (about == wanted.end()) continue;
        if (entry.state == RowState::acked && entry.sequence == about->second) own.insert(entry.stream);
        if (entry.state == RowState::attempted || entry.state == RowState::acked_unknown)
            unknown.insert(entry.stream);
    }
    for (const ReceiptBook::Counted& counted : counts) {
        if (!own.contains(counted.stream) && !unknown.contains(counted.stream))
            accuse({counted.at_us, plan_.stream_conversation[counted.stream].value, counted.sequence,
                    plan_.stream_device[counted.stream].value, RawEvidence::nobody, 0,
                    "counts of an entry that this device did not send"});
        judge_counted(counted);
    }
}

void ReceiptJudge::judge_counted(const ReceiptBook::Counted& counted) {
    const ConversationIndex conversation = plan_.stream_conversation[counted.stream];
    std::uint32_t delivered = 0, read = 0;
    for (const UserIndex user : plan_.members_of(conversation)) {
        const ReadMarks said = said_by(user, conversation);
        delivered += said.delivered >= counted.sequence ? 1 : 0;
        read += said.read >= counted.sequence ? 1 : 0;
    }
    if (counted.delivered <= delivered && counted.read <= read) return;
    accuse({counted.at_us, conversation.value, counted.sequence, plan_.stream_device[counted.stream].value,
            RawEvidence::nobody, 0, "more than ever said that they have it"});
}

// Where nobody who asked was answered, nobody knows what the target has at the end.
void ReceiptJudge::judge_lists() {
    std::map<std::uint32_t, ReceiptBook::Lists> sum;
    for (const WorkerEvidence* const worker : workers_) {
        if (!worker->receipts) continue;
        for (const auto& [conversation, lists] : worker->receipts->lists()) {
            sum[conversation].asked += lists.asked;
            sum[conversation].answered += lists.answered;
        }
    }
    for (const auto& [conversation, lists] : sum) out_.totals.unverified += lists.answered == 0 ? 1 : 0;
}

}  // namespace hubbub
