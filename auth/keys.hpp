// Keys that sign or check tokens: each with one algorithm, read from a file or the environment.
// Values, immutable once made; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hubbub::auth {

/// RFC 7518 section 3.1.
enum class Algorithm : std::uint8_t { hs256, rs256, es256 };
std::string_view name(Algorithm algorithm);  ///< "HS256"
std::optional<Algorithm> algorithm_from(std::string_view name);

struct Key {
    std::string id;  ///< the `kid` of the tokens that it serves; empty: of those that name none
    Algorithm algorithm = Algorithm::hs256;
    std::string material;  ///< HS256: the secret; otherwise one key in PEM
};

enum class KeyUse : std::uint8_t { check, sign };

/// Refuses what RFC 7518 calls too weak: secrets below 32 bytes, RSA below 2048 bits, curves other than
/// P-256; and a key of another kind than the algorithm's. Errors never hold the material.
Result<Key> make_key(std::string id, Algorithm algorithm, std::string material, KeyUse use);

/// A variable of the environment; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// `[ID:]ALG:env=NAME` or `[ID:]ALG:file=PATH`: where the key is, never the key itself, since every process
/// of the machine may read a command line.
Result<Key> read_key(std::string_view spec, KeyUse use, const Environment& environment);

}  // namespace hubbub::auth
