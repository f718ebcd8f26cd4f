// The table, second part: who is there, how they are grouped, what they do.
#include "loadgen/scenario/keys.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

using enum KeyType;

TopologyRow& row(Draft& draft) {
    return draft.scenario.topology.back();
}
Behavior& behavior(Draft& draft) {
    return draft.scenario.behaviors.back();
}
SendBehavior& send(Draft& draft) {
    return *behavior(draft).send;
}

ConversationClass class_of(const std::string& word) {
    if (word == "direct") return ConversationClass::direct;
    return word == "group" ? ConversationClass::group : ConversationClass::channel;
}

constexpr double users_max = limits::scenario_users_max;
constexpr double members_max = limits::conversation_members_max;
/// A body holds at least the stamp (loadgen/check/stamp.hpp) and at most what the protocol carries.
constexpr double body_min = 48;
constexpr double body_max = limits::body_bytes_max;

const Key table[] = {
    {.path = "population", .type = map, .need = Need::fallback, .doc = "Who exists."},
    {.path = "population.users",
     .type = count,
     .doc = "Users that exist: they are members of conversations. Needed, but where they are reused.",
     .set = [](Draft& d, const Value& v) { d.scenario.users = u32(v); },
     .low = 1,
     .high = users_max},
    {.path = "population.online",
     .type = count,
     .doc = "Users that open a session; the others are members only. Without it: all.",
     .set = [](Draft& d, const Value& v) { d.scenario.online = u32(v); },
     .low = 1,
     .high = users_max},

    {.path = "topology",
     .type = list,
     .doc = "How the users are grouped. Needed, but where conversations are reused.",
     .low = 1,
     .high = 1000},
    {.path = "topology[]",
     .type = map,
     .doc = "A number of conversations of one class.",
     .set = [](Draft& d, const Value& v) { d.scenario.topology.emplace_back().place = place_of(v); }},
    {.path = "topology[].class",
     .type = choice,
     .need = Need::required,
     .doc = "Direct conversations join different pairs of users.",
     .set = [](Draft& d, const Value& v) { row(d).kind = class_of(v.text); },
     .words = "direct|group|channel"},
    {.path = "topology[].count",
     .type = count,
     .need = Need::required,
     .doc = "Conversations of this row.",
     .set = [](Draft& d, const Value& v) { row(d).count = u32(v); },
     .low = 1,
     .high = users_max},
    {.path = "topology[].size",
     .type = count,
     .doc = "Members of each; they are drawn uniformly from all users. Direct conversations have 2.",
     .set = [](Draft& d, const Value& v) { row(d).size_min = row(d).size_max = u32(v); },
     .low = 1,
     .high = members_max},
    {.path = "topology[].size.min",
     .type = count,
     .doc = "Sizes are drawn uniformly, from this ...",
     .set = [](Draft& d, const Value& v) { row(d).size_min = u32(v); },
     .low = 1,
     .high = members_max},
    {.path = "topology[].size.max",
     .type = count,
     .doc = "... to this. With `lognormal`: where sizes are cut; without: 2, and the population.",
     .set = [](Draft& d, const Value& v) { row(d).size_max = u32(v); },
     .low = 1,
     .high = members_max},
    {.path = "topology[].size.lognormal",
     .type = map,
     .doc = "Or sizes follow a lognormal law: most groups are small, few are large.",
     .set =
         [](Draft& d, const Value&) {
             TopologyRow& shape = row(d);
             shape.size_p99 = 1;
             const std::string row_path = "topology." + std::to_string(d.scenario.topology.size() - 1);
             if (!d.given.contains(row_path + ".size.max"))
                 shape.size_max = static_cast<std::uint32_t>(
                     std::min<std::size_t>(d.scenario.users, limits::conversation_members_max));
         }},
    {.path = "topology[].size.lognormal.median",
     .type = count,
     .need = Need::required,
     .doc = "Half of the sizes are below.",
     .set = [](Draft& d, const Value& v) { row(d).size_median = static_cast<double>(v.count); },
     .low = 1,
     .high = members_max},
    {.path = "topology[].size.lognormal.p99",
     .type = count,
     .need = Need::required,
     .doc = "99% of the sizes are below.",
     .set = [](Draft& d, const Value& v) { row(d).size_p99 = static_cast<double>(v.count); },
     .low = 1,
     .high = members_max},

    {.path = "behaviors", .type = map, .doc = "What users do, by name of the behavior."},
    {.path = "behaviors.*",
     .type = map,
     .doc = "One behavior. Its name stands in `load`.",
     .set =
         [](Draft& d, const Value& v) {
             d.scenario.behaviors.emplace_back().name = v.text;
             behavior(d).place = place_of(v);
         }},
    {.path = "behaviors.*.share",
     .type = share,
     .need = Need::fallback,
     .fallback = "100%",
     .doc = "Of the online users. Shares below 100% are disjoint groups and add up to at most 100%.",
     .set = [](Draft& d, const Value& v) { behavior(d).share = v.number; },
     .low = 1e-9,
     .high = 1},
    {.path = "behaviors.*.send",
     .type = map,
     .doc = "These users send messages.",
     .set = [](Draft& d, const Value& v) { behavior(d).send.emplace().place = place_of(v); }},
    {.path = "behaviors.*.send.weight",
     .type = number,
     .need = Need::fallback,
     .fallback = "1",
     .doc = "Its part of a phase's total `messages`, against the other behaviors' weights.",
     .set = [](Draft& d, const Value& v) { send(d).weight = v.number; },
     .low = 1e-6,
     .high = 1e6},
    {.path = "behaviors.*.send.to",
     .type = map,
     .need = Need::required,
     .doc = "Where the messages go; the shares add up to 100%."},
    {.path = "behaviors.*.send.to.direct",
     .type = share,
     .need = Need::fallback,
     .fallback = "0%",
     .doc = "Share of the messages to direct conversations.",
     .set = [](Draft& d, const Value& v) { send(d).to_direct = v.number; },
     .high = 1},
    {.path = "behaviors.*.send.to.group",
     .type = share,
     .need = Need::fallback,
     .fallback = "0%",
     .doc = "Share of the messages to groups.",
     .set = [](Draft& d, const Value& v) { send(d).to_group = v.number; },
     .high = 1},
    {.path = "behaviors.*.send.to.channel",
     .type = share,
     .need = Need::fallback,
     .fallback = "0%",
     .doc = "Share of the messages to channels.",
     .set = [](Draft& d, const Value& v) { send(d).to_channel = v.number; },
     .high = 1},
    {.path = "behaviors.*.send.conversation",
     .type = choice,
     .need = Need::fallback,
     .fallback = "uniform",
     .doc =
         "Which conversation of the class; the sender is drawn among its online members with this behavior.",
     .words = "uniform"},
    {.path = "behaviors.*.send.conversation.zipf",
     .type = number,
     .need = Need::required,
     .doc = "Rank r is chosen with weight 1 / r^s: few conversations get most messages. This is s.",
     .set = [](Draft& d, const Value& v) { send(d).zipf = v.number; },
     .low = 0.01,
     .high = 10},
    {.path = "behaviors.*.send.bytes",
     .type = bytes,
     .need = Need::fallback,
     .fallback = "120",
     .doc = "Length of every body; at least 48, because every body carries a stamp.",
     .set =
         [](Draft& d, const Value& v) {
             send(d).bytes = {u32(v), u32(v)};
         },
     .low = body_min,
     .high = body_max},
    {.path = "behaviors.*.send.bytes.p50",
     .type = bytes,
     .need = Need::required,
     .doc = "Lengths follow a lognormal law with this median ...",
     .set = [](Draft& d, const Value& v) { send(d).bytes.p50 = u32(v); },
     .low = body_min,
     .high = body_max},
    {.path = "behaviors.*.send.bytes.p99",
     .type = bytes,
     .need = Need::required,
     .doc = "... and this 99th percentile; below 48 and above 16KiB they are cut.",
     .set = [](Draft& d, const Value& v) { send(d).bytes.p99 = u32(v); },
     .low = body_min,
     .high = body_max},
};

}  // namespace

KeyPart user_keys() {
    return {table};
}

}  // namespace hubbub
