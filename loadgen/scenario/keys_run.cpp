// The table, first part: the file itself, the target, what must hold.
#include "loadgen/scenario/keys.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

using enum KeyType;

DeliveryMode delivery_of(const std::string& word) {
    if (word == "at_most_once") return DeliveryMode::at_most_once;
    return word == "at_least_once" ? DeliveryMode::at_least_once : DeliveryMode::effectively_once;
}

OrderMode order_of(const std::string& word) {
    if (word == "none") return OrderMode::none;
    if (word == "sender") return OrderMode::sender;
    return word == "conversation" ? OrderMode::conversation : OrderMode::causal;
}

const Key table[] = {
    {.path = "version",
     .type = choice,
     .need = Need::required,
     .doc = "Of the scenario language.",
     .words = "1"},
    {.path = "name",
     .type = text,
     .doc = "Stands in reports. Without it: the file's name.",
     .set = [](Draft& d, const Value& v) { d.scenario.name = v.text; }},
    {.path = "seed",
     .type = count,
     .need = Need::fallback,
     .fallback = "1",
     .doc = "Same file, same seed: the same plan, bit for bit.",
     .set = [](Draft& d, const Value& v) { d.scenario.seed = v.count; }},

    {.path = "extends",
     .type = text,
     .doc = "A file of this folder or below that this one builds upon: maps merge, lists replace, a key "
            "without a "
            "value takes the base's away."},

    {.path = "target", .type = map, .need = Need::required, .doc = "Which backend, and where."},
    {.path = "target.adapter",
     .type = choice,
     .need = Need::fallback,
     .fallback = "hubbub",
     .doc = "The protocol it speaks.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.adapter = v.text; },
     .words = "hubbub|hubbub-bin|json-ws",
     .later_words = "signalr|socketio|mqtt|xmpp|stomp"},
    {.path = "target.mapping",
     .type = text,
     .doc = "json-ws: the file that says how the backend talks, beside this one (docs/ADAPTERS.md).",
     .set =
         [](Draft& d, const Value& v) {
             d.scenario.target.mapping = v.text;
             d.scenario.target.mapping_at = place_of(v);
         }},
    {.path = "target.endpoints",
     .type = list,
     .doc = "Where it listens. The embedded server brings its own.",
     .low = 1,
     .high = 64},
    {.path = "target.endpoints[]",
     .type = endpoint,
     .doc = "One address; connections are spread over all.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.endpoints.push_back(v.text); }},
    {.path = "target.start", .type = map, .doc = "Start a server for the run."},
    {.path = "target.start.server",
     .type = choice,
     .doc = "The reference server, as a process of its own.",
     .set = [](Draft& d, const Value&) { d.scenario.target.embedded = true; },
     .words = "embedded"},
    {.path = "target.start.shards",
     .type = count,
     .need = Need::fallback,
     .fallback = "0",
     .doc = "Its threads; 0: one a core.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.shards = u32(v); },
     .high = 256},
    {.path = "target.start.durability",
     .type = choice,
     .need = Need::fallback,
     .fallback = "wal-sync",
     .doc = "When a message counts as committed.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.durability = v.text; },
     .words = "none|memory|wal|wal-sync"},
    {.path = "target.start.data",
     .type = text,
     .doc = "Its folder. Without it: a temporary one.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.data = v.text; }},
    {.path = "target.start.sabotage",
     .type = text,
     .doc = "What it does wrong on purpose, as `hubbub serve --sabotage` takes it (docs/SABOTAGE.md).",
     .set = [](Draft& d, const Value& v) { d.scenario.target.sabotage = v.text; }},
    {.path = "target.start.settings",
     .type = map,
     .doc = "What else it is told, by the names of `hubbub config keys`: `{limit_user: 5/s, slow_reader: "
            "shed}`."},
    {.path = "target.start.settings.*",
     .type = text,
     .doc = "One setting, as docs/OPERATIONS.md has it.",
     .set =
         [](Draft& d, const Value& v) {
             d.scenario.target.settings.push_back({v.name, v.text, place_of(v)});
         },
     .names = name},
    {.path = "target.setup", .type = map, .need = Need::fallback, .doc = "Before the load, unmeasured."},
    {.path = "target.setup.conversations",
     .type = choice,
     .need = Need::fallback,
     .fallback = "create",
     .doc = "Create them (idempotent), or take what `users` and `members` list, which is there already.",
     .set =
         [](Draft& d, const Value& v) {
             d.scenario.target.reuse = v.text == "reuse";
             d.scenario.target.reuse_at = place_of(v);
         },
     .words = "create|reuse"},
    {.path = "target.setup.users",
     .type = text,
     .doc = "reuse: the file that lists the users, beside this one. Without it: users.csv.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.users_file = v.text; }},
    {.path = "target.setup.members",
     .type = text,
     .doc = "reuse: the file that lists the conversations and their members. Without it: "
            "conversations.csv.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.conversations_file = v.text; }},
    {.path = "target.setup.command",
     .type = text,
     .doc = "Words for a shell, before anything else of the run reaches the target; must end with 0.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.setup_command = v.text; }},
    {.path = "target.setup.rate",
     .type = rate,
     .need = Need::fallback,
     .fallback = "2k/s",
     .doc = "Creates per second, at most.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.setup_rate = v.number; },
     .low = 0.001,
     .high = 1e8},

    {.path = "expect", .type = map, .need = Need::fallback, .doc = "What must hold."},
    {.path = "expect.delivery",
     .type = choice,
     .need = Need::fallback,
     .fallback = "at_least_once",
     .doc = "Which counters must be 0 (docs/CHECKS.md).",
     .set =
         [](Draft& d, const Value& v) {
             d.scenario.expect.delivery = delivery_of(v.text);
             d.scenario.expect.delivery_at = place_of(v);
         },
     .words = "at_most_once|at_least_once|effectively_once"},
    {.path = "expect.order",
     .type = choice,
     .need = Need::fallback,
     .fallback = "conversation",
     .doc = "In which order receivers must see messages.",
     .set =
         [](Draft& d, const Value& v) {
             d.scenario.expect.order = order_of(v.text);
             d.scenario.expect.order_at = place_of(v);
         },
     .words = "none|sender|conversation|causal"},
    {.path = "expect.slo", .type = list, .doc = "Service levels, one sentence each.", .high = 100},
    {.path = "expect.slo[]",
     .type = slo,
     .doc = "`metric.figure{label=value} < bound`, as below.",
     .set =
         [](Draft& d, const Value& v) {
             d.scenario.expect.slo.push_back(v.slo);
             d.scenario.expect.slo.back().at = place_of(v);
         }},
};

}  // namespace

KeyPart run_keys() {
    return {table};
}

}  // namespace hubbub
