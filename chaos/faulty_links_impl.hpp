// What faulty_links.cpp and faulty_links_pump.cpp share; nobody else includes it. Owned by FaultyLinks; its
// thread only.
#pragma once

#include "base/timer_wheel.hpp"
#include "chaos/faulty_links.hpp"
#include "chaos/frame_boundary.hpp"

namespace hubbub {

/// What only a link with faults has. It must not move: its timer is armed.
struct FaultyLinks::Held : TimerNode {
    Held(std::uint32_t the_slot, std::uint64_t number, std::uint32_t endpoint, Time now)
        : slot(the_slot), faults(number, endpoint, now) {}
    std::uint32_t slot;
    ConnectionFaults faults;
    std::vector<const PlacedFault*> owed;  ///< join at the next boundary of frames
    Time closes_by = never;                ///< the core's end is on its way; nobody waits for it for ever
    bool read_held = false;
};

struct FaultyLinks::Link {
    enum class State : std::uint8_t {
        free,
        open,
        ended,  ///< the core will be told
        ghost,  ///< the core was told; its silent peer was not
    };
    LinkId real{};
    std::uint64_t number = 0;
    std::uint32_t generation = 1;
    std::uint32_t endpoint = 0;
    std::unique_ptr<Held> held;
    FrameBoundary down;
    State state = State::free;
    bool carried = false;  ///< the carrier still has its end
    bool closing = false;  ///< the core wants its end
};

struct FaultyLinks::Timers {
    explicit Timers(Time start) : wheel(start) {}
    TimerWheel wheel;
};

/// What one direction of a link with faults may hold before its source feels it.
inline constexpr std::size_t faulty_link_window_bytes = 64 * 1024;
inline constexpr std::uint32_t no_faulty_link = UINT32_MAX;

/// Where a link of the carrier stands.
inline std::uint32_t slot_of(LinkId link) {
    return static_cast<std::uint32_t>(link.value);
}

}  // namespace hubbub
