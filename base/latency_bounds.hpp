// The bounds between which latencies are told to Prometheus, and a count of lengths between them.
// Constants, and a value that one thread counts and any reads.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/counter.hpp"
#include "base/time.hpp"

namespace hubbub {

/// Upper bounds in us, 100 us to 60 s, ten a decade. Decimal, so that a service level has a bound of its own;
/// two neighbours are at most a third apart, which is what a percentile read from them can be off.
inline constexpr std::array latency_bounds_us = [] {
    constexpr std::array<std::int64_t, 10> steps = {100, 125, 150, 200, 250, 300, 400, 500, 600, 800};
    std::array<std::int64_t, 59> out{};
    std::int64_t decade = 1;
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = steps[i % steps.size()] * decade;
        if (i % steps.size() == steps.size() - 1) decade *= 10;
    }
    return out;
}();
static_assert(latency_bounds_us.back() == 60'000'000);

/// Written by one thread, read by any; a record is a binary search and three plain adds.
struct LengthCounters {
    std::array<RelaxedCounter, latency_bounds_us.size() + 1> between;  ///< the last: above every bound
    RelaxedCounter nanos;                                              ///< all lengths together

    void record(Duration length, std::uint64_t count = 1) {
        const Duration span = std::max(length, Duration::zero());
        // Rounded up: whoever is at or below a bound is certainly not above it.
        const std::int64_t micros = (span.count() + 999) / 1000;
        const auto bound = std::lower_bound(latency_bounds_us.begin(), latency_bounds_us.end(), micros);
        between[static_cast<std::size_t>(bound - latency_bounds_us.begin())].add(count);
        nanos.add(static_cast<std::uint64_t>(span.count()) * count);
    }
};

}  // namespace hubbub
