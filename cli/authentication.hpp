// The options of authentication, from words to values. Used by serve and sim; called once, one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/wall_clock.hpp"
#include "refserver/core/authenticator.hpp"

namespace hubbub {
struct Target;
}

namespace hubbub::cli {

/// At commas.
std::vector<std::string> separated(std::string_view list);

std::optional<std::string> environment_variable(const std::string& name);

struct AuthOptions {
    std::string keys;  ///< [ID:]ALG:env=NAME or [ID:]ALG:file=PATH, by commas; empty: an open server
    std::string audience, issuer;
};

/// Null for an open server.
Result<std::shared_ptr<const Authenticator>> make_authenticator(const AuthOptions& options,
                                                                std::shared_ptr<const WallClock> clock);

/// One that takes what the scenario's generator signs, for a server in the same process.
Result<std::shared_ptr<const Authenticator>> make_authenticator(const Target& target,
                                                                std::shared_ptr<const WallClock> clock);

/// For the embedded server: its options, and the environment that holds the secret.
struct EmbeddedAuth {
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;
};
EmbeddedAuth embedded_auth(const Target& target);

}  // namespace hubbub::cli
