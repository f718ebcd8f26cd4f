// What changes a document from outside: --set path=value and ${VAR}.
// Pure functions on a tree; one thread.
#pragma once

#include "loadgen/scenario/scenario.hpp"
#include "loadgen/scenario/yaml_tree.hpp"

namespace hubbub {

/// Applies --set in order. A path goes through keys, and through lists by position from 0 or by the entry's
/// name (its `phase`, `class` or `behavior`): load.2.messages, load.steady.messages. `+`, or the
/// position after the last, adds an entry. The value is YAML; it replaces what is there. Maps and lists on
/// the way are made.
void apply_sets(YamlNode& root, const LoadOptions& options, ScenarioErrors& errors);

/// Whether a path, as --set takes it, names a value that is there.
bool names_a_value(const YamlNode& root, std::string_view path);

/// Replaces ${VAR} and ${VAR:-default} in all values (never in keys, and never as YAML).
void expand_environment(YamlNode& root, const std::map<std::string, std::string>& environment,
                        ScenarioErrors& errors);

}  // namespace hubbub
