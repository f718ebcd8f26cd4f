// Writes down whom and what a run set up, so that another one can reuse it (docs/SCENARIOS.md).
// Called once by the runner; its thread.
#pragma once

#include <span>
#include <string>

#include "base/result.hpp"
#include "loadgen/adapters/adapter.hpp"

namespace hubbub {

/// `users.csv` and `conversations.csv` in `folder`, which must be there. Tokens are not written.
Status write_setup(const Plan& plan, std::span<const ReadyConversation> ready, const std::string& folder);

}  // namespace hubbub
