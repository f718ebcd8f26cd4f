// What a loop counts: the number of system calls is the cost, so they are counted where they are made.
// Written by the loop's thread, read by any (metrics, the run's health): relaxed atomics, no lock, no
// fetch_add.
#pragma once

#include <array>
#include <cstdint>

#include "base/counter.hpp"
#include "base/time.hpp"

namespace hubbub {

struct LoopStats {
    // system calls
    RelaxedCounter waits, receives, sends, accepts, dials;
    // what they carried
    RelaxedCounter bytes_in, bytes_out;
    RelaxedCounter sends_blocked;  ///< the peer's window was full: the rest waits for EPOLLOUT
    // links
    RelaxedCounter links;               ///< slots in use now, handshakes included
    RelaxedCounter opened, ended;       ///< links the owner was told about
    RelaxedCounter upgrades_refused;    ///< accepted, but answered with an HTTP status
    RelaxedCounter handshake_timeouts;  ///< accepted, but silent
    RelaxedCounter dials_failed;
    RelaxedCounter descriptors_exhausted;  ///< accept pauses and dials refused by EMFILE and kin
    // turns
    RelaxedCounter turns;
    RelaxedCounter slow_turns;  ///< longer than LoopOptions::turn_budget: something was not sliced
    RelaxedCounter busy_nanos;  ///< all turns together; the rest of the time the loop slept
    RelaxedCounter longest_nanos;
    /// Turns by length: entry i counts those below 2^i microseconds (and not below 2^(i-1)).
    std::array<RelaxedCounter, 24> lengths;

    void record_turn(Duration length, Duration budget);
    /// The length that a share (0..1) of the turns did not exceed, rounded up to a power of two; 0 without
    /// turns.
    [[nodiscard]] Duration length_quantile(double share) const;
};

}  // namespace hubbub
