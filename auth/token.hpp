// JSON Web Tokens (RFC 7519) in compact form: made and checked. libjwt does the signatures; what a token says
// is read strictly here, before and apart from it. No clock: seconds since 1970 come as a parameter.
// Values; a Verifier is immutable and may be used by any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/keys.hpp"
#include "base/result.hpp"
#include "protocol/token_fault.hpp"

namespace hubbub::auth {

/// Times in seconds since 1970; 0: not said.
struct Claims {
    std::string subject, issuer, id;
    std::vector<std::string> audience;
    std::int64_t issued = 0, not_before = 0, expires = 0;
};

/// The token; an error when libjwt cannot sign (a public key, text that is not UTF-8).
Result<std::string> sign(const Key& key, const Claims& claims);

/// What a token must say besides being signed. docs/PROTOCOL.md, "Tokens".
struct Demands {
    std::string audience, issuer;  ///< empty: none
};

struct Verdict {
    TokenFault fault = TokenFault::malformed;
    Claims claims;  ///< of an accepted token
};

class Verifier {
  public:
    /// Keys need different ids.
    static Result<Verifier> make(std::vector<Key> keys, Demands demands);
    [[nodiscard]] Verdict check(std::string_view token, std::int64_t unix_now) const;

  private:
    Verifier(std::vector<Key> keys, Demands demands) : keys_(std::move(keys)), demands_(std::move(demands)) {}
    [[nodiscard]] const Key* key_named(std::string_view id) const;
    [[nodiscard]] TokenFault judge(const Claims& claims, std::int64_t unix_now) const;

    std::vector<Key> keys_;
    Demands demands_;
};

}  // namespace hubbub::auth
