#include "transport/loop_stats.hpp"

#include <algorithm>
#include <bit>

namespace hubbub {

void LoopStats::record_turn(Duration length, Duration budget) {
    const auto nanos = static_cast<std::uint64_t>(std::max<std::int64_t>(0, length.count()));
    turns.add();
    busy_nanos.add(nanos);
    if (length > budget) slow_turns.add();
    if (nanos > longest_nanos.get()) longest_nanos.set(nanos);
    const auto bucket = static_cast<std::size_t>(std::bit_width(nanos / 1000));
    lengths[std::min(bucket, lengths.size() - 1)].add();
}

Duration LoopStats::length_quantile(double share) const {
    std::uint64_t total = 0;
    for (const auto& each : lengths) total += each.get();
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
        below += lengths[i].get();
        if (total > 0 && static_cast<double>(below) >= share * static_cast<double>(total)) {
            return std::chrono::microseconds(std::int64_t{1} << i);
        }
    }
    return Duration::zero();
}

}  // namespace hubbub
