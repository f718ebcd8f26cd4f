#include "loadgen/check/canon.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace hubbub {
namespace {

/// One content behind a number, over all workers.
struct Content {
    LogRecord record;
    std::uint64_t holders = 0;
    bool audited = false;
};
using Contents = std::map<std::uint64_t, Content>;

void add(Contents& contents, const LogRecord& record, std::uint64_t holders) {
    Content& content = contents[record.hash];
    if (content.record.hash == 0) content.record = record;
    content.holders += holders;
    content.audited = content.audited || record.audited != 0;
}

void widen(LogRecord& out, const LogRecord& record) {
    if (record.first.get() == Micros40::none) return;
    out.note_arrival(record.first.get());
    out.note_arrival(record.last.get());
}

template <class Visit>
void for_alternatives(const ConversationLog& log, Seq32 q, Visit visit) {
    const auto& all = log.alternatives();
    const auto end = all.upper_bound({q, UINT64_MAX});
    for (auto other = all.lower_bound({q, 0}); other != end; ++other) visit(other->second);
}

const Content& most_trusted(const Contents& contents, const RowIndex& rows, Seq32 q) {
    const Content* best = nullptr;
    const auto acked = rows.acked_within(q, q);
    const auto rank = [&](const Content& content) {
        const bool in_ledger = std::any_of(acked.begin(), acked.end(), [&](const JudgedRow& row) {
            return row.entry->content_hash == content.record.hash;
        });
        return std::tuple{content.audited, in_ledger, content.holders};
    };
    for (const auto& [hash, content] : contents)
        if (best == nullptr || rank(content) > rank(*best)) best = &content;
    return *best;
}

}  // namespace

Canon::Canon(Seq32 base, std::span<const ConversationLog* const> logs, const RowIndex& rows)
    : base_(base), logs_(logs) {
    Seq32 top = base;
    std::set<Seq32> disputed;
    for (const ConversationLog* const log : logs) {
        top = std::max(top, log->top());
        for (const auto& other : log->alternatives()) disputed.insert(other.first.q);
    }
    entries_.resize(top - base);
    for (Seq32 q = base + 1; q <= top; ++q) {
        CanonEntry& entry = entries_[q - base - 1];
        bool dispute = false;
        for (const ConversationLog* const log : logs) {
            const LogRecord& record = log->at(q);
            if (record.hash == 0) continue;
            if (!entry.present())
                entry.record = record;
            else if (entry.record.hash != record.hash)
                dispute = true;
            else
                widen(entry.record, record);
            entry.audited = entry.audited || record.audited != 0;
        }
        if (dispute || disputed.contains(q)) resolve(q, rows);
        if (entry.record.k != 0) placed_.push_back({entry.record.device, entry.record.k, q});
    }
    std::sort(placed_.begin(), placed_.end());
}

const CanonEntry& Canon::at(Seq32 q) const {
    static const CanonEntry nothing;
    return q <= base_ || q > top() ? nothing : entries_[q - base_ - 1];
}

std::optional<Seq32> Canon::place_of(std::uint32_t device, std::uint32_t k) const {
    const auto place = std::lower_bound(placed_.begin(), placed_.end(), Placed{device, k, 0});
    if (place == placed_.end() || place->device != device || place->k != k) return std::nullopt;
    return place->q;
}

void Canon::resolve(Seq32 q, const RowIndex& rows) {
    Contents contents;
    for (const ConversationLog* const log : logs_) {
        if (const LogRecord& record = log->at(q); record.hash != 0) add(contents, record, record.count);
        for_alternatives(
            *log, q, [&](const Alternative& other) { add(contents, other.record, other.holders.size()); });
    }
    const Content& trusted = most_trusted(contents, rows, q);
    CanonEntry& entry = entries_[q - base_ - 1];
    entry.record = trusted.record;
    entry.audited = false;
    for (const auto& [hash, content] : contents) entry.audited = entry.audited || content.audited;
    for (const ConversationLog* const log : logs_) {
        widen(entry.record, log->at(q));
        for_alternatives(*log, q, [&](const Alternative& other) { widen(entry.record, other.record); });
    }
    note_dissents(q, trusted.record.hash);
}

// Each receiver once, however many wrong contents it saw behind the number.
void Canon::note_dissents(Seq32 q, std::uint64_t canon_hash) {
    std::uint64_t receivers = 0;
    for (const ConversationLog* const log : logs_) {
        const LogRecord& record = log->at(q);
        const bool record_dissents = record.hash != 0 && record.hash != canon_hash;
        if (record_dissents) receivers += record.count;
        std::set<std::uint32_t> counted_apart;  // their first content is an alternative, not the record
        for_alternatives(*log, q, [&](const Alternative& other) {
            for (const auto& holder : other.holders)
                if (holder.first) counted_apart.insert(holder.stream);
        });
        std::set<std::uint32_t> dissenting;
        for_alternatives(*log, q, [&](const Alternative& other) {
            if (other.record.hash == canon_hash) return;
            for (const auto& holder : other.holders)
                if (!record_dissents || counted_apart.contains(holder.stream))
                    dissenting.insert(holder.stream);
        });
        receivers += dissenting.size();
    }
    if (receivers > 0) dissents_.push_back({q, receivers});
}

std::uint64_t Canon::holders(Seq32 q, std::uint64_t hash) const {
    std::uint64_t count = 0;
    for (const ConversationLog* const log : logs_) {
        if (log->at(q).hash == hash) count += log->at(q).count;
        for_alternatives(*log, q, [&](const Alternative& other) {
            if (other.record.hash != hash) return;
            for (const auto& holder : other.holders) count += holder.own ? 0 : 1;
        });
    }
    return count;
}

bool Canon::undisputed(Seq32 q) const {
    const std::uint64_t hash = at(q).record.hash;
    bool one = true;
    for (const ConversationLog* const log : logs_) {
        const std::uint64_t recorded = log->at(q).hash;
        one = one && (recorded == 0 || recorded == hash);
        for_alternatives(*log, q, [&](const Alternative& other) { one = one && other.record.hash == hash; });
    }
    return one;
}

}  // namespace hubbub
