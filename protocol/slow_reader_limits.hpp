// The bounds of what waits for slow readers, each with its reason. Constants; any thread.
#pragma once

#include <cstddef>

#include "base/time.hpp"

namespace hubbub::limits {

/// How often what is held back in front of full outboxes looks for room: a loopback reader needs longer for a
/// quarter of an outbox.
inline constexpr Duration slow_reader_look = std::chrono::milliseconds{2};
/// For how many of them at a time: thousands that do not read must not fill the turns of those who do.
inline constexpr std::size_t slow_readers_looked_at = 64;

}  // namespace hubbub::limits
