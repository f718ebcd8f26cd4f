// What is known of a run while it goes on, and so may end it: the metrics of expect.abort_on.
// Constants; any thread.
#pragma once

#include <span>
#include <string_view>

namespace hubbub {

std::span<const std::string_view> abort_counters();
std::span<const std::string_view> abort_latencies();

}  // namespace hubbub
