// The judge's second half: what is said about the log as a whole, and about what stayed open.
#include <algorithm>
#include <map>

#include "loadgen/check/conversation_judge.hpp"

namespace hubbub {

// Adjacent inversions of q along k, so that one swap counts once.
void ConversationJudge::judge_order() {
    const JudgedRow* before = nullptr;
    Seq32 place_before = 0;
    for (const JudgedRow& row : rows_.all()) {
        const bool sent = row.entry->acked() || row.entry->state == RowState::attempted;
        const std::optional<Seq32> place = sent ? place_of(row) : std::nullopt;
        if (!place) continue;
        if (before != nullptr && before->device == row.device && place_before > *place) {
            RawEvidence raw = about(row, *place);
            raw.why = "stands before an earlier message of the same device";
            accuse(&Violations::order, "order", 1, raw);
        }
        before = &row;
        place_before = *place;
    }
}

void ConversationJudge::judge_causality() {
    for (const auto& [q, shown] : related_) {
        const std::optional<Seq32> parent = canon_.place_of(shown.parent_device.value, shown.parent_k);
        if (!parent || *parent < q) continue;
        RawEvidence raw = about(q);
        raw.why = "stands before the message that it answers";
        accuse(&Violations::causality, "causality", 1, raw);
    }
}

// The stamp vouches for the body alone: what the message is about stands beside it.
void ConversationJudge::judge_relations() {
    std::map<std::pair<std::uint32_t, std::uint32_t>, SendAbout> asked;
    for (const RelatedRow& row : evidence_.related_rows)
        asked.emplace(std::pair{row.device, row.k}, row.about);
    if (asked.empty() && related_.empty()) return;
    for (Seq32 q = canon_.base() + 1; q <= canon_.top(); ++q) {
        const LogRecord& record = canon_.at(q).record;
        if (!canon_.at(q).present() || record.kind != EntryClass::sound) continue;
        if (rows_.find(record.device, record.k) == nullptr) continue;  // a phantom as a whole
        const auto wanted = asked.find({record.device, record.k});
        const auto shown = related_.find(q);
        const SendAbout expected = wanted == asked.end() ? SendAbout{} : wanted->second;
        const SendAbout found = shown == related_.end() ? SendAbout{} : shown->second;
        if (found.op == expected.op && found.target == expected.target) continue;
        RawEvidence raw = about(q);
        raw.why = "stands there about another entry, or as another operation, than it was sent";
        accuse(&Violations::corrupt, "corrupt", 1, raw);
    }
}

// Every number that was acknowledged, or delivered before the audit began, or lies below the head that the
// server itself reports, or that it said to have and not to send, must be in the history.
void ConversationJudge::judge_history() {
    if (!history_shown_) return;
    if (!audited_) {
        // Nobody read the history of a conversation with acknowledged messages: whether it has them is not
        // known.
        if (has_acked()) ++out_.totals.unverified;
        return;
    }
    Seq32 head = evidence_.expected_head;
    for (const ConversationLog* const log : evidence_.logs)
        head = std::max({head, log->reported_head, log->top_at_drain, log->announced_head});
    for (Seq32 q = canon_.base() + 1; q <= canon_.top(); ++q)
        if (canon_.at(q).audited) head = std::max(head, q);
    for (Seq32 q = canon_.base() + 1; q <= head; ++q) {
        if (canon_.at(q).audited) continue;
        RawEvidence raw = about(q);
        raw.why = canon_.at(q).present() ? "delivered, and not in the history"
                                         : "a number that the history leaves out";
        accuse(&Violations::history, "history", 1, raw);
        // A number that nobody was told of is no loss that would excuse another epoch.
        rewritten_ = rewritten_ || canon_.at(q).present() || !rows_.acked_within(q, q).empty();
    }
}

// Holes that an unanswered own send could have explained: the log says whether one did.
void ConversationJudge::judge_open_holes() {
    for (const OddStream& odd : evidence_.streams) {
        const Anomaly* const anomaly = odd.worker->streams.anomaly(odd.worker->slot(StreamIndex{odd.stream}));
        if (anomaly == nullptr) continue;
        for (const Hole& hole : anomaly->holes) {
            if (hole.kind != HoleKind::maybe_own) continue;
            for (Seq32 q = hole.first; q <= hole.last; ++q) {
                const CanonEntry& entry = canon_.at(q);
                const auto acked = rows_.acked_within(q, q);
                const bool anothers = (entry.present() && entry.record.device != odd.device) ||
                                      (!acked.empty() && acked.front().device != odd.device);
                const bool nobodys = !entry.present() && acked.empty() && audited_;
                if (!anothers && !nobodys) continue;
                RawEvidence raw = about(q);
                raw.receiver = odd.device;
                raw.why = "a later entry came first on an unbroken connection";
                accuse(&Violations::gap_live, "gap_live", 1, raw);
            }
        }
    }
}

void ConversationJudge::judge_resumes() {
    const auto missed = [&](const OddStream& odd, Seq32 first, Seq32 last) {
        for (Seq32 q = first; q <= last; ++q) {
            // What no log holds could not be sent; its loss is judged elsewhere.
            if (!canon_.at(q).present()) continue;
            RawEvidence raw = about(q);
            raw.receiver = odd.device;
            raw.why = "announced by a resume, and left out by its catch-up";
            accuse(&Violations::resume, "resume", 1, raw);
        }
    };
    for (const OddStream& odd : evidence_.streams) {
        const Anomaly* const anomaly = odd.worker->streams.anomaly(odd.worker->slot(StreamIndex{odd.stream}));
        if (anomaly == nullptr) continue;
        for (const SeqRange& range : anomaly->missed) missed(odd, range.first, range.last);
        for (const Hole& hole : anomaly->holes)
            if (hole.announced) missed(odd, hole.first, hole.last);
    }
    // Where entries came and nobody read the history, a loss that explains the answer cannot be ruled out.
    const bool unknown = history_shown_ && !audited_ && (has_acked() || canon_.top() > canon_.base());
    if (rewritten_ || unknown) return;
    for (const EpochFault& fault : evidence_.epoch_faults) {
        RawEvidence raw;
        raw.at_us = fault.at_us;
        raw.conversation = evidence_.conversation;
        raw.sequence = fault.asked;
        raw.receiver = fault.receiver;
        raw.why = "refused, reset or answered under another epoch although nothing was lost";
        accuse(&Violations::resume, "resume", 1, raw);
    }
}

}  // namespace hubbub
