#include "loadgen/plan/population.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace hubbub {
namespace {

std::vector<std::uint32_t> shuffled_users(std::uint32_t users, Random random) {
    std::vector<std::uint32_t> deck(users);
    std::iota(deck.begin(), deck.end(), 0U);
    for (std::size_t i = deck.size(); i > 1; --i) std::swap(deck[i - 1], deck[random.below(i)]);
    return deck;
}

/// Calls give(user, part) for every user; `shares` add up to 1.
template <class Give>
void deal(std::uint32_t users, const Random& random, const std::vector<double>& shares, Give give) {
    const auto deck = shuffled_users(users, random);
    double border = 0;
    std::size_t next = 0;
    for (std::size_t part = 0; part < shares.size(); ++part) {
        border += shares[part];
        const bool last = part + 1 == shares.size();  // whatever rounding left
        const auto end =
            last ? deck.size()
                 : std::min(deck.size(),
                            static_cast<std::size_t>(std::llround(border * static_cast<double>(users))));
        for (; next < end; ++next) give(deck[next], part);
    }
}

void draw_devices(Plan& plan, const Random& random) {
    const auto& wanted = plan.scenario->population.devices_per_user;
    plan.devices = plan.users;
    plan.online_devices = plan.online_users;
    const bool one_each = std::all_of(wanted.begin(), wanted.end(), [](const DeviceShare& each) {
        return each.devices == 1 || each.share <= 0;
    });
    if (one_each) return;
    std::vector<double> shares;
    for (const DeviceShare& each : wanted) shares.push_back(each.share);
    plan.device_begin.assign(std::size_t{plan.users} + 1, 0);
    deal(plan.users, random, shares, [&](std::uint32_t user, std::size_t part) {
        plan.device_begin[std::size_t{user} + 1] = wanted[part].devices;
    });
    std::partial_sum(plan.device_begin.begin(), plan.device_begin.end(), plan.device_begin.begin());
    plan.devices = plan.device_begin.back();
    plan.online_devices = plan.device_begin[plan.online_users];
    plan.device_user.reserve(plan.devices);
    for (std::uint32_t user = 0; user < plan.users; ++user)
        plan.device_user.insert(plan.device_user.end(), plan.devices_of(UserIndex{user}), UserIndex{user});
}

void draw_cohorts(Plan& plan, const Random& random) {
    const auto& cohorts = plan.scenario->population.cohorts;
    if (cohorts.empty()) return;
    std::vector<double> shares;
    for (const Cohort& cohort : cohorts) shares.push_back(cohort.share);
    plan.cohort.resize(plan.users);
    deal(plan.users, random, shares,
         [&](std::uint32_t user, std::size_t part) { plan.cohort[user] = static_cast<std::uint8_t>(part); });
}

}  // namespace

void draw_population(Plan& plan, const Random& random) {
    draw_devices(plan, random.child("devices"));
    draw_cohorts(plan, random.child("cohorts"));
}

void count_devices(Plan& plan) {
    if (plan.device_begin.empty()) return;
    plan.devices_in.resize(plan.conversations.size());
    for (std::uint32_t c = 0; c < plan.conversations.size(); ++c) {
        const auto members = plan.members_of(ConversationIndex{c});
        for (const UserIndex user : members.first(plan.online_users_in(ConversationIndex{c})))
            plan.devices_in[c] += plan.devices_of(user);
    }
}

}  // namespace hubbub
