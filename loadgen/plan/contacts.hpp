// Whom a user's devices watch, and which of these pairs are judged: drawn by hash, so that every worker and
// the judge find the same. Pure functions of a plan; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "loadgen/plan/plan.hpp"

namespace hubbub {

/// Pairs of a watching device and a watched user whose presence is judged: their notices are kept, some tens
/// of bytes each. Above it pairs are drawn by hash.
inline constexpr std::uint64_t judged_pairs_max = 1'000'000;

/// The online users that share a direct conversation or a group with `user`, up to its `presence.watch` of
/// them, rising. Empty for a user that watches nobody.
std::vector<UserIndex> watched_by(const Plan& plan, UserIndex user);

/// Whether any online user watches others.
bool anybody_watches(const Plan& plan);
/// The share of all pairs (watching device, watched user) that is judged; 1: all.
double judged_share(const Plan& plan);
/// Whether this pair is among them; `share` as above.
bool judged_pair(const Plan& plan, double share, DeviceIndex watcher, UserIndex watched);

/// What watching amounts to, for `hubbub plan`.
struct WatchFigures {
    std::uint64_t watching = 0;  ///< devices
    std::uint64_t pairs = 0;     ///< (watching device, watched user)
    double notices =
        0;  ///< expected per second, from toggles and sessions; the first ones of each watch excluded
};
WatchFigures watch_figures(const Plan& plan);

}  // namespace hubbub
