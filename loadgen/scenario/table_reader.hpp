// Walks a document along the table: every key is known, every value has its form, every default is applied.
// Used once a load; one thread.
#pragma once

#include "loadgen/scenario/keys.hpp"
#include "loadgen/scenario/yaml_tree.hpp"

namespace hubbub {

void read_by_table(const YamlNode& root, Draft& draft, ScenarioErrors& errors);

/// What the table cannot say: how values must fit together. Needs a draft without errors so far.
void check_draft(const Draft& draft, ScenarioErrors& errors);

}  // namespace hubbub
