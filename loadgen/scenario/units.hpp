// Numbers with units, read by us from the text of a scalar: yaml-cpp would read 010 as 8 and yes as true.
// Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace hubbub {

struct Rates {
    double from = 0, to = 0;  ///< per second
    bool ramp = false;
};

// Nothing when the text is not of the form; digits may be grouped by _ (12_000), no signs, no exponents, no
// leading 0.
std::optional<std::uint64_t> parse_count(std::string_view text);  ///< 500 | 12_000 | 50k | 1.5M, whole
std::optional<double> parse_number(std::string_view text);        ///< 1 | 1.2
std::optional<double> parse_share(std::string_view text);         ///< 0.1% -> 0.001
std::optional<Duration> parse_duration(std::string_view text);    ///< 500us | 500ms | 30s | 5m | 1h
std::optional<double> parse_rate(std::string_view text);          ///< 2k/s | 30/m | 2/h -> per second
std::optional<Rates> parse_rates(std::string_view text);          ///< 2k/s | 100/s..2k/s
std::optional<std::uint64_t> parse_bytes(std::string_view text);  ///< 120 | 120B | 2KB (2,000) | 2KiB (2,048)

}  // namespace hubbub
