// A timer that knows what it is for: the only kind of node in the client cores' wheels.
// Embedded in what it times; its core's thread only. It must not move while it is armed.
#pragma once

#include <cstdint>

#include "base/timer_wheel.hpp"

namespace hubbub {

struct Alarm : TimerNode {
    std::uint32_t what = 0;   ///< an enumerator of the owning core
    std::uint32_t index = 0;  ///< whose: a local client index, or 0
};

/// The wheel hands back the node that it was given.
inline Alarm& alarm_of(TimerNode& node) {
    return static_cast<Alarm&>(node);
}

}  // namespace hubbub
