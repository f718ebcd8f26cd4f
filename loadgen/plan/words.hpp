// Numbers in words for people.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace hubbub {

/// 12345.6 -> "12,346"; small fractions keep two digits.
std::string grouped(double value);
std::string grouped(std::uint64_t value);
/// "1.5 MB".
std::string in_bytes(double bytes);

}  // namespace hubbub
