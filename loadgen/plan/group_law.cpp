#include "loadgen/plan/group_law.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hubbub {
namespace {

/// 99 % quantile of the standard normal law.
constexpr double z99 = 2.3263478740408408;
/// Picks a draw may waste on users it has already, by member wanted: then weights are so uneven that keys are
/// faster.
constexpr std::uint32_t picks_a_member = 8;

double sigma_of(const TopologyRow& row) {
    return row.size_p99 > row.size_median ? std::log(row.size_p99 / row.size_median) / z99 : 0;
}

}  // namespace

std::uint32_t draw_size(const TopologyRow& row, Random& random) {
    if (row.size_median <= 0)
        return row.size_min + static_cast<std::uint32_t>(random.below(row.size_max - row.size_min + 1));
    const double size = std::round(random.lognormal(row.size_median, sigma_of(row)));
    return static_cast<std::uint32_t>(
        std::clamp(size, static_cast<double>(row.size_min), static_cast<double>(row.size_max)));
}

double mean_size(const TopologyRow& row) {
    if (row.size_median <= 0) return (static_cast<double>(row.size_min) + row.size_max) / 2;
    const double sigma = sigma_of(row);
    return std::clamp(row.size_median * std::exp(sigma * sigma / 2), static_cast<double>(row.size_min),
                      static_cast<double>(row.size_max));
}

SocialGraph::SocialGraph(std::uint32_t users, double zipf, Random random)
    : user_at_(users), weights_(users), mark_(users) {
    std::iota(user_at_.begin(), user_at_.end(), 0U);
    for (std::size_t i = users; i > 1; --i) std::swap(user_at_[i - 1], user_at_[random.below(i)]);
    for (std::size_t r = 0; r < users; ++r) weights_[r] = std::pow(static_cast<double>(r + 1), -zipf);
    ranks_ = AliasTable(weights_);
}

void SocialGraph::draw(std::uint32_t size, Random& random, std::vector<UserIndex>& chosen) {
    chosen.clear();
    ++draws_;
    for (std::uint64_t tries = std::uint64_t{size} * picks_a_member; tries > 0 && chosen.size() < size;
         --tries) {
        const std::uint32_t rank = ranks_.pick(random);
        if (mark_[rank] == draws_) continue;
        mark_[rank] = draws_;
        chosen.push_back(UserIndex{user_at_[rank]});
    }
    if (chosen.size() < size) draw_by_keys(size, random, chosen);
    std::sort(chosen.begin(), chosen.end());
}

/// The same law in one pass over all users: the smallest of exponential(1) / weight (Efraimidis, Spirakis
/// 2006).
void SocialGraph::draw_by_keys(std::uint32_t size, Random& random, std::vector<UserIndex>& chosen) {
    std::vector<std::pair<double, std::uint32_t>> keys(user_at_.size());
    for (std::uint32_t r = 0; r < keys.size(); ++r) keys[r] = {random.exponential(1) / weights_[r], r};
    std::nth_element(keys.begin(), keys.begin() + (size - 1), keys.end());
    chosen.clear();
    for (std::uint32_t i = 0; i < size; ++i) chosen.push_back(UserIndex{user_at_[keys[i].second]});
}

}  // namespace hubbub
