// What stands behind a sequence number, as one hash: equal for two receivers exactly when they saw the same.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/messages.hpp"

namespace hubbub {

/// Hash of a body alone, so that a sender can keep it until the number is known.
std::uint64_t body_hash(std::string_view body, std::uint64_t key);
/// The same with what the message is about; of a message of its own: the body's hash alone.
std::uint64_t body_hash_about(std::uint64_t hash_of_body, SendOp op, Sequence target);
/// Of a message: who, which n, which body.
std::uint64_t message_hash(std::string_view user, std::string_view device, WireNumber number,
                           std::uint64_t hash_of_body, std::uint64_t key);
/// Of any entry as it came over the wire. Never 0, which means "nothing" in the logs.
std::uint64_t content_hash(const Entry& entry, std::uint64_t key);

}  // namespace hubbub
