// The search of `find`: doubles a value until it no longer holds, then halves the distance.
// Pure; owned by the command that plays the runs.
#pragma once

#include <cstdint>
#include <optional>

#include "loadgen/scenario/load_shapes.hpp"

namespace hubbub {

/// What a run says about its value. Unknown: the generator was too slow to tell; the search goes on below it,
/// for the backend may come late where the generator does not yet.
enum class Held : std::uint8_t { yes, no, unknown };

class CapacitySearch {
  public:
    explicit CapacitySearch(const FindCapacity& find) : find_(find) {}

    /// The value to try next; nothing when the search is over.
    [[nodiscard]] std::optional<double> next() const;
    void tried(double value, Held held);

    /// It held at low(), did not at high(), and the two are as near as the precision asks.
    [[nodiscard]] bool bracketed() const { return low_ && high_ && near_enough(low_, high_); }
    [[nodiscard]] std::optional<double> low() const { return low_; }    ///< the largest that held
    [[nodiscard]] std::optional<double> high() const { return high_; }  ///< the smallest that did not
    /// The smallest at which it could not be told, where that is below high().
    [[nodiscard]] std::optional<double> unknown() const;
    [[nodiscard]] std::uint32_t tries() const { return tries_; }

  private:
    [[nodiscard]] bool near_enough(const std::optional<double>& low, const std::optional<double>& high) const;

    FindCapacity find_;
    std::optional<double> low_, high_, unknown_;
    std::uint32_t tries_ = 0;
};

}  // namespace hubbub
