// What a token's parts say, read strictly: canonical base64url, JSON objects in which nothing stands twice,
// every known field of its type. Says nothing about the signature.
// Pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "auth/token.hpp"

namespace hubbub::auth {

struct Header {
    std::string algorithm, key_id;
};

struct Parts {
    Header header;
    Claims claims;
};

/// Nothing: malformed.
std::optional<Parts> read_token(std::string_view token);

}  // namespace hubbub::auth
