#include "loadgen/report/capacity_search.hpp"

#include <algorithm>
#include <cmath>

namespace hubbub {
namespace {

/// Halvings below the first value before it is given up: it does not hold at all.
constexpr double lowest_part = 1.0 / 1024;
/// Runs of one search: 27 doublings reach 1e8, and bisecting to 0.1 % takes 10 more.
constexpr std::uint32_t tries_max = 40;

}  // namespace

bool CapacitySearch::near_enough(const std::optional<double>& low, const std::optional<double>& high) const {
    if (!find_.rate && *high - *low <= 1) return true;  // there is nothing between two counts
    return *high - *low <= find_.precision * *low;
}

std::optional<double> CapacitySearch::unknown() const {
    return unknown_ && (!high_ || *unknown_ < *high_) ? unknown_ : std::nullopt;
}

std::optional<double> CapacitySearch::next() const {
    if (tries_ >= tries_max) return std::nullopt;
    const auto value_of = [&](double value) { return find_.rate ? value : std::max(1.0, std::floor(value)); };
    const std::optional<double> above = unknown() ? unknown() : high_;
    if (!low_ && !above) return value_of(find_.from);
    if (!above) {
        if (*low_ >= find_.to) return std::nullopt;  // it holds as far as was asked
        return value_of(std::min(2 * *low_, find_.to));
    }
    if (!low_) {
        const double half = value_of(*above / 2);
        if (half < find_.from * lowest_part || half >= *above) return std::nullopt;
        return half;
    }
    if (near_enough(low_, above)) return std::nullopt;
    return value_of((*low_ + *above) / 2);
}

void CapacitySearch::tried(double value, Held held) {
    ++tries_;
    if (held == Held::yes)
        low_ = std::max(low_.value_or(value), value);
    else if (held == Held::no)
        high_ = std::min(high_.value_or(value), value);
    else
        unknown_ = std::min(unknown_.value_or(value), value);
}

}  // namespace hubbub
