#include "loadgen/check/stamp_judge.hpp"

#include <algorithm>

namespace hubbub {

void StampJudge::judge() {
    for (const WorkerEvidence* const worker : workers_)
        for (std::uint32_t row = 0; row < worker->ledger.size(); ++row) judge_row(worker->ledger[row]);
    judge_invented();
    judge_odd_contents();
}

void StampJudge::judge_row(const LedgerEntry& row) {
    const bool may_be_there = row.acked() || row.state == RowState::attempted;
    if (!may_be_there) return;
    const MessageName name{plan_.stream_conversation[row.stream].value, plan_.stream_device[row.stream].value,
                           row.k};
    sent_.insert(name);
    JudgedDelivery delivery{&row, 0, 0};
    const auto earliest = [](std::uint64_t a, std::uint64_t b) { return std::min(a, b); };
    std::uint64_t last = 0;
    for (const WorkerEvidence* const worker : workers_) {
        if (const StampedMessage* const seen = worker->stamps->find(name);
            seen != nullptr && seen->count > 0) {
            delivery.expected += seen->count;
            delivery.first_us = earliest(delivery.first_us, seen->first.get());
            last = std::max(last, seen->last.get());
        }
        // What nobody acknowledged need not have happened, wherever it was seen.
        if (row.acked()) judge_missing(*worker, row, name, delivery);
    }
    if (last > 0) delivery.last_us = last;
    out_.totals.expected += delivery.expected;
    out_.totals.missing += delivery.missing;
    out_.totals.delivered += delivery.expected - delivery.missing;
    out_.delivery(delivery);
}

void StampJudge::judge_missing(const WorkerEvidence& worker, const LedgerEntry& row, const MessageName& name,
                               JudgedDelivery& delivery) {
    const StampedMessage* const seen = worker.stamps->find(name);
    const auto streams = worker.stamps->streams_of(name.conversation);
    if (seen != nullptr && seen->count == streams.size()) return;
    const std::uint64_t attempted_us = row.intended_us + row.lag_us;
    for (const std::uint32_t stream : streams) {
        const DeviceIndex device = plan_.stream_device[stream];
        if (device.value == name.device || worker.stamps->holds(seen, stream)) continue;
        ++delivery.expected;
        ++delivery.missing;
        count_cohort(plan_, device, delivery.by_cohort);
        // Nobody waited (any more), nobody was there, or its session began only later.
        const bool unknown =
            worker.expected_heads.empty() || row.late != 0 ||
            std::binary_search(worker.unreachable.begin(), worker.unreachable.end(), device.value) ||
            !worker.stamps->there_since(device, attempted_us);
        ++(unknown ? out_.totals.unverified : out_.violations.lost);
        if (unknown) continue;
        out_.evidence.note("lost", {row.intended_us, name.conversation, 0, device.value, name.device, name.k,
                                    "acknowledged, and missing at the end"});
    }
}

void StampJudge::judge_invented() {
    std::set<MessageName> invented;
    for (const WorkerEvidence* const worker : workers_)
        for (const StampedMessage& message : worker->stamps->messages())
            if (!sent_.contains(message.name)) invented.insert(message.name);
    for (const MessageName& name : invented) {
        ++out_.violations.phantom;
        out_.evidence.note("phantom", {0, name.conversation, 0, RawEvidence::nobody, name.device, name.k,
                                       "a message that was rejected, or never sent, and yet is there"});
    }
}

void StampJudge::judge_odd_contents() {
    std::map<StampBook::OddContent, std::pair<EntryClass, RawEvidence>> all;
    for (const WorkerEvidence* const worker : workers_)
        for (const auto& [content, what] : worker->stamps->odd_contents()) {
            const auto [known, is_new] = all.emplace(content, what);
            if (!is_new && what.second < known->second.second) known->second.second = what.second;
        }
    for (auto& [content, what] : all) {
        auto& [kind, raw] = what;
        if (kind == EntryClass::foreign) {
            ++out_.totals.foreign;
            continue;
        }
        const bool altered = kind == EntryClass::misfit || kind == EntryClass::unstamped;
        ++(altered ? out_.violations.corrupt : out_.violations.phantom);
        out_.evidence.note(altered ? "corrupt" : "phantom", raw);
    }
}

}  // namespace hubbub
