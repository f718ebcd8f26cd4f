#include "base/timer_wheel.hpp"

#include <bit>

#include "base/assert.hpp"

namespace hubbub {
namespace {

constexpr std::int64_t tick_at_or_before(Time time) {
    return time.time_since_epoch().count() >> TimerWheel::tick_shift;
}

constexpr std::int64_t tick_at_or_after(Time time) {
    const std::int64_t floor = tick_at_or_before(time);
    return (floor << TimerWheel::tick_shift) == time.time_since_epoch().count() ? floor : floor + 1;
}

// The tick of a deadline near `never` begins after the last representable time.
constexpr Time time_of(std::int64_t tick) {
    constexpr std::int64_t last = tick_at_or_before(never);
    return tick > last ? never : Time(Duration(tick << TimerWheel::tick_shift));
}

void make_empty(TimerNode& list) {
    list.previous = list.next = &list;
}

bool is_empty(const TimerNode& list) {
    return list.next == &list;
}

void append(TimerNode& list, TimerNode& node) {
    node.previous = list.previous;
    node.next = &list;
    list.previous->next = &node;
    list.previous = &node;
}

void append_all(TimerNode& list, TimerNode& from) {
    if (is_empty(from)) return;
    from.next->previous = list.previous;
    list.previous->next = from.next;
    from.previous->next = &list;
    list.previous = from.previous;
    make_empty(from);
}

void remove(TimerNode& node) {
    HUBBUB_ASSERT(node.next->previous == &node, "an armed timer node was moved, copied or destroyed");
    node.previous->next = node.next;
    node.next->previous = node.previous;
    node.previous = node.next = nullptr;
}

}  // namespace

TimerWheel::TimerWheel(Time start) : current_(tick_at_or_before(start)) {
    HUBBUB_ASSERT(current_ >= 0, "the time line starts at 0");
    for (auto& level : wheel_)
        for (auto& slot : level) make_empty(slot);
    make_empty(due_);
    make_empty(overdue_);
}

// Nodes are not touched: their owners may be gone already.
TimerWheel::~TimerWheel() = default;

void TimerWheel::arm(TimerNode& node, Time deadline) {
    cancel(node);
    const std::int64_t tick = tick_at_or_after(deadline);
    node.tick = tick > current_ ? tick : current_;
    if (tick > current_)
        link(node);
    else
        append(overdue_, node);
    ++size_;
}

void TimerWheel::cancel(TimerNode& node) {
    if (!node.armed()) return;
    remove(node);
    --size_;
    if (node.tick <= current_) return;
    const Place place = place_of(node.tick);
    if (is_empty(slot_at(place))) occupied_[place.level].erase(place.slot);
}

// The level is the highest base-1024 digit in which the tick differs from the current one, the slot is that
// digit. So all nodes of a tick are always in one list (arming order holds through cascades), a lower level
// is always due before a higher one, and nothing wraps around.
TimerWheel::Place TimerWheel::place_of(std::int64_t tick) const {
    const auto differing = static_cast<std::uint64_t>(tick ^ current_);
    const auto level = static_cast<std::size_t>(std::bit_width(differing) - 1) / bits;
    return {level, static_cast<std::size_t>(tick >> (level * bits)) % slots};
}

void TimerWheel::link(TimerNode& node) {
    const Place place = place_of(node.tick);
    append(slot_at(place), node);
    occupied_[place.level].insert(place.slot);
}

std::size_t TimerWheel::SlotSet::first() const {
    const auto word = static_cast<std::size_t>(std::countr_zero(summary_));
    return word * 64 + static_cast<std::size_t>(std::countr_zero(words_[word]));
}

std::optional<TimerWheel::Place> TimerWheel::first_place() const {
    for (std::size_t level = 0; level < levels; ++level)
        if (!occupied_[level].empty()) return Place{level, occupied_[level].first()};
    return std::nullopt;
}

// The earliest tick that a node of this place can have.
std::int64_t TimerWheel::tick_of(Place place) const {
    const std::size_t shift = place.level * bits;
    const std::int64_t above = current_ >> (shift + bits) << bits;
    return (above + static_cast<std::int64_t>(place.slot)) << shift;
}

void TimerWheel::collect(Time now) {
    append_all(due_, overdue_);
    const std::int64_t target = tick_at_or_before(now);
    for (auto place = first_place(); place && tick_of(*place) <= target; place = first_place()) {
        current_ = tick_of(*place);
        occupied_[place->level].erase(place->slot);
        TimerNode batch;
        make_empty(batch);
        append_all(batch, slot_at(*place));
        if (place->level == 0)
            append_all(due_, batch);
        else
            cascade(batch);
    }
    if (target > current_) current_ = target;
}

// Walks the chain without unlinking node by node: a node is in another cache line than its neighbours.
void TimerWheel::cascade(TimerNode& batch) {
    for (TimerNode* node = batch.next; node != &batch;) {
        TimerNode* next = node->next;
        __builtin_prefetch(next->next);
        if (node->tick == current_)
            append(due_, *node);
        else
            link(*node);
        node = next;
    }
}

TimerNode* TimerWheel::pop_due() {
    if (is_empty(due_)) return nullptr;
    TimerNode* node = due_.next;
    remove(*node);
    --size_;
    return node;
}

Time TimerWheel::next_deadline() const {
    if (!is_empty(due_) || !is_empty(overdue_)) return time_of(current_);
    const auto place = first_place();
    return place ? time_of(tick_of(*place)) : never;
}

}  // namespace hubbub
