#include "auth/token.hpp"

#include <jwt.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "auth/token_reader.hpp"
#include "protocol/limits.hpp"
#include "protocol/token_limits.hpp"

namespace hubbub::auth {
namespace {

using Jwt = std::unique_ptr<jwt_t, decltype(&jwt_free)>;

constexpr jwt_alg_t to_libjwt(Algorithm algorithm) {
    return algorithm == Algorithm::hs256   ? JWT_ALG_HS256
           : algorithm == Algorithm::rs256 ? JWT_ALG_RS256
                                           : JWT_ALG_ES256;
}

const unsigned char* bytes_of(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// libjwt goes by the algorithm that the token names: the caller has held that against the key's before, and
/// what libjwt understood is held against it again.
bool signature_valid(const std::string& token, const Key& key) {
    jwt_t* raw = nullptr;
    const int failed =
        jwt_decode(&raw, token.c_str(), bytes_of(key.material), static_cast<int>(key.material.size()));
    const Jwt jwt(raw, jwt_free);
    return failed == 0 && jwt && jwt_get_alg(jwt.get()) == to_libjwt(key.algorithm);
}

std::string json_list(const std::vector<std::string>& words) {
    std::string out = "{\"aud\":[";
    for (const std::string& word : words) {
        if (out.back() != '[') out += ',';
        out += '"';
        for (const char c : word) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        out += '"';
    }
    return out + "]}";
}

bool add_claims(jwt_t* jwt, const Claims& claims) {
    const auto text = [jwt](const char* name, const std::string& value) {
        return value.empty() || jwt_add_grant(jwt, name, value.c_str()) == 0;
    };
    const auto seconds = [jwt](const char* name, std::int64_t value) {
        return value == 0 || jwt_add_grant_int(jwt, name, value) == 0;
    };
    const bool audience =
        claims.audience.size() > 1
            ? jwt_add_grants_json(jwt, json_list(claims.audience).c_str()) == 0
            : text("aud", claims.audience.empty() ? std::string() : claims.audience.front());
    return audience && text("sub", claims.subject) && text("iss", claims.issuer) && text("jti", claims.id) &&
           seconds("iat", claims.issued) && seconds("nbf", claims.not_before) &&
           seconds("exp", claims.expires);
}

}  // namespace

Result<std::string> sign(const Key& key, const Claims& claims) {
    jwt_t* raw = nullptr;
    if (jwt_new(&raw) != 0) return fail("libjwt has no memory for a token");
    const Jwt jwt(raw, jwt_free);
    if (!add_claims(raw, claims) || (!key.id.empty() && jwt_add_header(raw, "kid", key.id.c_str()) != 0))
        return fail("a token's claims must be text in UTF-8");
    if (jwt_set_alg(raw, to_libjwt(key.algorithm), bytes_of(key.material),
                    static_cast<int>(key.material.size())) != 0)
        return fail("libjwt does not take the key for " + std::string(name(key.algorithm)));
    const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(raw), std::free);
    if (!text) return fail("the key cannot sign " + std::string(name(key.algorithm)));
    return std::string(text.get());
}

Result<Verifier> Verifier::make(std::vector<Key> keys, Demands demands) {
    if (keys.empty()) return fail("tokens cannot be checked without a key");
    for (std::size_t i = 0; i < keys.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (keys[i].id == keys[j].id)
                return fail(keys[i].id.empty()
                                ? std::string("two keys have no id: name one, as in ID:ALG:...")
                                : "two keys have the id '" + keys[i].id + "'");
    return Verifier(std::move(keys), std::move(demands));
}

const Key* Verifier::key_named(std::string_view id) const {
    const auto found = std::ranges::find_if(keys_, [id](const Key& key) { return key.id == id; });
    return found == keys_.end() ? nullptr : &*found;
}

Verdict Verifier::check(std::string_view token, std::int64_t unix_now) const {
    auto parts = read_token(token);
    if (!parts) return {TokenFault::malformed, {}};
    const Key* const key = key_named(parts->header.key_id);
    if (!key) return {TokenFault::key, {}};
    if (parts->header.algorithm != name(key->algorithm)) return {TokenFault::algorithm, {}};
    if (!signature_valid(std::string(token), *key)) return {TokenFault::signature, {}};
    const TokenFault fault = judge(parts->claims, unix_now);
    if (fault != TokenFault::none) return {fault, {}};
    return {TokenFault::none, std::move(parts->claims)};
}

TokenFault Verifier::judge(const Claims& claims, std::int64_t unix_now) const {
    using std::chrono::duration_cast;
    using std::chrono::seconds;
    const std::int64_t leeway = duration_cast<seconds>(limits::token_leeway).count();
    // Whose token this is comes first: only the true receiver says that its time is over.
    if (!demands_.issuer.empty() && claims.issuer != demands_.issuer) return TokenFault::issuer;
    // RFC 7519 section 4.1.3: who has no name of his own must refuse a token that is for somebody.
    const bool meant = demands_.audience.empty()
                           ? claims.audience.empty()
                           : std::ranges::find(claims.audience, demands_.audience) != claims.audience.end();
    if (!meant) return TokenFault::audience;
    if (claims.expires <= unix_now) return TokenFault::expired;
    if (claims.not_before > unix_now + leeway || claims.issued > unix_now + leeway)
        return TokenFault::not_yet;
    if (claims.expires - unix_now > duration_cast<seconds>(limits::token_lifetime_max).count())
        return TokenFault::lifetime;
    return TokenFault::none;
}

}  // namespace hubbub::auth
