// How many bytes a plan's messages are on the wire beside their bodies, as the dialect's own codec makes
// them. Pure functions; any thread.
#pragma once

#include <string_view>

namespace hubbub {

/// WebSocket frames included, TCP and TLS not. All 0 for a dialect whose frames a mapping makes.
struct WireSizes {
    // to the target
    double send = 0, receipt = 0, beat = 0;
    // from it
    double ack = 0, delivery = 0, receipt_told = 0;
};

WireSizes wire_sizes(std::string_view adapter);

}  // namespace hubbub
