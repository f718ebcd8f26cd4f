#include "loadgen/check/conversation_sorter.hpp"

#include <algorithm>

namespace hubbub {
namespace {

template <class T>
void sort_by_conversation(std::vector<T>& items) {
    std::stable_sort(items.begin(), items.end(),
                     [](const T& a, const T& b) { return a.conversation < b.conversation; });
}

template <class T, class Out>
void take(const std::vector<T>& items, std::uint32_t conversation, Out& out) {
    auto item = std::lower_bound(items.begin(), items.end(), conversation,
                                 [](const T& a, std::uint32_t c) { return a.conversation < c; });
    for (; item != items.end() && item->conversation == conversation; ++item) out.push_back(item->what);
}

}  // namespace

ConversationSorter::ConversationSorter(const Plan& plan, std::span<const WorkerEvidence* const> workers)
    : plan_(plan), workers_(workers), top_(plan.conversations.size()) {
    gather_rows();
    for (const WorkerEvidence* const worker : workers_)
        for (std::uint32_t c = 0; c < top_.size(); ++c)
            if (const ConversationLog* const log = worker->log_of(c)) top_[c] = std::max(top_[c], log->top());
    gather_streams();
    for (const WorkerEvidence* const worker : workers_)
        for (const EpochFault& fault : worker->epoch_faults) faults_.push_back({fault.conversation, fault});
    sort_by_conversation(faults_);
    for (const WorkerEvidence* const worker : workers_)
        for (const auto& [place, changes] : worker->asked_changes)
            asked_.push_back({place.conversation, {place.user, changes}});
    sort_by_conversation(asked_);
}

// A counting sort: rows of a conversation lie together.
void ConversationSorter::gather_rows() {
    rows_begin_.assign(plan_.conversations.size() + 1, 0);
    const auto for_rows = [&](auto visit) {
        for (const WorkerEvidence* const worker : workers_)
            for (std::uint32_t row = 0; row < worker->ledger.size(); ++row) {
                const LedgerEntry& entry = worker->ledger[row];
                visit(plan_.stream_conversation[entry.stream].value, entry);
            }
    };
    for_rows([&](std::uint32_t conversation, const LedgerEntry& entry) {
        ++rows_begin_[conversation + 1];
        if (entry.state == RowState::acked) top_[conversation] = std::max(top_[conversation], entry.sequence);
    });
    for (std::size_t c = 1; c < rows_begin_.size(); ++c) rows_begin_[c] += rows_begin_[c - 1];
    rows_.resize(rows_begin_.back());
    std::vector<std::uint32_t> place(rows_begin_.begin(), rows_begin_.end() - 1);
    for_rows([&](std::uint32_t conversation, const LedgerEntry& entry) {
        rows_[place[conversation]++] = {plan_.stream_device[entry.stream].value, entry.k, &entry};
    });
    for (const WorkerEvidence* const worker : workers_) {
        for (const auto& [row, about] : worker->ledger.abouts()) {
            const LedgerEntry& entry = worker->ledger[row];
            related_.push_back({plan_.stream_conversation[entry.stream].value,
                                {plan_.stream_device[entry.stream].value, entry.k, about}});
        }
        for (const auto& [row, sequence] : worker->ledger.second_acks()) {
            const LedgerEntry& entry = worker->ledger[row];
            const std::uint32_t conversation = plan_.stream_conversation[entry.stream].value;
            const std::uint32_t device = plan_.stream_device[entry.stream].value;
            for (const Seq32 q : {entry.sequence, sequence})
                second_acks_.push_back({conversation, {device, entry.k, q}});
        }
    }
    sort_by_conversation(second_acks_);
    sort_by_conversation(related_);
}

void ConversationSorter::gather_streams() {
    const std::vector<bool> rewound = rewound_conversations();
    for (const WorkerEvidence* const worker : workers_) {
        const Slice& slice = worker->slice;
        for (std::uint32_t stream = slice.first_stream; stream < slice.last_stream; ++stream) {
            const std::uint32_t conversation = plan_.stream_conversation[stream].value;
            const DeviceIndex device = plan_.stream_device[stream];
            const std::size_t slot = worker->slot(StreamIndex{stream});
            if (!plan_.online(device)) continue;
            const auto& lost = worker->unreachable;
            // Without a drain nobody waited for what is missing, and without the device nobody could look.
            const bool unreachable =
                worker->expected_heads.empty() || std::binary_search(lost.begin(), lost.end(), device.value);
            const MemberTimes* const times = worker->times_of(StreamIndex{stream});
            const bool in_step = times == nullptr && worker->streams.anomaly(slot) == nullptr &&
                                 worker->streams.next(slot) > top_[conversation];
            // In step with a log that was another one for the others: it may lack what they hold.
            if (in_step && !(unreachable && rewound[conversation])) continue;
            streams_.push_back({conversation, {worker, stream, device.value, unreachable, times}});
        }
    }
    sort_by_conversation(streams_);
}

// Conversations in which a reset ended a log that somebody held.
std::vector<bool> ConversationSorter::rewound_conversations() const {
    std::vector<bool> rewound(plan_.conversations.size());
    for (const WorkerEvidence* const worker : workers_) {
        for (std::uint32_t stream = worker->slice.first_stream; stream < worker->slice.last_stream;
             ++stream) {
            const Anomaly* const anomaly = worker->streams.anomaly(worker->slot(StreamIndex{stream}));
            if (anomaly != nullptr && anomaly->high != 0)
                rewound[plan_.stream_conversation[stream].value] = true;
        }
    }
    return rewound;
}

std::optional<ConversationEvidence> ConversationSorter::next() {
    for (; next_ < plan_.conversations.size(); ++next_) {
        ConversationEvidence out;
        out.plan = &plan_;
        out.conversation = next_;
        for (const WorkerEvidence* const worker : workers_) {
            out.base = worker->conversations[next_].base;
            if (const ConversationLog* const log = worker->log_of(next_)) out.logs.push_back(log);
            if (!worker->expected_heads.empty())
                out.expected_head =
                    std::max(out.expected_head, static_cast<Seq32>(worker->expected_heads[next_]));
        }
        out.rows.assign(rows_.begin() + rows_begin_[next_], rows_.begin() + rows_begin_[next_ + 1]);
        take(faults_, next_, out.epoch_faults);
        if (out.rows.empty() && out.logs.empty() && out.epoch_faults.empty()) continue;
        take(streams_, next_, out.streams);
        take(second_acks_, next_, out.second_acks);
        take(related_, next_, out.related_rows);
        take(asked_, next_, out.asked);
        out.online_members = std::max(plan_.online_members(ConversationIndex{next_}), 1u);
        ++next_;
        return out;
    }
    return std::nullopt;
}

}  // namespace hubbub
