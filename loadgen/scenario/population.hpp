// Who the users are, beyond their number: devices, cohorts, how they come back, who knows many.
// Values; immutable after load.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "loadgen/scenario/faults.hpp"
#include "loadgen/scenario/place.hpp"

namespace hubbub {

/// How long a device waits before it dials again after a loss.
struct ReconnectPolicy {
    enum class Kind : std::uint8_t { immediate, fixed, exponential };
    /// Of the exponential delay d: none d; full [0, d]; equal [d/2, d]; decorrelated [base, 3 x the last one]
    /// (AWS Architecture Blog, 2015).
    enum class Jitter : std::uint8_t { none, full, equal, decorrelated };
    Kind kind = Kind::exponential;
    Jitter jitter = Jitter::full;
    Duration base = std::chrono::milliseconds{200};
    Duration max = std::chrono::seconds{10};
};

/// A part of the users that behaves alike on the network.
struct Cohort {
    std::string name;
    double share = 0;  ///< of all users; the cohorts' shares add up to 1
    ReconnectPolicy reconnect{};
    Place place{};
    FaultDeed network{};  ///< of all its connections
};

/// Telephone, tablet, computers and browsers; more devices belong to nobody.
inline constexpr std::uint32_t devices_per_user_max = 16;

/// This share of the users has that many devices.
struct DeviceShare {
    std::uint32_t devices = 1;
    double share = 1;
    Place place{};
};

struct Population {
    std::vector<DeviceShare> devices_per_user;  ///< by rising count; empty: one each
    std::vector<Cohort> cohorts;                ///< empty: all alike
    /// Zipf exponent of who is in groups: user rank r is drawn with weight 1 / r^s; 0: all alike.
    double social_zipf = 0;
};

}  // namespace hubbub
