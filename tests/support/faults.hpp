// Plans with faults of the scenario, built in code. Pure functions; any thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

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
        cohort.network = {find_network_profile(network)->faults, {}, false, network};
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

}  // namespace hubbub::test
