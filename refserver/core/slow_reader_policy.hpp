// What a server does with a client that reads more slowly than it is told things. Constants; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hubbub {

enum class SlowReaderPolicy : std::uint8_t {
    disconnect,   ///< it is cut, and resumes
    drop_oldest,  ///< the oldest of what waits goes; entries of the log are announced by `skipped`
    conflate,     ///< notices about the same become the newest of them; entries as with disconnect
    shed,         ///< notices go first, then receipts and reactions, then entries, announced by `skipped`
};

/// As they are written in settings.
inline constexpr std::array<std::string_view, 4> slow_reader_names = {"disconnect", "drop-oldest", "conflate",
                                                                      "shed"};

constexpr std::string_view name(SlowReaderPolicy policy) {
    return slow_reader_names[static_cast<std::size_t>(policy)];
}

constexpr std::optional<SlowReaderPolicy> slow_reader_policy(std::string_view text) {
    for (std::size_t i = 0; i < slow_reader_names.size(); ++i)
        if (slow_reader_names[i] == text) return static_cast<SlowReaderPolicy>(i);
    return std::nullopt;
}

}  // namespace hubbub
