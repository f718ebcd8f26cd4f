// How long a client waits before it comes back: exponential with full jitter (AWS Architecture Blog, 2015).
// A pure function; any thread. The draw hangs on (seed, who, attempt) only, so that threads do not matter.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/random.hpp"
#include "base/time.hpp"
#include "loadgen/scenario/population.hpp"

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

/// The delay of a cohort's policy, at least 1 ms. `who` is the same for all attempts of one way back.
/// Decorrelated jitter draws the last delay again from the same numbers, so that nothing is kept: uniform in
/// [base, 3 x the last], cut at max.
inline Duration reconnect_delay(const ReconnectPolicy& policy, std::uint64_t seed, std::uint64_t who,
                                std::uint32_t attempt) {
    constexpr Duration least = std::chrono::milliseconds{1};
    using Kind = ReconnectPolicy::Kind;
    using Jitter = ReconnectPolicy::Jitter;
    if (policy.kind == Kind::immediate) return least;
    const auto base = std::max(policy.base, least);
    const auto longest = std::max(policy.max, base);
    if (policy.kind == Kind::fixed) return base;
    const auto between = [&](Duration from, Duration to, std::uint32_t nth) {
        Random draw(mix64(seed, 0x7265636f6e6eULL ^ who, nth));
        return from + Duration{static_cast<Duration::rep>(draw.below(
                          static_cast<std::uint64_t>(std::max<Duration::rep>((to - from).count(), 1))))};
    };
    if (policy.jitter == Jitter::decorrelated) {
        Duration last = base;
        for (std::uint32_t nth = 0; nth <= std::min(attempt, 64U); ++nth)
            last = std::min(longest, between(base, 3 * last, nth));
        return last;
    }
    Duration whole = base;
    for (std::uint32_t nth = 0; nth < attempt && whole < longest; ++nth) whole = std::min(longest, 2 * whole);
    if (policy.jitter == Jitter::none) return whole;
    return std::max(least, between(policy.jitter == Jitter::equal ? whole / 2 : Duration{}, whole, attempt));
}

}  // namespace hubbub
