// Reads the value of `do` and of `network`: keys and forms come from the registries of chaos, so that a new
// fault brings its own. Pure functions; any thread.
#pragma once

#include <string>

#include "loadgen/scenario/errors.hpp"
#include "loadgen/scenario/faults.hpp"
#include "loadgen/scenario/keys.hpp"
#include "loadgen/scenario/yaml_tree.hpp"

namespace hubbub {

enum class FaultPlace : std::uint8_t {
    timeline,  ///< `faults[].do`: anything
    network,   ///< of a cohort: what a network does, by itself and all the time; or a profile's name
};

/// A word (`reset`, `half_open`, `3g`), or a map: each fault by name with its first attribute, or with a map
/// of all; the other attributes of a fault may stand beside it. Errors name the place.
FaultDeed read_fault(const YamlNode& node, const std::string& path, FaultPlace where, ScenarioErrors& errors);

inline bool is_fault(const Key& key) {
    return key.type == KeyType::network || key.type == KeyType::deed;
}
/// Where a key that is_fault() stands.
inline FaultPlace fault_place(const Key& key) {
    return key.type == KeyType::network ? FaultPlace::network : FaultPlace::timeline;
}
/// What is expected, in words.
std::string_view fault_form(FaultPlace where);
/// The forms as JSON Schemas.
std::vector<std::string> fault_schemas(FaultPlace where);

}  // namespace hubbub
