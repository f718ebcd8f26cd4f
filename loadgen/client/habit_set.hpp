// All habits of one worker: who is told what, and what is due when.
// Owned by one worker core; its thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "loadgen/habits/habit.hpp"

namespace hubbub {

class HabitSet {
  public:
    explicit HabitSet(HabitHost& host) : habits_(make_habits(host)) {
        for (const auto& habit : habits_)
            if (habit->watches_entries()) watchers_.push_back(habit.get());
    }

    /// Tells every habit: `tell([&](Habit& h) { h.settle(now); })`.
    template <class Tell>
    void tell(Tell&& tell_one) {
        for (const auto& habit : habits_) tell_one(*habit);
    }
    void saw(StreamIndex stream, const SeenEntry& entry, Time now) {
        for (Habit* const habit : watchers_) habit->saw(stream, entry, now);
    }
    /// False: no habit knows what to do with it.
    bool heard(DeviceIndex device, const ServerMessage& message, Time now);
    /// False: the id is none of a habit's.
    bool answered(DeviceIndex device, RequestId id, const ServerMessage& message, Time now);

    /// Answers that habits still wait for at the end.
    [[nodiscard]] std::size_t pending() const;

    /// Ids carry their habit above the worker's own counter.
    [[nodiscard]] RequestId request_id(const Habit& habit);

    /// False: limits::deeds_max wait already.
    bool plan(Habit& habit, const Deed& deed);
    [[nodiscard]] Time next_deed() const { return deeds_.empty() ? never : deeds_.front().deed.at; }
    void do_what_is_due(Time now);
    void forget_deeds() { deeds_.clear(); }

  private:
    struct Waiting {
        Deed deed;
        std::uint64_t order = 0;  ///< among equal times: first planned, first done
        Habit* habit = nullptr;
    };
    static bool later(const Waiting& a, const Waiting& b) {
        return a.deed.at != b.deed.at ? a.deed.at > b.deed.at : a.order > b.order;
    }

    std::vector<std::unique_ptr<Habit>> habits_;
    std::vector<Habit*> watchers_;
    std::vector<Waiting> deeds_;  ///< a heap: the next one in front
    std::uint64_t planned_ = 0;
    RequestId last_request_ = 0;
};

}  // namespace hubbub
