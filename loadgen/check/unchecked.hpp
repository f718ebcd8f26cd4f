// Which counters a backend cannot be judged on, from what its adapter says it shows; and which expectations
// of a scenario that forbids. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "loadgen/plan/abilities.hpp"
#include "loadgen/scenario/scenario.hpp"

namespace hubbub {

struct Unchecked {
    std::string_view counter;
    std::string_view because;  ///< "the backend ..."
};
[[nodiscard]] std::vector<Unchecked> unchecked(const BackendAbilities& abilities);

/// What the scenario expects and this backend cannot show, one sentence each with its place and what to write
/// instead; empty: everything can be judged.
[[nodiscard]] std::vector<std::string> cannot_expect(const Scenario& scenario,
                                                     const BackendAbilities& abilities);

}  // namespace hubbub
