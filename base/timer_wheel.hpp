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
    static constexpr std::size_t bits = 6;
    static constexpr std::size_t slots = std::size_t{1} << bits;
    static constexpr std::size_t levels = 8;  // 64^8 ticks: more than a thousand years

    struct Place {
        std::size_t level;
        std::size_t slot;
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
    std::array<std::uint64_t, levels> occupied_{};
    TimerNode due_;      // collected, not yet fired
    TimerNode overdue_;  // armed for a time that was past already: fires at the next advance()
    std::int64_t current_;
    std::size_t size_ = 0;
};

}  // namespace hubbub
