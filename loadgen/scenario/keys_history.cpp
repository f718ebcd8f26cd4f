// The table, a part: who reads what was said before.
#include "loadgen/scenario/keys.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

using enum KeyType;

HistoryHabit& history(Draft& draft) {
    return *draft.scenario.behaviors.back().habits.history;
}

constexpr double page_max = limits::history_page_entries_max;

const Key table[] = {
    {.path = "behaviors.*.history",
     .type = map,
     .doc = "These users look at one of their conversations whenever a device of theirs has connected. Every "
            "page "
            "must show what its reader has seen before.",
     .set = [](Draft& d, const Value&) { d.scenario.behaviors.back().habits.history.emplace(); }},
    {.path = "behaviors.*.history.on_open",
     .type = count,
     .need = Need::fallback,
     .fallback = "50",
     .doc = "How many of the newest entries they read.",
     .set = [](Draft& d, const Value& v) { history(d).on_open = u32(v); },
     .low = 1,
     .high = 100'000},
    {.path = "behaviors.*.history.page",
     .type = count,
     .need = Need::fallback,
     .fallback = "50",
     .doc = "Entries a page.",
     .set = [](Draft& d, const Value& v) { history(d).page = u32(v); },
     .low = 1,
     .high = page_max},
    {.path = "behaviors.*.history.every",
     .type = duration,
     .doc = "And again another conversation, this often while they are connected. Without it: once a "
            "connection.",
     .set = [](Draft& d, const Value& v) { history(d).every = v.span; },
     .low = 0.01},
};

}  // namespace

KeyPart history_keys() {
    return {table};
}

}  // namespace hubbub
