// Which conversation of the plan a name on the wire is: one flat table, looked up once per distinct frame.
// Owned by one client core; its thread only. Filled once, before the load.
#pragma once

#include <bit>
#include <optional>
#include <vector>

#include "base/ids.hpp"

namespace hubbub {

class ConversationTable {
  public:
    ConversationTable() = default;
    /// At most half full, so that a probe is short.
    explicit ConversationTable(std::size_t conversations) : slots_(std::bit_ceil(conversations * 2 + 1)) {}

    void add(const ConversationId& id, ConversationIndex index) {
        std::size_t at = home(id);
        while (slots_[at].index != empty) at = (at + 1) & (slots_.size() - 1);
        slots_[at] = {id, index.value};
    }
    /// Nothing for a conversation that is none of the plan's.
    [[nodiscard]] std::optional<ConversationIndex> find(const ConversationId& id) const {
        if (slots_.empty()) return std::nullopt;
        for (std::size_t at = home(id); slots_[at].index != empty; at = (at + 1) & (slots_.size() - 1))
            if (slots_[at].id == id) return ConversationIndex{slots_[at].index};
        return std::nullopt;
    }

  private:
    static constexpr std::uint32_t empty = UINT32_MAX;
    struct Slot {
        ConversationId id;
        std::uint32_t index = empty;
    };
    [[nodiscard]] std::size_t home(const ConversationId& id) const {
        return static_cast<std::size_t>(hash_of(id)) & (slots_.size() - 1);
    }
    std::vector<Slot> slots_;
};

}  // namespace hubbub
