// How long a client waits before it comes back: exponential with full jitter (AWS Architecture Blog, 2015).
// A pure function; any thread. The draw hangs on (seed, who, attempt) only, so that threads do not matter.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/random.hpp"
#include "base/time.hpp"

namespace hubbub {

/// Uniform in [0, min(longest, first * 2^attempt)], at least 1 ms so that a refused dial cannot spin.
inline Duration backoff_delay(std::uint64_t seed, std::uint64_t who, std::uint32_t attempt, Duration first,
                              Duration longest) {
    const Duration cap = std::min(longest, first * (std::int64_t{1} << std::min(attempt, 20U)));
    Random draw(mix64(seed, 0x6261636b6f6666ULL ^ who, attempt));
    const auto span = static_cast<std::uint64_t>(std::max<Duration::rep>(cap.count(), 1));
    return std::max<Duration>(std::chrono::milliseconds{1},
                              Duration{static_cast<Duration::rep>(draw.below(span))});
}

}  // namespace hubbub
