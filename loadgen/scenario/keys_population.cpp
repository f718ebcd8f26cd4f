// The table, a part: devices, cohorts and the social graph of the users.
#include <cmath>

#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

Cohort& cohort(Draft& draft) {
    return draft.scenario.population.cohorts.back();
}

/// 0.7 or 70%.
std::optional<Value> parse_part(std::string_view text) {
    const bool percent = !text.empty() && text.back() == '%';
    const auto part = percent ? parse_share(text) : parse_number(text);
    if (!part || *part > 1) return std::nullopt;
    Value value;
    value.number = *part;
    return value;
}

ReconnectPolicy::Kind policy_of(const std::string& word) {
    if (word == "immediate") return ReconnectPolicy::Kind::immediate;
    return word == "fixed" ? ReconnectPolicy::Kind::fixed : ReconnectPolicy::Kind::exponential;
}

ReconnectPolicy::Jitter jitter_of(const std::string& word) {
    if (word == "none") return ReconnectPolicy::Jitter::none;
    if (word == "equal") return ReconnectPolicy::Jitter::equal;
    return word == "full" ? ReconnectPolicy::Jitter::full : ReconnectPolicy::Jitter::decorrelated;
}

const Key table[] = {
    {.path = "population.devices_per_user",
     .type = map,
     .doc = "How many devices users have, by share: `{1: 0.7, 2: 0.25, 3: 0.05}`. Every device has its own "
            "session and "
            "gets every message of its user's conversations but those it sent itself. Without it: one each."},
    {.path = "population.devices_per_user.*",
     .type = custom,
     .doc = "Share of the users that have this many devices, 1 to 16; the shares add up to 100%.",
     .set =
         [](Draft& d, const Value& v) {
             const auto devices = parse_count(v.name).value_or(0);
             d.scenario.population.devices_per_user.push_back(
                 {static_cast<std::uint32_t>(std::min<std::uint64_t>(devices, UINT32_MAX)), v.number,
                  place_of(v)});
         },
     .high = 1,
     .parse = parse_part,
     .form = "a share such as 70% or 0.7",
     .shape = "[0-9][0-9_]*(\\.[0-9]+)?%?",
     .names = count},
    {.path = "population.cohorts",
     .type = map,
     .doc = "Parts of the users that behave alike on the network, by name; the shares add up to 100%."},
    {.path = "population.cohorts.*",
     .type = map,
     .doc = "One cohort.",
     .set =
         [](Draft& d, const Value& v) {
             d.scenario.population.cohorts.emplace_back().name = v.text;
             cohort(d).place = place_of(v);
         }},
    {.path = "population.cohorts.*.share",
     .type = share,
     .need = Need::required,
     .doc = "Of all users.",
     .set = [](Draft& d, const Value& v) { cohort(d).share = v.number; },
     .low = 1e-9,
     .high = 1},
    {.path = "population.cohorts.*.reconnect",
     .type = map,
     .need = Need::fallback,
     .doc = "How its devices come back after a loss; a server's own hint makes it later, never earlier."},
    {.path = "population.cohorts.*.reconnect.policy",
     .type = choice,
     .need = Need::fallback,
     .fallback = "exponential",
     .doc = "At once, always after `base`, or after `base` doubled with every failure up to `max`.",
     .set = [](Draft& d, const Value& v) { cohort(d).reconnect.kind = policy_of(v.text); },
     .words = "immediate|fixed|exponential"},
    {.path = "population.cohorts.*.reconnect.base",
     .type = duration,
     .need = Need::fallback,
     .fallback = "200ms",
     .doc = "The first delay.",
     .set = [](Draft& d, const Value& v) { cohort(d).reconnect.base = v.span; },
     .low = 0.001},
    {.path = "population.cohorts.*.reconnect.max",
     .type = duration,
     .need = Need::fallback,
     .fallback = "10s",
     .doc = "The longest delay.",
     .set = [](Draft& d, const Value& v) { cohort(d).reconnect.max = v.span; },
     .low = 0.001},
    {.path = "population.cohorts.*.reconnect.jitter",
     .type = choice,
     .need = Need::fallback,
     .fallback = "full",
     .doc = "Of an exponential delay d: none: d; full: 0 to d; equal: d/2 to d; decorrelated: base to three "
            "times the "
            "last one.",
     .set = [](Draft& d, const Value& v) { cohort(d).reconnect.jitter = jitter_of(v.text); },
     .words = "none|full|equal|decorrelated"},
    {.path = "population.social_graph", .type = map, .doc = "Who is in many groups and channels."},
    {.path = "population.social_graph.zipf",
     .type = number,
     .need = Need::required,
     .doc = "User rank r is drawn as a member with weight 1 / r^s, ranks dealt out by the seed. This is s. "
            "Direct "
            "conversations stay pairs drawn uniformly.",
     .set = [](Draft& d, const Value& v) { d.scenario.population.social_zipf = v.number; },
     .low = 0.01,
     .high = 3},
};

void check_devices(DraftView& draft) {
    const auto& all = draft.scenario.population.devices_per_user;
    double sum = 0;
    for (const DeviceShare& each : all) {
        sum += each.share;
        if (each.devices < 1 || each.devices > devices_per_user_max)
            draft.refuse("population.devices_per_user", "population.devices_per_user: 1 to " +
                                                            std::to_string(devices_per_user_max) +
                                                            " devices a user");
    }
    if (!all.empty() && std::abs(sum - 1) > 1e-9)
        draft.refuse("population.devices_per_user",
                     "population.devices_per_user: the shares must add up to 100%");
}

void check_cohorts(DraftView& draft) {
    const auto& all = draft.scenario.population.cohorts;
    double sum = 0;
    for (const Cohort& cohort : all) {
        const std::string path = "population.cohorts." + cohort.name + ".reconnect";
        sum += cohort.share;
        const bool exponential = cohort.reconnect.kind == ReconnectPolicy::Kind::exponential;
        if (cohort.reconnect.max < cohort.reconnect.base && exponential)
            draft.refuse(path, path + ": max is below base");
        for (const char* key : {".max", ".jitter"})
            if (!exponential && draft.given(path + key))
                draft.refuse(path + key, path + key + ": only the exponential policy has it");
        if (cohort.reconnect.kind == ReconnectPolicy::Kind::immediate && draft.given(path + ".base"))
            draft.refuse(path + ".base", path + ".base: the immediate policy has none");
    }
    if (!all.empty() && std::abs(sum - 1) > 1e-9)
        draft.refuse("population.cohorts", "population.cohorts: the shares must add up to 100%");
    if (all.size() > 100) draft.refuse("population.cohorts", "population.cohorts: at most 100");
}

void check_population(DraftView& draft) {
    check_devices(draft);
    check_cohorts(draft);
}

}  // namespace

KeyPart population_keys() {
    return {table, check_population};
}

}  // namespace hubbub
