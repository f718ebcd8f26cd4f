// What a kind of fault is called, which attributes it has, and how a machine of it is made. One constant a
// fault, in its own file; chaos/faults/registry.cpp lists them. Constants; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/fault.hpp"

namespace hubbub {

enum class FaultUnit : std::uint8_t { milliseconds, microseconds, bytes, kilobytes_a_second, count, word };

struct FaultAttribute {
    std::string_view name;
    FaultUnit unit;
    std::int64_t fallback = 0;  ///< of a word: its place in `words`
    std::int64_t least = 0, most = 0;
    std::string_view doc;
    std::string_view words = {};  ///< "one|two"
    /// Not known to others who have this fault: shown to them only when it is not its default.
    bool is_addition = false;
};

/// One value an attribute, in the order of the kind's attributes; within its bounds.
using FaultValues = std::vector<std::int64_t>;

struct FaultStart {
    Time now;    ///< the connection met the fault
    Time added;  ///< the fault was set up: the same for all connections
};

struct FaultKind {
    std::string_view name;
    std::string_view shows;  ///< one line for docs/FAULTS.md
    std::span<const FaultAttribute> attributes;
    std::unique_ptr<Fault> (*make)(const FaultValues& values, const FaultStart& start);
    /// What is wrong with values that are good one by one; empty: nothing.
    std::string (*check)(const FaultValues& values) = nullptr;
};

/// A wait of more than this is a mistake of units.
inline constexpr std::int64_t fault_milliseconds_max = 86'400'000;
inline constexpr std::int64_t fault_bytes_max = std::int64_t{1} << 50;

constexpr FaultAttribute milliseconds_of(std::string_view name, std::string_view doc,
                                         std::int64_t least = 0) {
    return {name, FaultUnit::milliseconds, least, least, fault_milliseconds_max, doc};
}
constexpr FaultAttribute bytes_of(std::string_view name, std::string_view doc, std::int64_t least = 0) {
    return {name, FaultUnit::bytes, least, least, fault_bytes_max, doc};
}
constexpr FaultAttribute addition(FaultAttribute attribute) {
    attribute.is_addition = true;
    return attribute;
}
constexpr Duration as_milliseconds(std::int64_t value) {
    return std::chrono::milliseconds{value};
}

}  // namespace hubbub
