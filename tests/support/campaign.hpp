// How long a proof is: short in ./check, as long as somebody asks by the environment in a campaign.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace hubbub::test {

/// What `variable` says, such as HUBBUB_SEEDS=100000 for a night; without it `usual`.
inline std::uint64_t asked_or(std::uint64_t usual, const char* variable) {
    const char* const text = std::getenv(variable);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : usual;
}

/// Of each test in virtual time.
inline std::uint64_t seeds_or(std::uint64_t usual) {
    return asked_or(usual, "HUBBUB_SEEDS");
}

}  // namespace hubbub::test
