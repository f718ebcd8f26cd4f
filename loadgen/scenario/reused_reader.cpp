#include "loadgen/scenario/reused_reader.hpp"

#include <algorithm>

#include "loadgen/scenario/reused_setup.hpp"

namespace hubbub {
namespace {

constexpr ConversationClass classes[] = {ConversationClass::direct, ConversationClass::group,
                                         ConversationClass::channel};

/// What the files say, as the topology of a scenario that would create the same.
std::vector<TopologyRow> rows_of(const ReusedSetup& reused, Place place) {
    std::vector<TopologyRow> rows;
    for (const ConversationClass kind : classes) {
        TopologyRow row{kind, 0, UINT32_MAX, 0, place};
        for (const auto& one : reused.conversations) {
            if (one.kind != kind) continue;
            ++row.count;
            row.size_min = std::min(row.size_min, one.member_count);
            row.size_max = std::max(row.size_max, one.member_count);
        }
        if (row.count > 0) rows.push_back(row);
    }
    return rows;
}

/// What the scenario itself says of the topology, against the files.
class Agreement {
  public:
    Agreement(const Draft& draft, const ReusedSetup& reused, DraftView& view)
        : draft_(draft), reused_(reused), view_(view) {}

    void check() {
        const std::uint32_t users = draft_.scenario.users;
        if (view_.given("population.users") && users != reused_.users.size())
            view_.refuse("population.users", "population.users: " + std::to_string(users) +
                                                 ", but the reused file lists " +
                                                 std::to_string(reused_.users.size()));
        if (!view_.given("topology")) return;
        for (const ConversationClass kind : classes) count(kind);
        for (const auto& one : reused_.conversations)
            if (!fits(one)) return misfit(one);
    }

  private:
    void count(ConversationClass kind) {
        std::uint64_t wanted = 0;
        for (const TopologyRow& row : draft_.scenario.topology)
            if (row.kind == kind) wanted += row.count;
        const auto there = std::count_if(reused_.conversations.begin(), reused_.conversations.end(),
                                         [kind](const auto& one) { return one.kind == kind; });
        if (wanted != static_cast<std::uint64_t>(there))
            view_.refuse("topology", "topology: " + std::to_string(wanted) + " conversations of class " +
                                         std::string(name(kind)) + ", but the reused file lists " +
                                         std::to_string(there) + "; `topology` may be left out");
    }
    [[nodiscard]] bool fits(const ReusedSetup::Conversation& one) const {
        const auto& rows = draft_.scenario.topology;
        return std::any_of(rows.begin(), rows.end(), [&](const TopologyRow& row) {
            return row.kind == one.kind && row.size_min <= one.member_count &&
                   one.member_count <= row.size_max;
        });
    }
    void misfit(const ReusedSetup::Conversation& one) {
        view_.refuse("topology", "topology: no row has " + std::string(name(one.kind)) +
                                     " conversations of " + std::to_string(one.member_count) +
                                     " members, as " + reused_.conversations_file + ":" +
                                     std::to_string(one.line) + " lists; `topology` may be left out");
    }

    const Draft& draft_;
    const ReusedSetup& reused_;
    DraftView& view_;
};

}  // namespace

void read_reused(Draft& draft, const LoadOptions& options, ScenarioErrors& errors,
                 std::vector<std::string>& texts) {
    Scenario& scenario = draft.scenario;
    DraftView view(draft, errors);
    Target& target = scenario.target;
    if (!target.reuse) {
        for (const char* const key : {"target.setup.users", "target.setup.members"})
            if (view.given(key))
                view.refuse(key, std::string(key) + ": only `conversations: reuse` reads it");
        return;
    }
    if (target.adapter != "hubbub" && target.adapter != "hubbub-bin")
        view.refuse("target.setup.conversations",
                    "target.setup.conversations: adapter " + target.adapter +
                        " has no word for who is a member and where a log ends, so nothing can be reused");
    for (const Behavior& behavior : scenario.behaviors)
        if (behavior.habits.membership)
            view.refuse("behaviors." + behavior.name + ".membership",
                        "behaviors." + behavior.name +
                            ".membership: who leaves a reused conversation may not come back; it was perhaps "
                            "not created open");
    if (!errors.empty()) return;
    const std::string folder = scenario.file.substr(0, scenario.file.find_last_of('/') + 1);
    NamedText files[] = {{folder + target.users_file, {}}, {folder + target.conversations_file, {}}};
    const char* const keys[] = {"target.setup.users", "target.setup.members"};
    for (std::size_t i = 0; i < 2; ++i) {
        auto text = options.read_file ? options.read_file(files[i].name)
                                      : Result<std::string>(fail("cannot be read here"));
        if (!text.has_value()) {
            view.refuse(view.given(keys[i]) ? keys[i] : "target.setup.conversations",
                        "reuse: " + quoted(files[i].name) + ": " + text.error().message);
            continue;
        }
        files[i].text = std::move(*text);
        texts.push_back(files[i].text);
    }
    if (!errors.empty()) return;
    auto reused = parse_reused(files[0], files[1]);
    if (!reused.has_value()) return view.refuse("target.setup.conversations", reused.error().message);
    if (target.jwt && !reused->tokens.empty())
        return view.refuse("target.auth", "target.auth: the reused file brings tokens already; one of them");
    Agreement(draft, *reused, view).check();
    if (!errors.empty()) return;
    scenario.users = static_cast<std::uint32_t>(reused->users.size());
    scenario.topology = rows_of(*reused, target.reuse_at);
    target.reused = std::make_shared<const ReusedSetup>(std::move(*reused));
}

}  // namespace hubbub
