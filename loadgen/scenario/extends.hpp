// `extends:`: a scenario on top of another file. Reads the chain of files and merges their trees.
// Used once a load; one thread.
#pragma once

#include <string>
#include <vector>

#include "loadgen/scenario/scenario.hpp"
#include "loadgen/scenario/yaml_tree.hpp"

namespace hubbub {

/// Merges `root` over the file that its `extends` names, and that over the next. Maps merge, everything else
/// replaces; a key without a value takes the base's away. Paths are relative to the file they stand in and
/// stay inside the folder of `file_name`. `texts` gets the bytes of every file read, in order. False: the
/// tree is not to be used (there are errors then).
bool extend(YamlNode& root, const std::string& file_name, const LoadOptions& options, ScenarioErrors& errors,
            std::vector<std::string>& texts);

}  // namespace hubbub
