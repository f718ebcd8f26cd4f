// The one hierarchical timer wheel: every deadline of a core is a node in it.
// Owned by one core; its thread only. Nodes are embedded in what they time (no heap) and must not move while
// armed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace hubbub {

/// Embedded in the object that waits. 24 bytes.
struct TimerNode {
    TimerNode* previous = nullptr;
    TimerNode* next = nullptr;
    std::int64_t tick = 0;
    [[nodiscard]] bool armed() const { return next != nullptr; }
};

/// Ticks of 2^17 ns (131 us). Never fires early; fires at most one tick late (a deadline is rounded up to its
/// tick). Order of firing: by tick, then in the order of arming within a tick (deterministic).
class TimerWheel {
  public:
    static constexpr int tick_shift = 17;
    explicit TimerWheel(Time start);
    ~TimerWheel();
    TimerWheel(const TimerWheel&) = delete;
    TimerWheel& operator=(const TimerWheel&) = delete;

    /// Arms or re-arms. A deadline in the past fires at the next advance().
    void arm(TimerNode& node, Time deadline);
    void cancel(TimerNode& node);
    /// Fires every node due at `now`: unlinks it, then calls fire(node), which may arm any node, itself too.
    /// A node armed for a past time during the call fires in the next advance(), so that advance always ends.
    template <class Fire>
    void advance(Time now, Fire&& fire) {
        collect(now);
        while (TimerNode* node = pop_due()) fire(*node);
    }
    /// When advance() should be called next; `never` when nothing is armed. May be early (a cascade), never
    /// late.
    [[nodiscard]] Time next_deadline() const;
    [[nodiscard]] std::size_t size() const { return size_; }

  private:
    // 1024 slots a level: a wait of up to two minutes is moved once. Each move of a node is a cache miss,
    // which is what a timer costs; five levels take 120 KB a thread.
    static constexpr std::size_t bits = 10;
    static constexpr std::size_t slots = std::size_t{1} << bits;
    static constexpr std::size_t levels = 5;  // 1024^5 ticks: longer than Time reaches

    struct Place {
        std::size_t level;
        std::size_t slot;
    };

    /// The slots of a level that are not empty; the first is found by two bit scans.
    class SlotSet {
      public:
        void insert(std::size_t slot) {
            words_[slot / 64] |= std::uint64_t{1} << slot % 64;
            summary_ |= 1U << slot / 64;
        }
        void erase(std::size_t slot) {
            words_[slot / 64] &= ~(std::uint64_t{1} << slot % 64);
            if (words_[slot / 64] == 0) summary_ &= ~(1U << slot / 64);
        }
        [[nodiscard]] bool empty() const { return summary_ == 0; }
        [[nodiscard]] std::size_t first() const;

      private:
        std::array<std::uint64_t, slots / 64> words_{};
        std::uint32_t summary_ = 0;
    };

    void collect(Time now);
    TimerNode* pop_due();
    void cascade(TimerNode& batch);
    void link(TimerNode& node);
    [[nodiscard]] Place place_of(std::int64_t tick) const;
    [[nodiscard]] std::int64_t tick_of(Place place) const;
    [[nodiscard]] std::optional<Place> first_place() const;
    TimerNode& slot_at(Place place) { return wheel_[place.level][place.slot]; }

    std::array<std::array<TimerNode, slots>, levels> wheel_;
    std::array<SlotSet, levels> occupied_{};
    TimerNode due_;      // collected, not yet fired
    TimerNode overdue_;  // armed for a time that was past already: fires at the next advance()
    std::int64_t current_;
    std::size_t size_ = 0;
};

}  // namespace hubbub
