#include "refserver/store/table.hpp"

namespace hubbub {

void Table::apply(const WriteBatch& batch) {
    for (const WriteBatch::Put put : batch) {
        const auto row = rows_.find(put.key);
        if (put.erase) {
            if (row != rows_.end()) rows_.erase(row);
        } else if (row != rows_.end()) {
            row->second = put.value;
        } else {
            rows_.emplace(put.key, put.value);
        }
    }
}

std::optional<std::string> Table::get(std::string_view key) const {
    const auto row = rows_.find(key);
    if (row == rows_.end()) return std::nullopt;
    return row->second;
}

void Table::scan(std::string_view from, std::string_view to, const Store::Visit& visit) const {
    for (auto row = rows_.lower_bound(from); row != rows_.end() && row->first < to; ++row)
        if (!visit(row->first, row->second)) return;
}

void Table::scan_reverse(std::string_view from, std::string_view to, const Store::Visit& visit) const {
    for (auto after = rows_.lower_bound(to); after != rows_.begin();) {
        --after;
        if (after->first < from || !visit(after->first, after->second)) return;
    }
}

}  // namespace hubbub
