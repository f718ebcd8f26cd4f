// The shapes of a load that need more than a rate: spikes, waves and traces.
// Values; immutable after load.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace hubbub {

/// One line of a trace file: a message of a user into a conversation, by their indices in the plan.
struct TracedSend {
    Duration at{};                                        ///< from the start of the phase
    std::uint32_t user = 0, conversation = 0, bytes = 0;  ///< bytes 0: as the behavior says
};

struct SpikeShape {
    double rate = 0;  ///< within the spike
    Duration at{}, length{};
};

struct SineShape {
    double low = 0, high = 0;  ///< the rate swings between the two, beginning at the mean, rising
    Duration period{};
};

struct LoadShape {
    SpikeShape spike;
    SineShape sine;
    std::string trace_file;
    std::shared_ptr<const std::vector<TracedSend>> trace;
};

/// `find`: the largest value that still holds.
struct FindCapacity {
    std::string vary;  ///< path of a value, as --set takes it; empty: no search
    double from = 0, to = 1e8;
    bool rate = true;     ///< per second; false: a count, such as population.users
    bool to_rate = true;  ///< the same of `to`, where it is given
    double precision = 0.05;
};

}  // namespace hubbub
