// What goes wrong in a run, and on the networks of cohorts, as a scenario says it.
// Values; immutable after load.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "loadgen/scenario/place.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

struct FaultKind;
struct TargetFaultKind;

/// A fault of chaos/faults on connections of the generator.
struct LinkFault {
    const FaultKind* kind = nullptr;
    std::vector<std::int64_t> values;
    bool upstream = false, downstream = true;
};

/// A fault of chaos/targets.
struct TargetFault {
    const TargetFaultKind* kind = nullptr;
    std::vector<std::int64_t> values;
};

/// The value of `do` or of `network`.
struct FaultDeed {
    std::vector<LinkFault> links;
    std::optional<TargetFault> target;
    bool reset = false;
    bool expire_tokens = false;  ///< what the users prove themselves by ends at that moment
    std::string profile;  ///< network: its name, when it is one of the table's
};

/// Whom it happens to: all that is said must hold.
struct FaultSelect {
    std::string cohort;                     ///< empty: any
    std::optional<std::uint32_t> endpoint;  ///< connections that were dialed to it
    double sample = 1;                      ///< share of the devices, drawn by hash
    std::optional<ConversationClass> kind;  ///< members of a conversation of this class
};

/// An entry of `faults:`.
struct TimedFault {
    std::string phase;  ///< of the load, that it is counted from
    Duration offset{};
    Duration length{};  ///< of faults on connections; zero: until the drain
    FaultDeed deed;
    FaultSelect select;
    Duration offline{};  ///< reset: no dial succeeds for so long
    Duration over{};     ///< reset: one after the other, within so long
    Place place{};
};

/// "latency, bandwidth", "reset", "kill".
std::string kind_of(const FaultDeed& deed);
/// How long it changes anything; zero: until the drain.
Duration lasts(const TimedFault& fault);

}  // namespace hubbub
