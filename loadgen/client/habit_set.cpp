#include "loadgen/client/habit_set.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// Below: a counter; above: which habit, from 1. A worker's own ids stay below; JSON numbers are exact to
/// 2^53.
constexpr int habit_shift = 44;

}  // namespace

bool HabitSet::heard(DeviceIndex device, const ServerMessage& message, Time now) {
    return std::any_of(habits_.begin(), habits_.end(),
                       [&](const auto& habit) { return habit->heard(device, message, now); });
}

bool HabitSet::answered(DeviceIndex device, RequestId id, const ServerMessage& message, Time now) {
    const std::uint64_t which = id >> habit_shift;
    if (which == 0 || which > habits_.size()) return false;
    habits_[which - 1]->answered(device, id, message, now);
    return true;
}

std::size_t HabitSet::pending() const {
    std::size_t sum = 0;
    for (const auto& habit : habits_) sum += habit->pending();
    return sum;
}

RequestId HabitSet::request_id(const Habit& habit) {
    const auto place =
        std::find_if(habits_.begin(), habits_.end(), [&](const auto& one) { return one.get() == &habit; });
    HUBBUB_ASSERT(place != habits_.end(), "a habit of this set");
    return static_cast<RequestId>(place - habits_.begin() + 1) << habit_shift | ++last_request_;
}

bool HabitSet::plan(Habit& habit, const Deed& deed) {
    if (deeds_.size() >= limits::deeds_max) return false;
    deeds_.push_back({deed, planned_++, &habit});
    std::push_heap(deeds_.begin(), deeds_.end(), later);
    return true;
}

void HabitSet::do_what_is_due(Time now) {
    while (!deeds_.empty() && deeds_.front().deed.at <= now) {
        std::pop_heap(deeds_.begin(), deeds_.end(), later);
        const Waiting next = deeds_.back();
        deeds_.pop_back();
        next.habit->due(next.deed, now);
    }
}

}  // namespace hubbub
