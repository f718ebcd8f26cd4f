#include "loadgen/plan/contacts.hpp"

#include <algorithm>
#include <utility>

#include "base/random.hpp"

namespace hubbub {
namespace {

constexpr std::uint64_t who_is_watched = 0x7761746368ULL;
constexpr std::uint64_t which_pairs = 0x7061697273ULL;

std::uint32_t watch_of(const Plan& plan, UserIndex user) {
    if (user.value >= plan.online_users) return 0;
    const auto& presence = plan.habits_of(user).presence;
    return presence ? presence->watch : 0;
}

/// Members that are looked at of one conversation: a large group alone would fill the list many times over.
void add_members(const Plan& plan, ConversationIndex conversation, UserIndex user, std::uint32_t most,
                 std::vector<UserIndex>& out) {
    const auto members = plan.members_of(conversation);
    const std::uint32_t online = plan.online_users_in(conversation);
    const std::uint32_t looked_at = std::min(online, most + 1);
    if (looked_at == 0) return;
    const std::uint64_t first = mix64(plan.seed ^ who_is_watched, user.value, conversation.value) % online;
    for (std::uint32_t i = 0; i < looked_at; ++i) {
        const UserIndex other = members[(first + i) % online];
        if (other != user) out.push_back(other);
    }
}

/// Per second, there and back. Who has several devices open seldom goes with the last of them: left out.
double changes_of(const Plan& plan, UserIndex user) {
    const Habits& habits = plan.habits_of(user);
    double changes = habits.presence ? 2 * habits.presence->toggle : 0;
    if (habits.session && plan.devices_of(user) == 1)
        changes += 2 / to_seconds(habits.session->online.mean() + habits.session->offline.mean());
    return changes;
}

}  // namespace

std::vector<UserIndex> watched_by(const Plan& plan, UserIndex user) {
    const std::uint32_t most = watch_of(plan, user);
    std::vector<UserIndex> out;
    if (most == 0) return out;
    for (const ConversationIndex conversation : plan.conversations_of(plan.device_of(user)))
        if (plan.conversations[conversation.index()].kind != ConversationClass::channel)
            add_members(plan, conversation, user, most, out);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    if (out.size() <= most) return out;
    const auto rank = [&](UserIndex other) {
        return std::pair(mix64(plan.seed ^ who_is_watched, other.value, user.value), other.value);
    };
    std::nth_element(out.begin(), out.begin() + most, out.end(),
                     [&](UserIndex a, UserIndex b) { return rank(a) < rank(b); });
    out.resize(most);
    std::sort(out.begin(), out.end());
    return out;
}

bool anybody_watches(const Plan& plan) {
    return std::any_of(plan.habits.begin(), plan.habits.end(),
                       [](const Habits& habits) { return habits.presence && habits.presence->watch > 0; });
}

double judged_share(const Plan& plan) {
    std::uint64_t most = 0;
    for (std::uint32_t u = 0; u < plan.online_users; ++u)
        most += std::uint64_t{watch_of(plan, UserIndex{u})} * plan.devices_of(UserIndex{u});
    if (most <= judged_pairs_max) return 1;
    return static_cast<double>(judged_pairs_max) / static_cast<double>(most);
}

bool judged_pair(const Plan& plan, double share, DeviceIndex watcher, UserIndex watched) {
    if (share >= 1) return true;
    const std::uint64_t drawn = mix64(plan.seed ^ which_pairs, watcher.value, watched.value);
    return static_cast<double>(drawn >> 11) * 0x1p-53 < share;
}

WatchFigures watch_figures(const Plan& plan) {
    WatchFigures out;
    if (!anybody_watches(plan)) return out;
    for (std::uint32_t u = 0; u < plan.online_users; ++u) {
        const std::vector<UserIndex> watched = watched_by(plan, UserIndex{u});
        if (watched.empty()) continue;
        const std::uint32_t devices = plan.devices_of(UserIndex{u});
        out.watching += devices;
        out.pairs += watched.size() * devices;
        for (const UserIndex other : watched) out.notices += changes_of(plan, other) * devices;
    }
    return out;
}

}  // namespace hubbub
