// How a log ends that was being written when the power went. A constant; any thread.
#pragma once

#include <cstdint>

namespace hubbub {

/// What a power loss leaves where the unsynced end of a file was.
enum class Tail : std::uint8_t {
    truncated,  ///< the file ends somewhere in it
    zeroed,     ///< the file has its length, but its end was never written
    garbage,    ///< the file has its length, and its end holds other bytes
};

}  // namespace hubbub
