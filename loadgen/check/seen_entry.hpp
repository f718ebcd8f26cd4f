// One entry as decoded once per distinct frame in a worker; equal frames to other receivers reuse it.
// A value; any thread.
#pragma once

#include <cstdint>

#include "base/ids.hpp"
#include "loadgen/check/stamp.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

struct SeenEntry {
    EntryKind kind = EntryKind::message;
    ConversationIndex conversation;
    Sequence sequence = 0;
    bool sender_known = false;  ///< the wire's user and device are in the plan
    DeviceIndex sender;         ///< from the wire, when known
    WireNumber number = 0;      ///< from the wire
    SendOp op = SendOp::text;   ///< messages only; with `target`: what it is about
    Sequence target = 0;
    /// Keyed XXH3 over kind, sender name, device name, n, op, target and body or members.
    std::uint64_t content_hash = 0;
    StampReading stamp;        ///< messages only
    UserIndex by{UINT32_MAX};  ///< joined, left, role: who did it, when he is of the plan
};

}  // namespace hubbub
