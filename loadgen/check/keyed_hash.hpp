// The one hash behind stamps and content comparison: XXH3-64 with a key, the same on every machine.
// Pure function; any thread. (github.com/Cyan4973/xxHash)
#pragma once

#include <cstdint>
#include <string_view>

namespace hubbub {

std::uint64_t keyed_hash(std::string_view bytes, std::uint64_t key);

}  // namespace hubbub
