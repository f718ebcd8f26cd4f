// What deeds need to know beyond their two numbers: values by slot, slots used again.
// Owned by one habit; its thread only.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace hubbub {

template <class T>
class Slots {
  public:
    [[nodiscard]] std::uint32_t put(T value) {
        if (free_.empty()) {
            values_.push_back(std::move(value));
            return static_cast<std::uint32_t>(values_.size() - 1);
        }
        const std::uint32_t slot = free_.back();
        free_.pop_back();
        values_[slot] = std::move(value);
        return slot;
    }
    /// The slot is free behind it.
    T take(std::uint32_t slot) {
        free_.push_back(slot);
        return std::move(values_[slot]);
    }

  private:
    std::vector<T> values_;
    std::vector<std::uint32_t> free_;
};

}  // namespace hubbub
