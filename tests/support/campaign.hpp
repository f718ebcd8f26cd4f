// How long a proof is: short in ./check, as long as somebody asks by the environment in a campaign.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <ranges>

namespace hubbub::test {

/// What `variable` says, such as HUBBUB_SEEDS=100000 for a night; without it `usual`.
inline std::uint64_t asked_or(std::uint64_t usual, const char* variable) {
    const char* const text = std::getenv(variable);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : usual;
}

/// How many seeds a test in virtual time plays.
inline std::uint64_t seeds_or(std::uint64_t usual) {
    return asked_or(usual, "HUBBUB_SEEDS");
}

/// Those seeds, from 1 or HUBBUB_FIRST_SEED on: both the same plays one failure again.
inline auto each_seed_or(std::uint64_t usual) {
    return std::views::iota(asked_or(1, "HUBBUB_FIRST_SEED"), 1 + seeds_or(usual));
}

}  // namespace hubbub::test
