#include "loadgen/check/row_index.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace hubbub {
namespace {

auto by_stamp(const JudgedRow& row) {
    return std::tuple{row.device, row.k};
}
auto by_number(const JudgedRow& row) {
    return std::tuple{row.device, row.entry->number};
}
auto by_position(const JudgedRow& row) {
    return std::tuple{row.entry->sequence, row.device, row.k};
}

}  // namespace

RowIndex::RowIndex(std::vector<JudgedRow> rows) : rows_(std::move(rows)) {
    std::sort(rows_.begin(), rows_.end(),
              [](const auto& a, const auto& b) { return by_stamp(a) < by_stamp(b); });
    for (const JudgedRow& row : rows_) {
        if (row.entry->acked() || row.entry->state == RowState::attempted) by_number_.push_back(row);
        if (row.entry->state == RowState::acked) by_position_.push_back(row);
    }
    std::stable_sort(by_number_.begin(), by_number_.end(),
                     [](const auto& a, const auto& b) { return by_number(a) < by_number(b); });
    std::sort(by_position_.begin(), by_position_.end(),
              [](const auto& a, const auto& b) { return by_position(a) < by_position(b); });
}

const LedgerEntry* RowIndex::find(std::uint32_t device, std::uint32_t k) const {
    const std::tuple wanted{device, k};
    const auto row = std::lower_bound(rows_.begin(), rows_.end(), wanted,
                                      [](const auto& a, const auto& b) { return by_stamp(a) < b; });
    return row != rows_.end() && by_stamp(*row) == wanted ? row->entry : nullptr;
}

const JudgedRow* RowIndex::find_sent(std::uint32_t device, std::uint32_t number) const {
    const std::tuple wanted{device, number};
    const auto row = std::lower_bound(by_number_.begin(), by_number_.end(), wanted,
                                      [](const auto& a, const auto& b) { return by_number(a) < b; });
    return row != by_number_.end() && by_number(*row) == wanted ? &*row : nullptr;
}

std::span<const JudgedRow> RowIndex::acked_within(Seq32 first, Seq32 last) const {
    const auto begin = std::partition_point(by_position_.begin(), by_position_.end(),
                                            [&](const auto& row) { return row.entry->sequence < first; });
    const auto end = std::partition_point(begin, by_position_.end(),
                                          [&](const auto& row) { return row.entry->sequence <= last; });
    return {begin, end};
}

Seq32 RowIndex::highest_acked() const {
    return by_position_.empty() ? 0 : by_position_.back().entry->sequence;
}

}  // namespace hubbub
