// Result files read back: for the report and for comparisons.
// Pure functions; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hubbub {

/// The result file with everything that readers of this program rely on: its version and the kinds of its
/// main keys. The error names `name` and what is wrong.
Result<boost::json::object> parse_result(std::string_view text, const std::string& name);

}  // namespace hubbub
