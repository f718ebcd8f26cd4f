// What the store keeps of a user's presence: how it wants to be seen, and when it last was.
// Values and pure functions; any thread. docs/STORAGE.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "protocol/messages.hpp"

namespace hubbub {

struct PresenceRecord {
    PresenceState wanted = PresenceState::online;
    std::uint64_t seen_us = 0;  ///< microseconds since 1970; 0: never
    friend bool operator==(const PresenceRecord&, const PresenceRecord&) = default;
};

std::string encode(const PresenceRecord& record);
Result<PresenceRecord> decode_presence_record(std::string_view bytes);

}  // namespace hubbub
