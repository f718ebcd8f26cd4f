// The ordered map behind the stores that live in memory: what a batch does to it, and the three reads.
// Owned by one store; its thread only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "refserver/core/store.hpp"

namespace hubbub {

class Table {
  public:
    void apply(const WriteBatch& batch);
    [[nodiscard]] std::optional<std::string> get(std::string_view key) const;
    void scan(std::string_view from, std::string_view to, const Store::Visit& visit) const;
    void scan_reverse(std::string_view from, std::string_view to, const Store::Visit& visit) const;
    void clear() { rows_.clear(); }

  private:
    std::map<std::string, std::string, std::less<>> rows_;
};

}  // namespace hubbub
