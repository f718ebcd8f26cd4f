#include "loadgen/check/keyed_hash.hpp"

#define XXH_INLINE_ALL
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#include <xxhash.h>

namespace hubbub {

std::uint64_t keyed_hash(std::string_view bytes, std::uint64_t key) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), key);
}

}  // namespace hubbub
#pragma GCC diagnostic pop
