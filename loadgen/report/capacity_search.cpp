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

bool CapacitySearch::near_enough() const {
    if (!find_.rate && *high_ - *low_ <= 1) return true;  // there is nothing between two counts
    return *high_ - *low_ <= find_.precision * *low_;
}

std::optional<double> CapacitySearch::next() const {
    if (tries_ >= tries_max) return std::nullopt;
    const auto value_of = [&](double value) { return find_.rate ? value : std::max(1.0, std::floor(value)); };
    if (!low_ && !high_) return value_of(find_.from);
    if (!high_) {
        if (*low_ >= find_.to) return std::nullopt;  // it holds as far as was asked
        return value_of(std::min(2 * *low_, find_.to));
    }
    if (!low_) {
        const double half = value_of(*high_ / 2);
        if (half < find_.from * lowest_part || half >= *high_) return std::nullopt;
        return half;
    }
    if (near_enough()) return std::nullopt;
    return value_of((*low_ + *high_) / 2);
}

void CapacitySearch::tried(double value, bool held) {
    ++tries_;
    if (held)
        low_ = std::max(low_.value_or(value), value);
    else
        high_ = std::min(high_.value_or(value), value);
}

}  // namespace hubbub
