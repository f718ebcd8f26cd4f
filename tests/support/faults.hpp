// Plans with faults of the scenario, built in code. Pure functions; any thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "chaos/faults/registry.hpp"
#include "chaos/targets/registry.hpp"
#include "loadgen/scenario/network_profiles.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::test {

inline std::shared_ptr<const Plan> with_faults(const SmallScenario& small, std::vector<TimedFault> faults,
                                               const std::string& network = "") {
    Scenario scenario = *make_small_plan(small)->scenario;
    scenario.faults = std::move(faults);
    if (!network.empty()) {
        Cohort cohort;
        cohort.name = "all";
        cohort.share = 1;
        cohort.network.links = find_network_profile(network)->faults;
        cohort.network.profile = network;
        scenario.population.cohorts = {cohort};
    }
    return make_plan(std::make_shared<const Scenario>(std::move(scenario))).value();
}

inline TimedFault at(Duration offset, Duration length = {}) {
    TimedFault fault;
    fault.phase = "steady";
    fault.offset = offset;
    fault.length = length;
    return fault;
}
inline TimedFault on_links(const FaultKind& kind, std::vector<std::int64_t> values, Duration offset,
                           Duration length = {}, bool up = false, bool down = true) {
    TimedFault fault = at(offset, length);
    fault.deed.links = {{&kind, std::move(values), up, down}};
    return fault;
}
inline TimedFault on_target(const TargetFaultKind& kind, std::vector<std::int64_t> values, Duration offset) {
    TimedFault fault = at(offset);
    fault.deed.target = TargetFault{&kind, std::move(values)};
    return fault;
}
inline TimedFault reset(Duration offset, Duration offline = {}, Duration over = {}) {
    TimedFault fault = at(offset);
    fault.deed.reset = true;
    fault.offline = offline;
    fault.over = over;
    return fault;
}

/// Whatever a network or an operator may do to a clean system, with drawn values.
inline TimedFault any_fault(Random& draw) {
    const auto ms = [&](std::uint64_t most) { return static_cast<std::int64_t>(1 + draw.below(most)); };
    const Duration offset = std::chrono::milliseconds(draw.below(800));
    const Duration length = std::chrono::milliseconds(50 + draw.below(900));
    const bool up = draw.chance(0.5);
    TimedFault fault;
    switch (draw.below(16)) {
        case 0:
            return on_links(latency_fault, {ms(100), ms(50), ms(3) - 1}, offset, length, up,
                            !up || draw.chance(0.5));
        case 1:
            return on_links(bandwidth_fault, {5 + ms(50)}, offset, length, up, !up);
        case 2:
            return on_links(slicer_fault, {ms(50), 0, ms(500)}, offset, length, up, !up);
        case 3:
            fault = on_links(reset_peer_fault, {0, ms(3'000), 0}, offset, length, up, !up);
            break;
        case 4:
            fault = on_links(limit_data_fault, {ms(4'000)}, offset, length, up, !up);
            break;
        case 5:
            fault = on_links(half_close_fault, {ms(3'000), 0}, offset, length, up, !up);
            break;
        case 6:
            fault = on_links(stall_fault, {ms(3'000), ms(900)}, offset, length, up, !up);
            break;
        case 7:
            fault = on_links(partition_fault, {0, 0}, offset, length, up, !up);
            break;
        case 8:
            fault = on_links(flapping_fault, {100 + ms(300), ms(200), ms(2) - 1}, offset, length, up, !up);
            break;
        case 9:
            fault = on_links(half_open_fault, {0, ms(200)}, offset, length, up, !up);
            break;
        case 10:
            fault = on_links(timeout_fault, {ms(500)}, offset, length, up, !up);
            break;
        case 11:
            fault = on_links(slow_reader_fault, {200 + ms(500), ms(50)}, offset, length, up, !up);
            break;
        case 12:
            return reset(offset, std::chrono::milliseconds(draw.below(400)));
        case 13:
            return reset(offset, {}, length);
        case 14:
            return on_target(kill_fault, {0, ms(2) - 1, ms(800)}, offset);
        default:
            return on_target(draw.chance(0.5) ? stop_fault : power_loss_fault, {0, ms(800)}, offset);
    }
    fault.select.sample = draw.unit();
    return fault;
}

}  // namespace hubbub::test
