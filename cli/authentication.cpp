#include "cli/authentication.hpp"

#include <cstdlib>

#include "loadgen/scenario/scenario.hpp"
#include "refserver/server/jwt_authenticator.hpp"

namespace hubbub::cli {
namespace {

/// How the embedded server is handed its secret: other processes of the user may see its command line.
constexpr const char* embedded_variable = "HUBBUB_EMBEDDED_JWT_SECRET";

Result<std::shared_ptr<const Authenticator>> authenticator_of(std::vector<auth::Key> keys,
                                                              auth::Demands demands,
                                                              std::shared_ptr<const WallClock> clock) {
    auto verifier = auth::Verifier::make(std::move(keys), std::move(demands));
    if (!verifier) return fail("--auth: " + verifier.error().message);
    return std::shared_ptr<const Authenticator>(
        std::make_shared<JwtAuthenticator>(std::move(*verifier), std::move(clock)));
}

}  // namespace

std::vector<std::string> separated(std::string_view list) {
    std::vector<std::string> parts;
    while (true) {
        const auto comma = std::min(list.find(','), list.size());
        parts.emplace_back(list.substr(0, comma));
        if (comma == list.size()) return parts;
        list.remove_prefix(comma + 1);
    }
}

std::optional<std::string> environment_variable(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    if (!value) return std::nullopt;
    return std::string(value);
}

Result<std::shared_ptr<const Authenticator>> make_authenticator(const AuthOptions& options,
                                                                std::shared_ptr<const WallClock> clock) {
    if (options.keys.empty()) {
        if (!options.audience.empty() || !options.issuer.empty())
            return fail("--auth-audience and --auth-issuer need --auth: without a key no token is looked at");
        return std::shared_ptr<const Authenticator>();
    }
    std::vector<auth::Key> keys;
    for (const std::string& spec : separated(options.keys)) {
        auto key = auth::read_key(spec, auth::KeyUse::check, environment_variable);
        if (!key) return fail("--auth: " + key.error().message);
        keys.push_back(std::move(*key));
    }
    return authenticator_of(std::move(keys), {options.audience, options.issuer}, std::move(clock));
}

Result<std::shared_ptr<const Authenticator>> make_authenticator(const Target& target,
                                                                std::shared_ptr<const WallClock> clock) {
    if (!target.jwt) return std::shared_ptr<const Authenticator>();
    auto key =
        auth::make_key(target.jwt->key_id, auth::Algorithm::hs256, target.jwt->secret, auth::KeyUse::check);
    if (!key) return fail("target.auth.jwt: " + key.error().message);
    return authenticator_of({std::move(*key)}, {target.jwt->audience, target.jwt->issuer}, std::move(clock));
}

EmbeddedAuth embedded_auth(const Target& target) {
    if (!target.jwt) return {};
    const std::string id = target.jwt->key_id.empty() ? "" : target.jwt->key_id + ":";
    EmbeddedAuth out{{"--auth", id + "HS256:env=" + embedded_variable},
                     {{embedded_variable, target.jwt->secret}}};
    if (!target.jwt->audience.empty())
        out.arguments.insert(out.arguments.end(), {"--auth-audience", target.jwt->audience});
    if (!target.jwt->issuer.empty())
        out.arguments.insert(out.arguments.end(), {"--auth-issuer", target.jwt->issuer});
    return out;
}

}  // namespace hubbub::cli
