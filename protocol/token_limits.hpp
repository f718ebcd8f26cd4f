// The bounds of tokens, apart from the others since few need them; each with its reason.
// Constants; any thread.
#pragma once

#include <cstddef>

#include "base/time.hpp"

namespace hubbub::limits {

/// A token: three signatures' worth of claims; what common HTTP servers allow in one header line.
inline constexpr std::size_t token_bytes_max = 8 * 1024;
/// The id of a token, which a revocation names.
inline constexpr std::size_t token_id_bytes_max = 128;
/// How far away the end of a token may lie: a revocation need not be remembered longer.
inline constexpr Duration token_lifetime_max = std::chrono::hours{24 * 30};
/// How far the clock of whoever made a token may be ahead of ours.
inline constexpr Duration token_leeway = std::chrono::seconds{5};
/// Revocations that a shard remembers: 100 bytes each.
inline constexpr std::size_t revocations_max = 100'000;
/// From the first byte of a message to its last: 2 KB/s for the longest one. Who drips bytes holds buffers.
inline constexpr Duration message_time_max = std::chrono::seconds{30};

}  // namespace hubbub::limits
