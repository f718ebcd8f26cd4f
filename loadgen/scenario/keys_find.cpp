// The table, a part: the search for a capacity.
#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

/// 1k/s or 500: a rate, or a count (then `flag` is set).
std::optional<Value> parse_goal(std::string_view text) {
    Value value;
    if (const auto per_second = parse_rate(text)) {
        value.number = *per_second;
    } else if (const auto whole = parse_count(text)) {
        value.number = static_cast<double>(*whole);
        value.flag = true;
    } else {
        return std::nullopt;
    }
    if (value.number <= 0 || value.number > 1e8) return std::nullopt;
    return value;
}

constexpr Key goal(std::string_view path, Need need, std::string_view doc,
                   void (*set)(Draft&, const Value&)) {
    return {.path = path,
            .type = custom,
            .need = need,
            .doc = doc,
            .set = set,
            .low = 1e-3,
            .high = 1e8,
            .parse = parse_goal,
            .form = "a rate such as 1k/s, or a count such as 500",
            .shape = "[0-9][0-9_]*(\\.[0-9]+)?[kMG]?(/[smh])?"};
}

const Key table[] = {
    {.path = "find",
     .type = map,
     .doc = "Search for the capacity: the run is repeated with a value that is doubled until it no longer "
            "holds, then bisected. Exit code 0 when the capacity is bracketed, 5 when not."},
    {.path = "find.vary",
     .type = text,
     .need = Need::required,
     .doc = "What varies, as `--set` names it: `load.steady.messages`, `population.users`.",
     .set = [](Draft& d, const Value& v) { d.scenario.find.vary = v.text; }},
    goal("find.from", Need::required, "The first value.",
         [](Draft& d, const Value& v) {
             d.scenario.find.from = v.number;
             d.scenario.find.rate = !v.flag;
         }),
    goal("find.to", Need::optional, "The largest value to try.",
         [](Draft& d, const Value& v) {
             d.scenario.find.to = v.number;
             d.scenario.find.to_rate = !v.flag;
         }),
    {.path = "find.while",
     .type = choice,
     .need = Need::fallback,
     .fallback = "slo",
     .doc = "What must hold: every level of `expect.slo`. A run that is wrong ends the search.",
     .words = "slo"},
    {.path = "find.precision",
     .type = share,
     .need = Need::fallback,
     .fallback = "5%",
     .doc = "How near the value that holds and the one that does not must be.",
     .set = [](Draft& d, const Value& v) { d.scenario.find.precision = v.number; },
     .low = 0.001,
     .high = 0.5},
};

void check_find(DraftView& draft) {
    const FindCapacity& find = draft.scenario.find;
    if (find.vary.empty()) return;
    if (find.to < find.from) draft.refuse("find.to", "find.to: below from");
    if (draft.given("find.to") && find.to_rate != find.rate)
        draft.refuse("find.to", "find.to: from and to are two rates or two counts");
    if (draft.scenario.expect.slo.empty())
        draft.refuse("find", "find: nothing says what must hold: expect.slo has no level");
    if (find.vary == "find" || find.vary.starts_with("find."))
        draft.refuse("find.vary", "find.vary: the search cannot vary itself");
}

}  // namespace

KeyPart find_keys() {
    return {table, check_find};
}

}  // namespace hubbub
