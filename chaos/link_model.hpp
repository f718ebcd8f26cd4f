// What one direction of a link does to the bytes that pass.
// A value; owned by whoever configures links, read by pipes.
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace hubbub {

struct LinkModel {
    Duration latency{};                  ///< every byte takes at least so long
    Duration jitter{};                   ///< and up to so much more, uniformly; order is kept all the same
    double slice_probability = 0;        ///< of each further cut through a write, at a random byte
    std::uint32_t bytes_per_second = 0;  ///< 0: unlimited
};

}  // namespace hubbub
