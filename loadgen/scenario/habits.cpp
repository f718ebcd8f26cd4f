#include "loadgen/scenario/habits.hpp"

#include <cmath>

namespace hubbub {
namespace {

/// 99 % quantile of the standard normal law: p99 = median * exp(sigma * z).
constexpr double z99 = 2.3263478740408408;

double sigma_of(const Delay& delay) {
    if (delay.p99 <= delay.median || delay.median <= Duration{}) return 0;
    return std::log(static_cast<double>(delay.p99.count()) / static_cast<double>(delay.median.count())) / z99;
}

}  // namespace

Duration Delay::mean() const {
    const double sigma = sigma_of(*this);
    return Duration(
        static_cast<std::int64_t>(static_cast<double>(median.count()) * std::exp(sigma * sigma / 2)));
}

Duration Delay::draw(Random& random) const {
    const double sigma = sigma_of(*this);
    if (sigma <= 0) return median;
    return Duration(static_cast<std::int64_t>(random.lognormal(static_cast<double>(median.count()), sigma)));
}

void Habits::complete_by(const Habits& other) {
    const auto take = [](auto& mine, const auto& theirs) {
        if (!mine) mine = theirs;
    };
    take(reply, other.reply);
    take(edit, other.edit);
    take(react, other.react);
    take(read, other.read);
    take(typing, other.typing);
    take(heartbeat, other.heartbeat);
    take(presence, other.presence);
    take(history, other.history);
    take(session, other.session);
    take(membership, other.membership);
}

}  // namespace hubbub
