// Small scenarios for tests, built in code.
// Values; any thread.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "loadgen/plan/plan.hpp"

namespace hubbub::test {

using namespace std::chrono_literals;

struct SmallScenario {
    std::uint32_t users = 20;
    std::uint32_t directs = 12, groups = 5, channels = 1;
    double rate = 200;  ///< messages per second
    Duration length = 1s;
    Duration settle = 1s;
    std::uint64_t seed = 1;
    DeliveryMode delivery = DeliveryMode::effectively_once;
    std::string adapter = "hubbub";
    std::vector<DeviceShare> devices{};  ///< empty: one a user
    Habits habits{};                     ///< of everybody
};

inline std::shared_ptr<const Plan> make_small_plan(const SmallScenario& small = {}) {
    auto scenario = std::make_shared<Scenario>();
    scenario->file = "test";
    scenario->name = "small";
    scenario->seed = small.seed;
    scenario->target.adapter = small.adapter;
    scenario->users = scenario->online = small.users;
    scenario->population.devices_per_user = small.devices;
    if (small.directs) scenario->topology.push_back({ConversationClass::direct, small.directs, 2, 2});
    if (small.groups)
        scenario->topology.push_back({ConversationClass::group, small.groups, 3, std::min(7U, small.users)});
    if (small.channels)
        scenario->topology.push_back({ConversationClass::channel, small.channels, small.users, small.users});
    SendBehavior send;
    const double rows = (small.directs ? 1 : 0) + (small.groups ? 1 : 0) + (small.channels ? 1 : 0);
    send.to_direct = small.directs ? 1 / rows : 0;
    send.to_group = small.groups ? 1 / rows : 0;
    send.to_channel = small.channels ? 1 / rows : 0;
    send.bytes = {80, 80};
    scenario->behaviors.push_back({"chatter", 1, send});
    scenario->behaviors.back().habits = small.habits;
    Phase connect;
    connect.name = "connect";
    connect.kind = PhaseKind::connect;
    connect.connect_rate = 1000;
    connect.max_duration = 30s;
    connect.measure = false;
    Phase load;
    load.name = "steady";
    load.length = small.length;
    SendStream stream;
    stream.rate = small.rate;
    load.streams.push_back(stream);
    Phase drain;
    drain.name = "drain";
    drain.kind = PhaseKind::drain;
    drain.length = small.settle;
    drain.max_duration = 30s;
    scenario->phases = {connect, load, drain};
    scenario->expect.delivery = small.delivery;
    auto plan = make_plan(scenario);
    HUBBUB_ASSERT(plan.has_value(), "the test's scenario must be possible");
    return *plan;
}

}  // namespace hubbub::test
