// The table: how the generator proves to the target who its users are.
#include "loadgen/scenario/keys.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

using enum KeyType;

const Key table[] = {
    {.path = "target.auth", .type = map, .doc = "How users prove to the target who they are."},
    {.path = "target.auth.jwt",
     .type = map,
     .need = Need::required,
     .doc = "By a token that the generator signs for each user with HS256, and renews in time.",
     .set = [](Draft& d, const Value&) { d.scenario.target.jwt.emplace(); }},
    {.path = "target.auth.jwt.secret",
     .type = secret,
     .need = Need::required,
     .doc = "The key, 32 bytes at least, out of the environment: `\"${HUBBUB_JWT_SECRET}\"`. Never shown.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.jwt->secret = v.text; }},
    {.path = "target.auth.jwt.key_id",
     .type = name,
     .doc = "The key's id, as the token's `kid`.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.jwt->key_id = v.text; }},
    {.path = "target.auth.jwt.audience",
     .type = text,
     .doc = "The token's `aud`.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.jwt->audience = v.text; }},
    {.path = "target.auth.jwt.issuer",
     .type = text,
     .doc = "The token's `iss`.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.jwt->issuer = v.text; }},
    {.path = "target.auth.jwt.lifetime",
     .type = duration,
     .need = Need::fallback,
     .fallback = "1h",
     .doc = "How long a token lives; half-way through it the generator sends a new one.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.jwt->lifetime = v.span; },
     .low = 2},
};

}  // namespace

KeyPart auth_keys() {
    return {table};
}

}  // namespace hubbub
