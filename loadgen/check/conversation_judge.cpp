#include "loadgen/check/conversation_judge.hpp"

#include <algorithm>
#include <set>

namespace hubbub {

ConversationJudge::ConversationJudge(const ConversationEvidence& evidence, bool history_shown,
                                     Findings findings)
    : evidence_(evidence),
      history_shown_(history_shown),
      out_(std::move(findings)),
      rows_(evidence.rows),
      canon_(evidence.base, evidence.logs, rows_) {
    for (const ConversationLog* const log : evidence_.logs) {
        audited_ = audited_ || log->audited;
        for (const auto& related : log->related())
            if (canon_.at(related.q).record.hash == related.hash) related_.emplace(related.q, related.about);
    }
    for (const OddStream& odd : evidence_.streams) {
        const Anomaly* const anomaly = odd.worker->streams.anomaly(odd.worker->slot(StreamIndex{odd.stream}));
        rewound_ = rewound_ || (anomaly != nullptr && anomaly->high != 0);
        comers_ += odd.times != nullptr ? 1 : 0;
    }
}

void ConversationJudge::judge() {
    find_missing();
    judge_contents();
    judge_changes();
    judge_duplicates();
    judge_rows();
    judge_order();
    judge_causality();
    judge_relations();
    judge_history();
    judge_open_holes();
    judge_resumes();
}

RawEvidence ConversationJudge::about(Seq32 q) const {
    RawEvidence raw;
    raw.conversation = evidence_.conversation;
    raw.sequence = q;
    const CanonEntry& entry = canon_.at(q);
    if (!entry.present()) return raw;
    raw.sender = entry.record.device;
    raw.k = entry.record.k;
    if (entry.record.intended.get() != Micros40::none) raw.at_us = entry.record.intended.get();
    return raw;
}

RawEvidence ConversationJudge::about(const JudgedRow& row, Seq32 q) const {
    RawEvidence raw;
    raw.at_us = row.entry->intended_us;
    raw.conversation = evidence_.conversation;
    raw.sequence = q;
    raw.sender = row.device;
    raw.k = row.k;
    return raw;
}

void ConversationJudge::accuse(std::uint64_t Violations::*counter, std::string_view name, std::uint64_t count,
                               RawEvidence evidence) {
    out_.violations.*counter += count;
    out_.evidence.note(name, evidence);
}

std::uint32_t ConversationJudge::members_at(Seq32 q) const {
    if (comers_ == 0) return evidence_.online_members;
    std::uint32_t out = 0;
    for (const OddStream& odd : evidence_.streams)
        if (odd.times != nullptr && !odd.times->covers(q)) ++out;
    return evidence_.online_members - out;
}

void ConversationJudge::for_each_missing(const OddStream& odd, Seq32 upto,
                                         const std::function<void(SeqRange)>& visit) {
    const std::size_t slot = odd.worker->slot(StreamIndex{odd.stream});
    if (odd.times == nullptr) return odd.worker->streams.for_each_missing(slot, upto, visit);
    for (const PastTime& past : odd.times->past)
        for (const SeqRange& range : past.missing)
            if (range.first <= upto) visit({range.first, std::min(range.last, upto)});
    const Seq32 end = odd.times->last == 0 ? upto : std::min(upto, odd.times->last);
    odd.worker->streams.for_each_missing(slot, end, visit);
}

void count_cohort(const Plan& plan, DeviceIndex device, std::vector<std::uint32_t>& by_cohort) {
    const auto cohort = plan.cohort_of(device);
    if (!cohort) return;
    by_cohort.resize(plan.scenario->population.cohorts.size());
    ++by_cohort[*cohort];
}

bool ConversationJudge::late(const LedgerEntry& row) const {
    return row.state == RowState::acked ? row.sequence > evidence_.expected_head : row.late != 0;
}

void ConversationJudge::owe(Owed& owed, const OddStream& odd, const LedgerEntry& row) const {
    ++(odd.unreachable || late(row) ? owed.unverified : owed.lost);
    if (odd.worker->planned_back(DeviceIndex{odd.device}, row.phase, row.intended_us))
        ++owed.offline;
    else
        count_cohort(odd.worker->plan, DeviceIndex{odd.device}, owed.by_cohort);
}

// (expected receiver, acked message) pairs that no receiver's stream holds. The sender's own always does: the
// ack filled it.
void ConversationJudge::find_missing() {
    const Seq32 top = rows_.highest_acked();
    if (top <= evidence_.base) return;
    owed_.resize(top - evidence_.base);
    if (rewound_) return;
    for (const OddStream& odd : evidence_.streams) {
        for_each_missing(odd, top, [&](SeqRange range) {
            for (const JudgedRow& row : rows_.acked_within(range.first, range.last)) {
                const Seq32 q = row.entry->sequence;
                if (q <= evidence_.base || row.device == odd.device) continue;
                owe(owed_[q - evidence_.base - 1], odd, *row.entry);
                if (odd.unreachable || late(*row.entry)) continue;
                RawEvidence raw = about(row, q);
                raw.receiver = odd.device;
                raw.why = "acknowledged, and missing at the end";
                out_.evidence.note("lost", raw);
            }
        });
    }
}

void ConversationJudge::judge_contents() {
    for (Seq32 q = canon_.base() + 1; q <= canon_.top(); ++q)
        if (canon_.at(q).present()) judge_content(q, canon_.at(q));
    for (const Dissent& dissent : canon_.dissents()) {
        RawEvidence raw = about(dissent.q);
        raw.why = "some receivers saw another content behind this number than the others";
        accuse(&Violations::disagreement, "disagreement", dissent.receivers, raw);
        rewritten_ = true;
    }
}

void ConversationJudge::judge_content(Seq32 q, const CanonEntry& entry) {
    RawEvidence raw = about(q);
    switch (entry.record.kind) {
        case EntryClass::membership:
        case EntryClass::left:
        case EntryClass::role:
            return;
        case EntryClass::foreign:
            ++out_.totals.foreign;
            return;
        case EntryClass::misfit:
            raw.why = "the stamp names another sender or conversation";
            accuse(&Violations::corrupt, "corrupt", 1, raw);
            return;
        case EntryClass::sound: {
            const LedgerEntry* const row = rows_.find(entry.record.device, entry.record.k);
            if (row != nullptr && (row->acked() || row->state == RowState::attempted)) return;
            raw.why = row == nullptr ? "a valid stamp that nobody made"
                                     : "a message that was rejected, or never sent, and yet is there";
            accuse(&Violations::phantom, "phantom", 1, raw);
            return;
        }
        case EntryClass::unstamped:
            break;
    }
    // A broken message stands where its sender's ledger expects one; an invented one does not.
    const JudgedRow* const sent = rows_.find_sent(entry.record.device, entry.record.number);
    const bool expected_here =
        !rows_.acked_within(q, q).empty() || (sent != nullptr && !stands_elsewhere(*sent, q));
    raw.why = expected_here ? "the checksum over stamp and body fails" : "nobody of this run sent it";
    if (expected_here)
        accuse(&Violations::corrupt, "corrupt", 1, raw);
    else
        accuse(&Violations::phantom, "phantom", 1, raw);
}

bool ConversationJudge::has_acked() const {
    return std::any_of(rows_.all().begin(), rows_.all().end(),
                       [](const JudgedRow& row) { return row.entry->acked(); });
}

bool ConversationJudge::stands_elsewhere(const JudgedRow& row, Seq32 q) const {
    if (row.entry->state == RowState::acked) return row.entry->sequence != q;
    return canon_.place_of(row.device, row.k).has_value();
}

void ConversationJudge::judge_duplicates() {
    std::set<Placed> places(canon_.placed().begin(), canon_.placed().end());
    places.insert(evidence_.second_acks.begin(), evidence_.second_acks.end());
    for (const Placed& again : evidence_.second_acks) {
        const LedgerEntry* const row = rows_.find(again.device, again.k);
        const bool first = row != nullptr && row->sequence == again.q;
        // The sender took it on the ack's word that this place is its own, too.
        if (first || !audited_ || !canon_.at(again.q).present() ||
            canon_.at(again.q).shows(again.device, again.k))
            continue;
        RawEvidence raw = about(again.q);
        raw.sender = again.device;
        raw.k = again.k;
        raw.why = "the history shows another message where this one was acknowledged again";
        accuse(&Violations::history, "history", 1, raw);
    }
    const Placed* before = nullptr;
    for (const Placed& place : places) {
        if (before != nullptr && before->device == place.device && before->k == place.k) {
            RawEvidence raw = about(place.q);
            raw.sender = place.device;
            raw.k = place.k;
            raw.why = "the same message under a second number";
            accuse(&Violations::duplicate, "duplicate", 1, raw);
        }
        before = &place;
    }
}

// Where the message stands: the ack's word unless the log shows another message there.
std::optional<Seq32> ConversationJudge::place_of(const JudgedRow& row) const {
    if (row.entry->state == RowState::acked && row.entry->sequence > evidence_.base) {
        const CanonEntry& there = canon_.at(row.entry->sequence);
        if (there.record.k == 0 || there.shows(row.device, row.k)) return row.entry->sequence;
    }
    return canon_.place_of(row.device, row.k);
}

void ConversationJudge::judge_rows() {
    for (const JudgedRow& row : rows_.all()) {
        if (!row.entry->acked()) continue;
        const std::optional<Seq32> place = place_of(row);
        const Owed owed = judge_acked(row, place);
        const std::uint32_t members = place ? members_at(*place) : evidence_.online_members - comers_;
        JudgedDelivery delivery{row.entry, members - 1, owed.lost + owed.unverified, owed.offline};
        delivery.by_cohort = owed.by_cohort;
        if (place) {
            delivery.first_us = canon_.at(*place).record.first.get();
            delivery.last_us = canon_.at(*place).record.last.get();
        }
        out_.totals.expected += delivery.expected;
        out_.totals.missing += delivery.missing;
        out_.totals.delivered += delivery.expected - delivery.missing;
        out_.totals.unverified += owed.unverified;
        out_.violations.lost += owed.lost;
        rewritten_ = rewritten_ || owed.lost > 0;
        out_.delivery(delivery);
    }
}

ConversationJudge::Owed ConversationJudge::judge_acked(const JudgedRow& row, std::optional<Seq32> place) {
    const bool as_acked = place && row.entry->state == RowState::acked && *place == row.entry->sequence;
    if (as_acked && !rewound_) return owed_[*place - evidence_.base - 1];

    RawEvidence raw = about(row, row.entry->sequence);
    if (place && row.entry->state == RowState::acked_unknown && !rewound_) {
        // No ack told its place, so the streams are asked one by one.
        Owed owed;
        for (const OddStream& odd : evidence_.streams) {
            for_each_missing(odd, *place, [&](SeqRange range) {
                if (range.first <= *place && *place <= range.last && odd.device != row.device)
                    owe(owed, odd, *row.entry);
            });
        }
        raw.sequence = *place;
        raw.why = "acknowledged, and missing at the end";
        if (owed.lost > 0) out_.evidence.note("lost", raw);
        return owed;
    }
    const bool found_by_stamp = place && row.entry->state == RowState::acked_unknown;
    if (!as_acked && !found_by_stamp) {
        rewritten_ = true;
        if (audited_ && row.entry->state == RowState::acked) {
            raw.why = "the history shows another message where this one was acknowledged";
            accuse(&Violations::history, "history", 1, raw);
        } else if (audited_ && row.entry->late == 0) {
            raw.why = "acknowledged, and nowhere in the history";
            accuse(&Violations::history, "history", 1, raw);
        }
    }
    return judge_by_content(row, place);
}

// Only receivers that saw this very content hold it.
ConversationJudge::Owed ConversationJudge::judge_by_content(const JudgedRow& row,
                                                            std::optional<Seq32> place) {
    const bool as_acked = place && row.entry->state == RowState::acked && *place == row.entry->sequence;
    const std::uint32_t members = place ? members_at(*place) : evidence_.online_members - comers_;
    const std::uint32_t expected = members - 1;
    std::uint64_t holding = 0;
    if (place) holding = canon_.holders(*place, canon_.at(*place).record.hash);
    if (row.entry->state == RowState::acked && !as_acked)
        holding = std::max(holding, canon_.holders(row.entry->sequence, row.entry->content_hash));
    const auto missing = expected - static_cast<std::uint32_t>(std::min<std::uint64_t>(holding, expected));
    // In a log that began anew the numbers of joins and leaves are those of another log: whoever came and
    // went may be right to lack the message.
    const std::uint32_t excused = unreachable_without(row, place) + (rewound_ || !place ? comers_ : 0);
    const std::uint32_t unverified = late(*row.entry) ? missing : std::min(missing, excused);
    if (missing > unverified) {
        RawEvidence raw = about(row, row.entry->sequence);
        raw.why = "acknowledged, and missing at the end";
        out_.evidence.note("lost", raw);
    }
    Owed owed;
    owed.lost = missing - unverified;
    owed.unverified = unverified;
    return owed;
}

// Receivers that could not be brought back and are not known to hold the message.
std::uint32_t ConversationJudge::unreachable_without(const JudgedRow& row, std::optional<Seq32> place) const {
    const bool known = place && canon_.at(*place).shows(row.device, row.k) && canon_.undisputed(*place);
    std::uint32_t count = 0;
    for (const OddStream& odd : evidence_.streams) {
        if (!odd.unreachable || odd.device == row.device) continue;
        if (odd.times != nullptr && place && !odd.times->covers(*place)) continue;
        const std::size_t slot = odd.worker->slot(StreamIndex{odd.stream});
        if (!known || !odd.worker->streams.ever_held(slot, *place)) ++count;
    }
    return count;
}

}  // namespace hubbub
