// Makes keys, and tokens by hand, right and wrong: with OpenSSL's own functions, apart from what signs and
// checks in the project. Owned by one test; one thread.
#pragma once

#include <string>
#include <string_view>

#include "auth/token.hpp"

namespace hubbub::auth::testing {

inline constexpr std::int64_t now = 1'800'000'000;
inline const std::string secret = "correct horse battery staple, 32+";

struct KeyPair {
    std::string private_pem, public_pem;
};
KeyPair make_rsa(unsigned bits = 2048);
KeyPair make_ec(const char* curve = "P-256");
const KeyPair& rsa();  ///< one for all tests: making them is slow
const KeyPair& ec();

/// base64url(header).base64url(payload), unsigned.
std::string unsigned_part(std::string_view header, std::string_view payload);
std::string hs256(std::string_view part, std::string_view key);
std::string rs256(std::string_view part, const std::string& private_pem);

/// part.signature
inline std::string hs_token(std::string_view header, std::string_view payload,
                            std::string_view key = secret) {
    const std::string part = unsigned_part(header, payload);
    return part + "." + hs256(part, key);
}
inline std::string rs_token(std::string_view header, std::string_view payload, const std::string& key) {
    const std::string part = unsigned_part(header, payload);
    return part + "." + rs256(part, key);
}

inline Key key_of(Algorithm algorithm, std::string material, KeyUse use, std::string id = "") {
    auto key = make_key(std::move(id), algorithm, std::move(material), use);
    return *key;
}

}  // namespace hubbub::auth::testing
