// The table, a part: what goes wrong, when, and for whom; and the networks of cohorts.
#include <algorithm>

#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

constexpr Duration expiry_needs = std::chrono::seconds{3};

TimedFault& fault(Draft& draft) {
    return draft.scenario.faults.back();
}

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-';
    });
}

/// steady+1m, or steady.
std::optional<Value> parse_at(std::string_view text) {
    Value value;
    const std::size_t plus = text.find('+');
    value.text = text.substr(0, plus);
    if (!is_name(value.text)) return std::nullopt;
    if (plus == std::string_view::npos) return value;
    const auto offset = parse_duration(text.substr(plus + 1));
    if (!offset) return std::nullopt;
    value.span = *offset;
    return value;
}

const Key table[] = {
    {
        .path = "population.cohorts.*.network",
        .type = network,
        .doc =
            "How far away and how bad: the name of a network (docs/FAULTS.md lists them), or faults that its "
            "connections have all the time, such as `{latency: 80ms, jitter: 30ms, stream: both}`. `stream` "
            "is "
            "the direction: `downstream` (to the device; the default), `upstream` or `both`. Faults that end "
            "or hold connections are healed at the drain.",
        .set = [](Draft& d, const Value& v) { d.scenario.population.cohorts.back().network = v.deed; },
    },
    {.path = "faults",
     .type = list,
     .doc = "What goes wrong, in this order: the first is fault 1. Each must happen to somebody and be felt: "
            "else the run proves nothing (`inconclusive`). At the drain all of them are healed.",
     .high = 100},
    {.path = "faults[]",
     .type = map,
     .doc = "One fault.",
     .set = [](Draft& d, const Value& v) { d.scenario.faults.emplace_back().place = place_of(v); }},
    {.path = "faults[].at",
     .type = custom,
     .need = Need::required,
     .doc = "When it begins: a phase of the load, and how long after its begin.",
     .set =
         [](Draft& d, const Value& v) {
             fault(d).phase = v.text;
             fault(d).offset = v.span;
         },
     .parse = parse_at,
     .form = "a phase and an offset such as steady+1m",
     .shape = "[A-Za-z][A-Za-z0-9_-]*(\\+[0-9][0-9_]*(\\.[0-9]+)?(us|ms|s|m|h))?"},
    {.path = "faults[].for",
     .type = duration,
     .doc = "How long a fault of connections lasts. Without it: until the drain.",
     .set = [](Draft& d, const Value& v) { fault(d).length = v.span; },
     .low = 0.001},
    {
        .path = "faults[].do",
        .type = deed,
        .need = Need::required,
        .doc = "`reset`: cuts connections. `expire_tokens`: what users prove themselves by (`target.auth`) "
               "ends "
               "at once, and the target ends their sessions. Or faults of connections by name, with their "
               "first attribute or a "
               "map "
               "of all: `{latency: 150ms, jitter: 50ms}`, `half_open`, `{frame_drop: {one_in: 50}}`. Or one "
               "fault "
               "of the target: `{kill: server, signal: KILL, restart_after: 3s}`. docs/FAULTS.md lists all.",
        .set = [](Draft& d, const Value& v) { fault(d).deed = v.deed; },
    },
    {.path = "faults[].offline",
     .type = duration,
     .doc = "With `reset`: no dial of those who were chosen succeeds for so long.",
     .set = [](Draft& d, const Value& v) { fault(d).offline = v.span; },
     .low = 0.001},
    {.path = "faults[].over",
     .type = duration,
     .doc =
         "With `reset`: not all at once, but one after the other within so long, as a rolling deploy does.",
     .set = [](Draft& d, const Value& v) { fault(d).over = v.span; },
     .low = 0.001},
    {.path = "faults[].select",
     .type = map,
     .doc = "Whose connections; all that is said must hold. Without it: everybody's."},
    {.path = "faults[].select.cohort",
     .type = name,
     .doc = "Users of this cohort.",
     .set = [](Draft& d, const Value& v) { fault(d).select.cohort = v.text; }},
    {.path = "faults[].select.endpoint",
     .type = count,
     .doc = "Connections to this endpoint, counted from 0 in `target.endpoints`.",
     .set = [](Draft& d, const Value& v) { fault(d).select.endpoint = u32(v); },
     .high = 10'000},
    {.path = "faults[].select.sample",
     .type = share,
     .doc = "A share of the devices, drawn by hash from the seed and the fault's number.",
     .set = [](Draft& d, const Value& v) { fault(d).select.sample = v.number; },
     .low = 1e-9,
     .high = 1},
    {.path = "faults[].select.class",
     .type = choice,
     .doc = "Members of a conversation of this class.",
     .set =
         [](Draft& d, const Value& v) {
             fault(d).select.kind = v.text == "direct"  ? ConversationClass::direct
                                    : v.text == "group" ? ConversationClass::group
                                                        : ConversationClass::channel;
         },
     .words = "direct|group|channel"},
};

class FaultChecks {
  public:
    explicit FaultChecks(DraftView& draft) : draft_(draft), scenario_(draft.scenario) {}

    void check() {
        for (std::size_t i = 0; i < scenario_.faults.size(); ++i)
            one(scenario_.faults[i], "faults." + std::to_string(i));
        for (std::size_t i = 0; i < scenario_.expect.slo.size(); ++i) {
            const auto label = scenario_.expect.slo[i].labels.find("fault");
            if (label == scenario_.expect.slo[i].labels.end()) continue;
            const auto number = parse_count(label->second).value_or(0);
            if (number < 1 || number > scenario_.faults.size())
                draft_.refuse("expect.slo." + std::to_string(i),
                              "no fault " + label->second + ": faults: has " +
                                  std::to_string(scenario_.faults.size()) + ", the first is 1");
        }
    }

  private:
    void one(const TimedFault& fault, const std::string& path) {
        when(fault, path);
        whom(fault, path);
        const bool links = !fault.deed.links.empty();
        if (!links && draft_.given(path + ".for"))
            draft_.refuse(path + ".for", path + ".for: only faults of connections have it");
        for (const char* key : {".offline", ".over"})
            if (!fault.deed.reset && draft_.given(path + key))
                draft_.refuse(path + key, path + key + ": only with do: reset");
        if (fault.deed.expire_tokens) expiry(fault, path);
        if (!fault.deed.target) return;
        if (!scenario_.target.embedded)
            draft_.refuse(path + ".do",
                          path + ".do: " + kind_of(fault.deed) +
                              " needs a target that the run starts itself: start: {server: embedded}");
        if (draft_.given(path + ".select"))
            draft_.refuse(path + ".select", path + ".select: a fault of the target meets everybody");
    }

    void expiry(const TimedFault& fault, const std::string& path) {
        if (!scenario_.target.jwt)
            draft_.refuse(path + ".do",
                          path + ".do: expire_tokens needs target.auth: without tokens none can end");
        if (!scenario_.target.adapter.starts_with("hubbub"))
            draft_.refuse(path + ".do", path +
                                            ".do: expire_tokens needs the adapter hubbub: no other one "
                                            "hands in a newer token on a connection that stands");
        if (fault.offset < expiry_needs)
            draft_.refuse(path + ".at", path +
                                            ".at: expire_tokens needs 3s of its phase before it: everybody "
                                            "is handed a token that ends then");
        if (fault.select.endpoint)
            draft_.refuse(path + ".select.endpoint",
                          path + ".select.endpoint: tokens belong to users, not to endpoints");
    }

    void when(const TimedFault& fault, const std::string& path) {
        std::vector<std::string_view> names;
        for (const Phase& phase : scenario_.phases) {
            if (phase.kind == PhaseKind::drain) continue;
            names.push_back(phase.name);
            if (phase.name != fault.phase) continue;
            if (phase.kind == PhaseKind::load && fault.offset >= phase.length)
                draft_.refuse(path + ".at", path + ".at: the phase is over then");
            return;
        }
        const bool drain = std::any_of(scenario_.phases.begin(), scenario_.phases.end(),
                                       [&](const Phase& phase) { return phase.name == fault.phase; });
        draft_.refuse(path + ".at",
                      path + ".at: " +
                          (drain ? "at the drain all faults are healed"
                                 : "no phase " + quoted(fault.phase) + did_you_mean(fault.phase, names)));
    }

    void whom(const TimedFault& fault, const std::string& path) {
        const FaultSelect& select = fault.select;
        if (!select.cohort.empty()) {
            std::vector<std::string_view> names;
            for (const Cohort& cohort : scenario_.population.cohorts) names.push_back(cohort.name);
            if (std::find(names.begin(), names.end(), select.cohort) == names.end())
                draft_.refuse(path + ".select.cohort",
                              "no cohort " + quoted(select.cohort) + did_you_mean(select.cohort, names));
        }
        const std::size_t endpoints = std::max<std::size_t>(scenario_.target.endpoints.size(), 1);
        if (select.endpoint && *select.endpoint >= endpoints)
            draft_.refuse(path + ".select.endpoint", path + ".select.endpoint: the target has " +
                                                         std::to_string(endpoints) + ", counted from 0");
        const auto& rows = scenario_.topology;
        if (select.kind && std::none_of(rows.begin(), rows.end(),
                                        [&](const TopologyRow& row) { return row.kind == *select.kind; }))
            draft_.refuse(path + ".select.class",
                          path + ".select.class: the topology has no conversation of this class");
    }

    DraftView& draft_;
    const Scenario& scenario_;
};

void check_faults(DraftView& draft) {
    FaultChecks(draft).check();
}

}  // namespace

KeyPart fault_keys() {
    return {table, check_faults};
}

}  // namespace hubbub
