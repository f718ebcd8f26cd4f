// What a server promises about messages whose connection broke on the way: strategies that can be compared.
// Constants; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace hubbub {

enum class DeliveryStrategy : std::uint8_t {
    effectively_once,  ///< a repeated send is recognised, and a resume tells what was missed
    at_least_once,     ///< a repeated send is another message: stored and delivered again
    at_most_once,      ///< what a device missed while it was away is gone: no catch-up, live entries only
};

/// As they are written in settings, and in a scenario's `expect.delivery`.
inline constexpr std::array<std::string_view, 3> delivery_strategy_names = {"effectively_once",
                                                                            "at_least_once", "at_most_once"};

constexpr std::string_view name(DeliveryStrategy strategy) {
    return delivery_strategy_names[static_cast<std::size_t>(strategy)];
}

constexpr std::optional<DeliveryStrategy> delivery_strategy(std::string_view text) {
    for (std::size_t i = 0; i < delivery_strategy_names.size(); ++i)
        if (delivery_strategy_names[i] == text) return static_cast<DeliveryStrategy>(i);
    return std::nullopt;
}

}  // namespace hubbub
