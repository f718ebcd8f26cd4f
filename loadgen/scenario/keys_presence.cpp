// The table: how often devices show life, whom they watch, and how users want to be seen.
#include "loadgen/scenario/keys.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

using enum KeyType;

/// Watched by `contacts`: a long list of people whom one really talks to.
constexpr std::uint32_t contacts_watched = 100;

Habits& habits(Draft& draft) {
    return draft.scenario.behaviors.back().habits;
}

std::optional<Value> parse_watch(std::string_view text) {
    Value value;
    const auto count =
        text == "contacts" ? std::optional<std::uint64_t>(contacts_watched) : parse_count(text);
    if (!count || *count == 0 || *count > limits::watched_per_session_max) return std::nullopt;
    value.count = *count;
    return value;
}

const Key table[] = {
    {.path = "behaviors.*.heartbeat", .type = map, .doc = "How these users' devices show life."},
    {.path = "behaviors.*.heartbeat.every",
     .type = duration,
     .need = Need::required,
     .doc =
         "After so long without another frame; `0s`: never. Longer than the server asks for: a device that "
         "seems away, or dead, now and then. Without it: 7/8 of what the server asks for.",
     .set = [](Draft& d, const Value& v) { habits(d).heartbeat = v.span; }},
    {.path = "behaviors.*.presence",
     .type = map,
     .doc = "These users show whether they are there, and watch others.",
     .set = [](Draft& d, const Value&) { habits(d).presence.emplace(); }},
    {.path = "behaviors.*.presence.watch",
     .type = custom,
     .doc = "Each device watches its user's `contacts`, who share a direct conversation or a group with it: "
            "up to 100 of them, or up to this number, drawn by hash.",
     .set = [](Draft& d, const Value& v) { habits(d).presence->watch = u32(v); },
     .parse = parse_watch,
     .form = "`contacts`, or a number from 1 to 2,000",
     .shape = "(contacts|[0-9][0-9_]*(\\.[0-9]+)?k?)"},
    {.path = "behaviors.*.presence.toggle",
     .type = rate,
     .doc =
         "How often each of these users says that it is away, or hides, and some time later that it is back.",
     .set = [](Draft& d, const Value& v) { habits(d).presence->toggle = v.number; },
     .high = 1},
};

void check(DraftView& view) {
    for (const Behavior& behavior : view.scenario.behaviors)
        if (behavior.habits.presence && behavior.habits.presence->watch == 0 &&
            behavior.habits.presence->toggle <= 0)
            view.refuse("behaviors." + behavior.name + ".presence",
                        "behaviors." + behavior.name + ".presence: watch, toggle or both are missing");
}

}  // namespace

KeyPart presence_keys() {
    return {table, check};
}

}  // namespace hubbub
