// The bounded queue into a loop's thread: many posters, one taker, one wake-up for whatever came since the
// last take. Shared by threads; the taker is the loop's owner.
#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace hubbub {

template <class T>
class Inbox {
  public:
    enum class Put { refused, queued, first };  ///< first: the taker may be asleep; wake it

    explicit Inbox(std::size_t bound) : bound_(bound) {}

    /// Refuses when `bound` items wait, and leaves `item` untouched: the policy for that is the poster's.
    Put put(T&& item) {
        const std::lock_guard lock(mutex_);
        if (items_.size() >= bound_) return Put::refused;
        items_.push_back(std::move(item));
        return items_.size() == 1 ? Put::first : Put::queued;
    }

    /// Everything that waits, in order of arrival; `into` is emptied first and its memory is kept for the
    /// next round.
    void take(std::vector<T>& into) {
        into.clear();
        const std::lock_guard lock(mutex_);
        items_.swap(into);
    }

    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return items_.size();
    }

  private:
    const std::size_t bound_;
    mutable std::mutex mutex_;
    std::vector<T> items_;
};

}  // namespace hubbub
