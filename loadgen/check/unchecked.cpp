#include "loadgen/check/unchecked.hpp"

#include <algorithm>

namespace hubbub {
namespace {

constexpr std::string_view no_answer = "the backend tells no sender that a message was taken";
constexpr std::string_view no_talk = "the backend has no word for it";
constexpr std::string_view no_receipts = "the backend tells nobody what others have received and read";
constexpr std::string_view no_sequence = "the backend shows no sequence numbers";
constexpr std::string_view no_presence = "the backend does not show who is there";

class ExpectationChecks {
  public:
    ExpectationChecks(const Scenario& scenario, const BackendAbilities& abilities)
        : scenario_(scenario), abilities_(abilities), unchecked_(unchecked(abilities)) {}

    std::vector<std::string> check() {
        const Expect& expect = scenario_.expect;
        if (expect.delivery != DeliveryMode::at_most_once && !abilities_.answers_sends())
            refuse(expect.delivery_at, "expect.delivery", no_answer,
                   "only `delivery: at_most_once` can be checked");
        const bool needs_sequence =
            expect.order == OrderMode::conversation || expect.order == OrderMode::causal;
        if (needs_sequence && !abilities_.sequence)
            refuse(expect.order_at, "expect.order", no_sequence,
                   "`order: sender` can be checked on a sample, `order: none` asks for nothing");
        for (const Slo& slo : expect.slo) check(slo);
        for (const Slo& slo : expect.abort_on) check(slo);
        for (const Behavior& behavior : scenario_.behaviors) check(behavior);
        return std::move(out_);
    }

  private:
    void check(const Slo& slo) {
        if (slo.figure.empty()) {
            for (const Unchecked& one : unchecked_)
                if (slo.metric == one.counter) refuse(slo.at, slo.text, one.because, "remove the line");
        }
        if (slo.metric == "presence" && !slo.figure.empty() && !abilities_.presence)
            refuse(slo.at, slo.text, no_presence, "remove the line");
        if (slo.metric == "ack" && !abilities_.answers_sends())
            refuse(slo.at, slo.text, no_answer, "remove the line");
        if (slo.metric == "receipt" && !abilities_.receipts)
            refuse(slo.at, slo.text, no_receipts, "remove the line");
        const bool of_reading = slo.metric == "receipt" || slo.metric == "receipts";
        if (of_reading && abilities_.receipts && !somebody_reads_)
            refuse(slo.at, slo.text, "nobody reads", "give a behavior `read` or remove the line");
    }

    /// What users cannot do there is refused, not left out.
    void check(const Behavior& behavior) {
        const std::string path = "behaviors." + behavior.name;
        if (behavior.habits.membership && !(abilities_.membership && abilities_.sequence))
            refuse(behavior.place, path + ".membership", "the backend shows no positions of joins and leaves",
                   "remove the key");
        if (behavior.habits.session && !abilities_.resume)
            refuse(behavior.place, path + ".session",
                   "the backend does not show what was missed by a device that was away",
                   "remove the key: everything sent meanwhile would count as lost");
        if (behavior.habits.presence && !abilities_.presence)
            refuse(behavior.place, path + ".presence", no_presence, "remove the key");
        if (behavior.habits.read && !abilities_.receipts)
            refuse(behavior.place, path + ".read", no_receipts, "remove the key");
        if (abilities_.talk) return;
        if (behavior.habits.reply && behavior.habits.reply->thread > 0)
            refuse(behavior.place, path + ".reply.thread", no_talk, "only `thread: 0%` can be played");
        if (behavior.habits.edit) refuse(behavior.place, path + ".edit", no_talk, "remove the key");
        if (behavior.habits.react) refuse(behavior.place, path + ".react", no_talk, "remove the key");
        if (behavior.habits.typing) refuse(behavior.place, path + ".typing", no_talk, "remove the key");
    }

    void refuse(const Place& place, const std::string& what, std::string_view why,
                const std::string& advice) {
        const Place at = place.line == 0 ? Place{1, 1, 0} : place;
        const auto& sources = scenario_.sources;
        const std::string& file = at.source < sources.size() ? sources[at.source] : scenario_.file;
        out_.push_back(file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + what +
                       ": " + std::string(why) + " (adapter " + scenario_.target.adapter + "), so " + advice);
    }

    const Scenario& scenario_;
    const BackendAbilities& abilities_;
    const std::vector<Unchecked> unchecked_;
    const bool somebody_reads_ =
        std::any_of(scenario_.behaviors.begin(), scenario_.behaviors.end(),
                    [](const Behavior& behavior) { return behavior.habits.read.has_value(); });
    std::vector<std::string> out_;
};

}  // namespace

std::vector<Unchecked> unchecked(const BackendAbilities& abilities) {
    std::vector<Unchecked> out;
    if (!abilities.history) out.push_back({"history", "the backend shows no history"});
    if (!abilities.membership)
        out.push_back({"leaked", "the backend shows no positions of joins and leaves"});
    if (!abilities.answers_sends()) out.push_back({"lost", no_answer});
    if (!abilities.talk) out.push_back({"reactions", no_talk});
    if (!abilities.receipts) out.push_back({"receipts", no_receipts});
    if (!abilities.sequence)
        for (const std::string_view counter :
             {"gap_live", "gap_healed", "duplicate_raw", "disagreement", "causality", "resume"})
            out.push_back({counter, no_sequence});
    if (!abilities.presence) out.push_back({"presence", no_presence});
    return out;
}

std::vector<std::string> cannot_expect(const Scenario& scenario, const BackendAbilities& abilities) {
    return ExpectationChecks(scenario, abilities).check();
}

}  // namespace hubbub
