// What a send is about, where it is more than a message of its own. Kept beside the ledger: few sends are.
// A value; any thread.
#pragma once

#include <cstdint>

#include "base/ids.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

struct SendAbout {
    SendOp op = SendOp::text;
    Sequence target = 0;  ///< on the wire, of every op but text
    // In the stamp: the message that this one answers, or changes.
    DeviceIndex parent_device{UINT32_MAX};  ///< UINT32_MAX: none
    std::uint32_t parent_k = 0;

    friend bool operator==(const SendAbout&, const SendAbout&) = default;
};

}  // namespace hubbub
