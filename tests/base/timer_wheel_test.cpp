#include "base/timer_wheel.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

namespace hubbub {
namespace {

constexpr std::int64_t tick_ns = std::int64_t{1} << TimerWheel::tick_shift;

Time at(std::int64_t ns) {
    return Time(Duration(ns));
}

std::int64_t ns_of(Time time) {
    return time.time_since_epoch().count();
}

int fired(TimerWheel& wheel, Time now) {
    int count = 0;
    wheel.advance(now, [&](TimerNode&) { ++count; });
    return count;
}

TEST(TimerWheel, SaysNeverWhenNothingIsArmed) {
    TimerWheel wheel(at(0));
    EXPECT_EQ(wheel.next_deadline(), never);
    EXPECT_EQ(wheel.size(), 0u);
    EXPECT_EQ(fired(wheel, at(1'000'000'000)), 0);
}

TEST(TimerWheel, NeverFiresEarlyAndAtMostOneTickLate) {
    TimerWheel wheel(at(0));
    TimerNode node;
    wheel.arm(node, at(5 * tick_ns + 1));
    EXPECT_EQ(fired(wheel, at(5 * tick_ns + 1)), 0);
    EXPECT_EQ(fired(wheel, at(6 * tick_ns - 1)), 0);
    EXPECT_EQ(fired(wheel, at(6 * tick_ns)), 1);
    EXPECT_FALSE(node.armed());
}

TEST(TimerWheel, FiresAnExactTickAtThatTime) {
    TimerWheel wheel(at(0));
    TimerNode node;
    wheel.arm(node, at(5 * tick_ns));
    EXPECT_EQ(wheel.next_deadline(), at(5 * tick_ns));
    EXPECT_EQ(fired(wheel, at(5 * tick_ns)), 1);
}

TEST(TimerWheel, FiresAPastDeadlineAtTheNextAdvanceEvenIfTimeStandsStill) {
    TimerWheel wheel(at(1000 * tick_ns));
    TimerNode node;
    wheel.arm(node, at(3));
    EXPECT_LE(wheel.next_deadline(), at(1000 * tick_ns));
    EXPECT_EQ(fired(wheel, at(1000 * tick_ns)), 1);
    EXPECT_EQ(wheel.next_deadline(), never);
}

TEST(TimerWheel, EndsAdvanceWhenANodeArmsItselfForThePast) {
    TimerWheel wheel(at(0));
    TimerNode node;
    wheel.arm(node, at(tick_ns));
    int count = 0;
    const auto again = [&](TimerNode& due) {
        ++count;
        wheel.arm(due, at(0));
    };
    wheel.advance(at(tick_ns), again);
    EXPECT_EQ(count, 1);
    EXPECT_TRUE(node.armed());
    wheel.advance(at(tick_ns), again);
    EXPECT_EQ(count, 2);
}

TEST(TimerWheel, LetsAFiringNodeCancelAndRearmOthersThatAreDueInTheSameAdvance) {
    TimerWheel wheel(at(0));
    std::array<TimerNode, 4> nodes;
    for (auto& node : nodes) wheel.arm(node, at(tick_ns));
    std::vector<TimerNode*> order;
    wheel.advance(at(tick_ns), [&](TimerNode& node) {
        order.push_back(&node);
        if (&node != &nodes[0]) return;
        wheel.cancel(nodes[1]);
        wheel.arm(nodes[2], at(9 * tick_ns));
    });
    EXPECT_EQ(order, (std::vector<TimerNode*>{&nodes[0], &nodes[3]}));
    EXPECT_FALSE(nodes[1].armed());
    EXPECT_EQ(wheel.size(), 1u);
    EXPECT_EQ(fired(wheel, at(9 * tick_ns)), 1);
}

TEST(TimerWheel, HoldsADeadlineOfNeverWithoutFiringIt) {
    TimerWheel wheel(at(0));
    TimerNode node;
    wheel.arm(node, never);
    EXPECT_EQ(fired(wheel, at(ns_of(never) - tick_ns)), 0);
    EXPECT_EQ(fired(wheel, never), 0);
    EXPECT_TRUE(node.armed());
    wheel.cancel(node);
    EXPECT_EQ(wheel.size(), 0u);
}

TEST(TimerWheel, IgnoresATimeThatGoesBack) {
    TimerWheel wheel(at(0));
    TimerNode node;
    EXPECT_EQ(fired(wheel, at(100 * tick_ns)), 0);
    wheel.arm(node, at(120 * tick_ns));
    EXPECT_EQ(fired(wheel, at(50 * tick_ns)), 0);
    EXPECT_EQ(fired(wheel, at(120 * tick_ns)), 1);
}

TEST(TimerWheel, ReachesAFarDeadlineInFewSteps) {
    TimerWheel wheel(at(12'345));
    TimerNode node;
    const Time deadline = at(ns_of(never) / 3);
    wheel.arm(node, deadline);
    int steps = 0;
    while (node.armed() && ++steps < 100) EXPECT_LE(fired(wheel, wheel.next_deadline()), 1);
    EXPECT_FALSE(node.armed());
    EXPECT_LE(steps, 8);  // one a level
}

// What the contract says, in the dullest way: (tick, arming number) -> node.
class Model {
  public:
    explicit Model(std::int64_t start) : current_(start / tick_ns) {}

    void arm(int node, std::int64_t deadline) {
        cancel(node);
        const std::int64_t tick = (deadline + tick_ns - 1) / tick_ns;
        armed_.emplace(std::pair(std::max(tick, current_), ++armings_), node);
    }
    void cancel(int node) {
        for (auto it = armed_.begin(); it != armed_.end(); ++it) {
            if (it->second != node) continue;
            armed_.erase(it);
            return;
        }
    }
    void advance(std::int64_t now) { current_ = std::max(current_, now / tick_ns); }
    /// The next node to fire among those armed before `last_arming`, or for the future of that moment.
    int pop(std::uint64_t last_arming) {
        for (auto it = armed_.begin(); it != armed_.end() && it->first.first <= current_; ++it) {
            if (it->first.second > last_arming) continue;
            const int node = it->second;
            armed_.erase(it);
            return node;
        }
        return -1;
    }
    [[nodiscard]] std::uint64_t armings() const { return armings_; }
    [[nodiscard]] std::size_t size() const { return armed_.size(); }
    [[nodiscard]] std::int64_t first_tick() const { return armed_.begin()->first.first; }

  private:
    std::map<std::pair<std::int64_t, std::uint64_t>, int> armed_;
    std::int64_t current_;
    std::uint64_t armings_ = 0;
};

// A span of any magnitude: every level of the wheel is equally likely, and so are ties within a tick.
std::int64_t any_span() {
    const int magnitude = *rc::gen::inRange(0, 61);
    return *rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << magnitude);
}

class Race {
  public:
    explicit Race(std::int64_t start) : now_(start), wheel_(at(start)), model_(start) {}

    void arm(int node, std::int64_t deadline) {
        wheel_.arm(nodes_[static_cast<std::size_t>(node)], at(deadline));
        model_.arm(node, deadline);
    }
    void cancel(int node) {
        wheel_.cancel(nodes_[static_cast<std::size_t>(node)]);
        model_.cancel(node);
    }
    void advance(std::int64_t to) {
        now_ = to;
        model_.advance(to);
        const std::uint64_t last_arming = model_.armings();
        wheel_.advance(at(to), [&](TimerNode& node) {
            const int index = static_cast<int>(&node - nodes_.data());
            RC_ASSERT(index == model_.pop(last_arming));
            RC_ASSERT(!node.armed());
            act_while_firing();
        });
        RC_ASSERT(model_.pop(last_arming) == -1);
    }
    void check() {
        RC_ASSERT(wheel_.size() == model_.size());
        if (model_.size() == 0)
            RC_ASSERT(wheel_.next_deadline() == never);
        else
            RC_ASSERT(ns_of(wheel_.next_deadline()) / tick_ns <= model_.first_tick());
    }
    int any_node() { return *rc::gen::inRange(0, static_cast<int>(nodes_.size())); }
    std::int64_t any_deadline() {
        const std::int64_t span = any_span();
        return *rc::gen::weightedElement<bool>({{4, true}, {1, false}})
                   ? now_ + span
                   : std::max<std::int64_t>(now_ - span, 0);
    }
    [[nodiscard]] std::int64_t now() const { return now_; }
    [[nodiscard]] Time next_deadline() const { return wheel_.next_deadline(); }

  private:
    void act_while_firing() {
        switch (*rc::gen::inRange(0, 6)) {
            case 0:
                return arm(any_node(), any_deadline());
            case 1:
                return cancel(any_node());
            default:
                return;
        }
    }
    std::int64_t now_;
    std::array<TimerNode, 24> nodes_;
    TimerWheel wheel_;
    Model model_;
};

RC_GTEST_PROP(TimerWheel, BehavesAsASortedMapOfTickAndArmingOrder, ()) {
    Race race(any_span() / 4);
    const int steps = *rc::gen::inRange(1, 200);
    for (int step = 0; step < steps; ++step) {
        switch (*rc::gen::inRange(0, 8)) {
            case 0:
                race.cancel(race.any_node());
                break;
            case 1:
                race.advance(race.now() + std::min(any_span(), INT64_MAX / 4 - race.now() / 2));
                break;
            case 2:
                race.advance(race.now());
                break;
            case 3:
                if (race.next_deadline() != never)
                    race.advance(std::max(race.now(), ns_of(race.next_deadline())));
                break;
            default:
                race.arm(race.any_node(), race.any_deadline());
                break;
        }
        race.check();
    }
}

}  // namespace
}  // namespace hubbub
