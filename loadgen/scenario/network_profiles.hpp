// Networks by name: what `population.cohorts.*.network: 3g` stands for. Constants; any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "loadgen/scenario/faults.hpp"

namespace hubbub {

struct NetworkProfile {
    std::string_view name;
    std::string_view doc;
    std::vector<LinkFault> faults;
};

std::span<const NetworkProfile> network_profiles();
/// Null: no such profile.
const NetworkProfile* find_network_profile(std::string_view name);

}  // namespace hubbub
