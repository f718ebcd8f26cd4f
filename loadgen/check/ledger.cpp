#include "loadgen/check/ledger.hpp"

#include <algorithm>

namespace hubbub {

LedgerRow Ledger::add(StreamIndex stream, std::uint8_t phase, std::uint64_t intended_us) {
    std::uint32_t& sender = sender_of_[stream.value - first_stream_];
    if (sender == 0) {
        senders_.emplace_back();
        sender = static_cast<std::uint32_t>(senders_.size());
    }
    LedgerEntry entry;
    entry.intended_us = intended_us & ((std::uint64_t{1} << 40) - 1);
    entry.stream = stream.value;
    entry.k = ++senders_[sender - 1].intended;
    entry.phase = phase;
    rows_.push_back(entry);
    return size() - 1;
}

LedgerRow Ledger::add_induced(StreamIndex stream, std::uint8_t phase, std::uint64_t intended_us,
                              const SendAbout& about) {
    const LedgerRow row = add(stream, phase, intended_us);
    rows_[row].induced = 1;
    abouts_.push_back({row, about});
    return row;
}

const SendAbout& Ledger::about(LedgerRow row) const {
    static const SendAbout nothing;
    if (rows_[row].induced == 0) return nothing;
    const auto place =
        std::lower_bound(abouts_.begin(), abouts_.end(), row,
                         [](const RowAbout& one, LedgerRow wanted) { return one.row < wanted; });
    return place->about;
}

void Ledger::attempted(LedgerRow row, std::uint32_t number) {
    LedgerEntry& entry = rows_[row];
    entry.number = number;
    if (entry.state == RowState::attempted) {
        entry.retried = 1;
        return;
    }
    if (entry.state == RowState::intended) entry.state = RowState::attempted;
    senders_[sender_of_[entry.stream - first_stream_] - 1].unanswered.push_back(row);
}

void Ledger::answered(LedgerRow row) {
    auto& unanswered = senders_[sender_of_[rows_[row].stream - first_stream_] - 1].unanswered;
    std::erase(unanswered, row);
}

const Ledger::Sender* Ledger::sender(StreamIndex stream) const {
    const std::uint32_t index = sender_of_[stream.value - first_stream_];
    return index == 0 ? nullptr : &senders_[index - 1];
}

std::uint32_t Ledger::highest_unanswered(StreamIndex stream) const {
    std::uint32_t highest = 0;
    if (const Sender* const own = sender(stream))
        for (const LedgerRow row : own->unanswered) highest = std::max(highest, rows_[row].number);
    return highest;
}

std::uint32_t Ledger::lowest_unanswered(StreamIndex stream) const {
    std::uint32_t lowest = nothing_unanswered;
    if (const Sender* const own = sender(stream))
        for (const LedgerRow row : own->unanswered) lowest = std::min(lowest, rows_[row].number);
    return lowest;
}

}  // namespace hubbub
