// What every message carries inside its body so that any backend that returns the body can be judged.
// Pure functions; any thread. 36 bytes as 48 base64url characters, then filler up to the wished length.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hubbub {

inline constexpr std::size_t stamp_bytes = 48;  ///< shortest body

/// run 3 | device 4 | conversation 4 | k 4 | parent device 4, parent k 4 | intended us 5 | lag us 3 |
/// checksum 5  (bytes, big endian).
struct Stamp {
    std::uint32_t run = 0;  ///< 24 bits
    DeviceIndex device;
    ConversationIndex conversation;
    std::uint32_t k = 0;  ///< the device's k-th intended message in this conversation, from 1
    DeviceIndex parent_device{UINT32_MAX};  ///< of the message this one answers; UINT32_MAX: none
    std::uint32_t parent_k = 0;
    std::uint64_t intended_us = 0;  ///< since the run's epoch, 40 bits (12 days)
    std::uint32_t lag_us = 0;       ///< of the first attempt behind the intended time, 24 bits, clamped

    friend bool operator==(const Stamp&, const Stamp&) = default;
};

enum class StampState : std::uint8_t {
    valid,
    foreign,  ///< well formed, of another run
    corrupt,  ///< 48 base64url characters, but the checksum over stamp and body fails
    absent,   ///< too short, or other characters
};

/// Stamp and seeded filler, exactly max(stamp_bytes, body_bytes) characters of [A-Za-z0-9_-]. The checksum
/// (keyed XXH3) covers all of it. `key`: one value for all runs that may meet on a backend, else a foreign
/// stamp reads as a corrupt one.
void append_stamped_body(std::string& out, const Stamp& stamp, std::uint32_t body_bytes, std::uint64_t key);
struct StampReading {
    StampState state = StampState::absent;
    Stamp stamp;
};
StampReading read_stamp(std::string_view body, std::uint32_t run, std::uint64_t key);

}  // namespace hubbub
