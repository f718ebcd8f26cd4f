// Scenarios built in code, for tests that need a plan without a file.
// Pure functions; one thread.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "loadgen/plan/plan.hpp"

namespace hubbub::test {

inline Behavior everyone_sends(double direct, double group, double channel) {
    Behavior behavior;
    behavior.name = "everyone";
    behavior.send = SendBehavior{};
    behavior.send->to_direct = direct;
    behavior.send->to_group = group;
    behavior.send->to_channel = channel;
    return behavior;
}

inline Phase connect_phase(double rate) {
    Phase phase;
    phase.name = "connect";
    phase.kind = PhaseKind::connect;
    phase.connect_rate = rate;
    return phase;
}

inline Phase load_phase(Duration length, std::vector<SendStream> streams) {
    Phase phase;
    phase.name = "steady";
    phase.length = length;
    phase.streams = std::move(streams);
    return phase;
}

inline SendStream stream_of_law(ArrivalLaw law, double rate, double rate_to = 0) {
    SendStream stream;
    stream.law = law;
    stream.rate = rate;
    stream.rate_to = rate_to;
    return stream;
}

/// 200 users of which 150 are online, all three classes, 10 s of 100 messages/s.
inline Scenario small_scenario() {
    Scenario scenario;
    scenario.seed = 7;
    scenario.text_hash = "0123456789abcdef";
    scenario.users = 200;
    scenario.online = 150;
    scenario.topology = {{ConversationClass::direct, 300, 2, 2, {}},
                         {ConversationClass::group, 40, 3, 12, {}},
                         {ConversationClass::channel, 2, 100, 100, {}}};
    scenario.behaviors = {everyone_sends(0.6, 0.3, 0.1)};
    scenario.phases = {connect_phase(50),
                       load_phase(std::chrono::seconds{10}, {stream_of_law(ArrivalLaw::poisson, 100)})};
    return scenario;
}

inline std::shared_ptr<const Plan> plan_of(Scenario scenario) {
    auto plan = make_plan(std::make_shared<const Scenario>(std::move(scenario)));
    if (!plan.has_value()) {
        ADD_FAILURE() << plan.error().message;
        return nullptr;
    }
    return plan.value();
}

inline std::string plan_error(Scenario scenario) {
    const auto plan = make_plan(std::make_shared<const Scenario>(std::move(scenario)));
    return plan.has_value() ? std::string() : plan.error().message;
}

}  // namespace hubbub::test
