// Fills users and topology of a draft from the files that `target.setup.conversations: reuse` names.
// Used once in a load; one thread.
#pragma once

#include <string>
#include <vector>

#include "loadgen/scenario/errors.hpp"
#include "loadgen/scenario/keys.hpp"

namespace hubbub {

/// Through options.read_file. What the scenario says of users and topology itself must agree with the files.
/// `texts` gets their bytes.
void read_reused(Draft& draft, const LoadOptions& options, ScenarioErrors& errors,
                 std::vector<std::string>& texts);

}  // namespace hubbub
