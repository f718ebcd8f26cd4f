// What the table cannot say about a scenario: how its values must fit together. What belongs to one part of
// the table alone stands with that part.
#include <algorithm>

#include "loadgen/scenario/table_reader.hpp"

namespace hubbub {
namespace {

class DraftChecks {
  public:
    explicit DraftChecks(DraftView& view) : view_(view), scenario_(view.scenario) {}

    void check() {
        population();
        target();
        topology();
        behaviors();
        load();
        slo();
    }

  private:
    void population() {
        if (!given("population") && !scenario_.target.reused)
            refuse("", "missing key 'population': expected a map");
        else if (scenario_.users == 0)
            refuse("population",
                   "missing key 'users' in population: expected a count such as 500, 12_000 or 50k");
        if (scenario_.online > scenario_.users)
            refuse("population.online", std::to_string(scenario_.online) + " of " +
                                            std::to_string(scenario_.users) + " users cannot be online");
    }

    void target() {
        if (!scenario_.target.embedded && scenario_.target.endpoints.empty())
            refuse("target", "expected endpoints, or start: {server: embedded}");
        const bool mapped = scenario_.target.adapter == "json-ws";
        if (mapped && scenario_.target.mapping.empty())
            refuse("target.adapter", "adapter json-ws needs mapping: FILE (docs/ADAPTERS.md)");
        if (!mapped && !scenario_.target.mapping.empty())
            refuse("target.mapping", "only adapter json-ws has a mapping");
        if (mapped && scenario_.target.embedded)
            refuse("target.start", "the embedded server speaks hubbub: adapter json-ws needs endpoints");
        if (scenario_.target.embedded && !scenario_.target.endpoints.empty())
            refuse("target.endpoints",
                   "the embedded server brings its own endpoint: give endpoints or start, not both");
    }

    void topology() {
        if (scenario_.topology.empty()) refuse("", "missing key 'topology': expected a list");
        if (scenario_.target.reused) return;  // it is what the files say
        for (std::size_t i = 0; i < scenario_.topology.size(); ++i) {
            const TopologyRow& row = scenario_.topology[i];
            const std::string path = "topology." + std::to_string(i);
            if (row.kind != ConversationClass::direct && !given(path + ".size"))
                refuse(path, path + ": groups and channels need a size");
            if (row.kind == ConversationClass::direct && (row.size_min != 2 || row.size_max != 2))
                refuse(path + ".size", "a direct conversation has 2 members");
            const bool law = given(path + ".size.lognormal");
            if (!law && given(path + ".size.min") != given(path + ".size.max"))
                refuse(path + ".size", path + ".size: min and max belong together");
            if (law && row.size_p99 < row.size_median)
                refuse(path + ".size.lognormal", path + ".size.lognormal: p99 is below the median");
            if (row.size_min > row.size_max) refuse(path + ".size", path + ".size: min is above max");
            if (row.size_max > scenario_.users)
                refuse(path + ".size", path + ".size: " + std::to_string(row.size_max) +
                                           " members, but the population has " +
                                           std::to_string(scenario_.users) + " users");
        }
    }

    void behaviors() {
        double disjoint = 0;
        for (const Behavior& behavior : scenario_.behaviors) {
            const std::string path = "behaviors." + behavior.name;
            if (behavior.share < 1) disjoint += behavior.share;
            if (disjoint > 1 + 1e-9) {
                refuse(path + ".share", "the shares below 100% add up to more than 100%");
                disjoint = 0;
            }
            if (!behavior.send) continue;
            const double sum = behavior.send->to_direct + behavior.send->to_group + behavior.send->to_channel;
            if (sum < 1 - 1e-9 || sum > 1 + 1e-9)
                refuse(path + ".send.to", path + ".send.to: the shares must add up to 100%");
            if (behavior.send->bytes.p99 < behavior.send->bytes.p50)
                refuse(path + ".send.bytes", path + ".send.bytes: p99 is below p50");
            class_present(path + ".send.to.direct", behavior.send->to_direct, ConversationClass::direct);
            class_present(path + ".send.to.group", behavior.send->to_group, ConversationClass::group);
            class_present(path + ".send.to.channel", behavior.send->to_channel, ConversationClass::channel);
        }
    }

    void class_present(const std::string& path, double share, ConversationClass kind) {
        const auto& rows = scenario_.topology;
        const bool there =
            std::any_of(rows.begin(), rows.end(), [&](const TopologyRow& r) { return r.kind == kind; });
        if (share > 0 && !there) refuse(path, path + ": the topology has no conversation of this class");
    }

    void load() {
        const auto& phases = scenario_.phases;
        for (std::size_t i = 0; i < phases.size(); ++i) phase(i, "load." + std::to_string(i));
        const auto is = [&](std::size_t i, PhaseKind kind) { return phases[i].kind == kind; };
        for (std::size_t i = 0; i < phases.size(); ++i) {
            const std::string path = "load." + std::to_string(i);
            if (is(i, PhaseKind::connect) != (i == 0))
                refuse(path,
                       "the first phase, and only it, connects: {phase: connect, ramp: 500/s, until: "
                       "population}");
            if (is(i, PhaseKind::drain) != (i + 1 == phases.size()))
                refuse(path, "the last phase, and only it, drains: {phase: drain, settle: 30s}");
        }
    }

