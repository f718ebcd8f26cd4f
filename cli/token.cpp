// hubbub token: signs a token for trying out. The token is all that stands on stdout.
#include "auth/token.hpp"

#include <cstdio>
#include <random>

#include "base/base64url.hpp"
#include "cli/authentication.hpp"
#include "cli/load.hpp"
#include "protocol/limits.hpp"
#include "protocol/token_limits.hpp"
#include "transport/system_wall_clock.hpp"

namespace hubbub::cli {
namespace {

/// 128 random bits: what a revocation can name.
std::string random_id() {
    std::random_device random;
    std::string bytes;
    for (int i = 0; i < 4; ++i) {
        const std::uint32_t word = random();
        for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(word >> shift & 0xff));
    }
    return base64url_encode(bytes);
}

}  // namespace

int token(const TokenOptions& options) {
    const auto key = auth::read_key(options.key, auth::KeyUse::sign, environment_variable);
    if (!key) return usage_error("--key: " + key.error().message);
    const auto lifetime = static_cast<std::int64_t>(options.ttl_seconds);
    const auto longest = std::chrono::duration_cast<std::chrono::seconds>(limits::token_lifetime_max).count();
    if (lifetime < 1 || lifetime > longest)
        return usage_error("--ttl: from 1 to " + std::to_string(longest) + " seconds (30 days)");
    if (options.user.empty() || options.user.size() > limits::name_bytes_max)
        return usage_error("--user: a name of 1 to 64 bytes");
    auth::Claims claims;
    claims.subject = options.user;
    claims.issuer = options.issuer;
    claims.audience = options.audience;
    claims.id = options.id.empty() ? random_id() : options.id;
    claims.issued = SystemWallClock().unix_seconds({});
    claims.expires = claims.issued + lifetime;
    const auto text = auth::sign(*key, claims);
    if (!text) return usage_error(text.error().message);
    std::printf("%s\n", text->c_str());
    return 0;
}

}  // namespace hubbub::cli
