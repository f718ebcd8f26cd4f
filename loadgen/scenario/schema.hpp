// The table of keys as JSON Schema (draft-07), so that editors complete and check a scenario while it is
// written. A pure function; any thread.
#pragma once

#include <string>

namespace hubbub {

/// What is in scenarios/scenario.schema.json; a test holds them equal. It accepts every scenario that the
/// loader accepts; what only the loader sees (how values fit together, YAML's traps) it lets pass.
std::string scenario_schema();

}  // namespace hubbub