    void phase(std::size_t i, const std::string& path) {
        const Phase& phase = scenario_.phases[i];
        for (std::size_t j = 0; j < i; ++j) {
            if (scenario_.phases[j].name == phase.name)
                refuse(path + ".phase", "a second phase named " + quoted(phase.name));
        }
        const int kinds = (given(path + ".ramp") ? 1 : 0) + (given(path + ".for") ? 1 : 0) +
                          (given(path + ".settle") ? 1 : 0);
        if (kinds != 1) {
            refuse(path, path + ": expected one of ramp (it connects), for (it loads) or settle (it drains)");
            return;
        }
        if (phase.kind != PhaseKind::connect) unfit(path, "until", "connects");
        if (phase.kind == PhaseKind::load) {
            unfit(path, "max_duration", "connects or drains");
            streams(phase, path);
            return;
        }
        for (const std::string_view key : {"measure", "messages", "arrivals", "streams"})
            unfit(path, key, "loads");
    }

    void unfit(const std::string& path, std::string_view key, std::string_view only) {
        const std::string full = path + "." + std::string(key);
        if (given(full)) refuse(full, full + ": only a phase that " + std::string(only) + " has it");
    }

    void streams(const Phase& phase, const std::string& path) {
        if (given(path + ".messages") && given(path + ".streams"))
            refuse(path + ".streams", path + ": messages or streams, not both");
        if (given(path + ".arrivals") && !given(path + ".messages"))
            refuse(path + ".arrivals", path + ".arrivals: messages are missing");
        if (!given(path + ".streams")) {
            for (const SendStream& stream : phase.streams) sender(stream, path + ".messages");
            return;
        }
        const std::size_t own =
            given(path + ".messages") ? 1 : 0;  // an error already, but it shifts the rest
        for (std::size_t i = own; i < phase.streams.size(); ++i)
            stream(phase, phase.streams[i], path + ".streams." + std::to_string(i - own));
    }

    void stream(const Phase& phase, const SendStream& stream, const std::string& path) {
        sender(stream, given(path + ".behavior") ? path + ".behavior" : path);
        const int kinds = (given(path + ".messages") ? 1 : 0) + (given(path + ".burst") ? 1 : 0) +
                          (given(path + ".sine") ? 1 : 0) + (given(path + ".replay") ? 1 : 0);
        if (kinds != 1) refuse(path, path + ": expected one of messages, burst, sine or replay");
        if (given(path + ".burst") != given(path + ".at"))
            refuse(path, path + ": burst and at belong together");
        if (given(path + ".burst") && given(path + ".arrivals"))
            refuse(path + ".arrivals", path + ".arrivals: a burst comes at once");
        if (given(path + ".at") && stream.at >= phase.length)
            refuse(path + ".at", path + ".at: the phase is over then");
    }

    void sender(const SendStream& stream, const std::string& path) {
        const auto& all = scenario_.behaviors;
        const bool found = std::any_of(all.begin(), all.end(), [&](const Behavior& b) {
            return b.send && (stream.behavior.empty() || b.name == stream.behavior);
        });
        if (found) return;
        if (stream.behavior.empty()) {
            refuse(path, path + ": no behavior has `send`");
            return;
        }
        std::vector<std::string_view> names;
        for (const Behavior& behavior : all)
            if (behavior.send) names.push_back(behavior.name);
        refuse(path, "no behavior " + quoted(stream.behavior) + " with `send`" +
                         did_you_mean(stream.behavior, names));
    }

    void slo() {
        for (std::size_t i = 0; i < scenario_.expect.slo.size(); ++i) {
            cohort(i);
            const auto label = scenario_.expect.slo[i].labels.find("phase");
            if (label == scenario_.expect.slo[i].labels.end()) continue;
            std::vector<std::string_view> names;
            for (const Phase& phase : scenario_.phases)
                if (phase.kind == PhaseKind::load && phase.measure) names.push_back(phase.name);
            if (std::find(names.begin(), names.end(), label->second) == names.end())
                refuse("expect.slo." + std::to_string(i), "no measured load phase " + quoted(label->second) +
                                                              did_you_mean(label->second, names));
        }
    }

    void cohort(std::size_t i) {
        const auto label = scenario_.expect.slo[i].labels.find("cohort");
        if (label == scenario_.expect.slo[i].labels.end()) return;
        std::vector<std::string_view> names;
        for (const Cohort& one : scenario_.population.cohorts) names.push_back(one.name);
        if (std::find(names.begin(), names.end(), label->second) == names.end())
            refuse("expect.slo." + std::to_string(i),
                   "no cohort " + quoted(label->second) + did_you_mean(label->second, names));
    }

    [[nodiscard]] bool given(const std::string& path) const { return view_.given(path); }
    void refuse(std::string path, std::string what) { view_.refuse(std::move(path), std::move(what)); }

    DraftView& view_;
    const Scenario& scenario_;
};

}  // namespace

void DraftView::refuse(std::string path, std::string what) {
    while (!path.empty() && !given(path))
        path.resize(path.find('.') == std::string::npos ? 0 : path.rfind('.'));
    errors_.add(path.empty() ? Mark{} : draft_.given.at(path), std::move(what));
}

void check_draft(const Draft& draft, ScenarioErrors& errors) {
    DraftView view(draft, errors);
    DraftChecks(view).check();
    for (const KeyPart& part : key_parts())
        if (part.check != nullptr) part.check(view);
}

}  // namespace hubbub
