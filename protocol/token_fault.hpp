// Why a token was refused: for counters, tests and logs, never for the client, who could learn from it.
// Constants; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace hubbub {

enum class TokenFault : std::uint8_t {
    none,
    malformed,  ///< not a token, or one whose parts say something twice or not at all
    algorithm,  ///< not the one of its key
    key,        ///< names a key that is not known here
    signature,
    expired,
    not_yet,   ///< nbf or iat in the future
    lifetime,  ///< ends later than any token may
    audience,
    issuer,
    subject,  ///< of another user
};

/// For metrics, in the order of TokenFault.
inline constexpr std::array<std::string_view, 11> token_fault_names = {
    "none",    "malformed", "algorithm", "key",    "signature", "expired",
    "not_yet", "lifetime",  "audience",  "issuer", "subject"};
static_assert(token_fault_names.size() == static_cast<std::size_t>(TokenFault::subject) + 1);

constexpr std::string_view name(TokenFault fault) {
    return token_fault_names[static_cast<std::size_t>(fault)];
}

}  // namespace hubbub
