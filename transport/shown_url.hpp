// URLs as errors, reports and replay commands may show them. A pure function; any thread.
#pragma once

#include <string>

namespace hubbub {

/// Without what may be secret in it: its user and its query.
std::string without_secrets(std::string url);

}  // namespace hubbub
