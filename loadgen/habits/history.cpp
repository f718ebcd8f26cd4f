// Whoever opens the app looks at a conversation, page by page from its newest message backwards; and so
// again, every while. What the pages show is judged at once.
#include <algorithm>
#include <map>

#include "loadgen/habits/habit.hpp"
#include "loadgen/plan/churn.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// Above every number that a conversation can have here.
constexpr Sequence behind_all = UINT32_MAX;
/// Of what this habit draws: "history".
constexpr std::uint64_t history_draws = 0x686973746f7279;

class History final : public Habit {
  public:
    explicit History(HabitHost& host) : host_(host) {}
    [[nodiscard]] std::string_view name() const override { return "history"; }

    // Not all at the same moment: each somewhere within its first while.
    void load_begins(std::uint32_t, Time start, Duration, Time) override {
        loading_ = true;
        const Plan& plan = host_.plan();
        for (std::uint32_t d = host_.slice().first_device; d < host_.slice().last_device; ++d) {
            const DeviceIndex device{d};
            if (!plan.online(device) || plan.conversations_of(device).empty()) continue;
            const auto& habit = plan.habits_of(plan.user_of(device)).history;
            if (!habit || habit->every <= Duration{}) continue;
            const double part = Random(mix64(plan.seed, history_draws, d)).unit();
            const auto wait = static_cast<std::int64_t>(part * static_cast<double>(habit->every.count()));
            plan_next(device, states_[d], start + Duration(wait));
        }
    }
    void settle(Time) override { loading_ = false; }

    void went_live(DeviceIndex device, Time now) override {
        const Plan& plan = host_.plan();
        const auto& habit = plan.habits_of(plan.user_of(device)).history;
        if (!habit || plan.conversations_of(device).empty()) return;
        State& state = states_[device.value];
        look(device, *habit, state, now);
        plan_next(device, state, now + habit->every);
    }

    void lost(DeviceIndex device, Time) override {
        const auto known = states_.find(device.value);
        if (known != states_.end()) known->second.request = 0;
    }

    void due(const Deed& deed, Time now) override {
        State& state = states_[deed.device.value];
        const auto& habit = host_.plan().habits_of(host_.plan().user_of(deed.device)).history;
        state.looks_again = false;
        if (!host_.live(deed.device)) return;  // its return looks again
        if (loading_ && state.request == 0) look(deed.device, *habit, state, now);
        plan_next(deed.device, state, now + habit->every);
    }

    void answered(DeviceIndex device, RequestId id, const ServerMessage& message, Time now) override {
        State& state = states_[device.value];
        if (state.request != id) return;
        state.request = 0;
        const auto* const page = std::get_if<HistoryPage>(&message);
        if (page == nullptr) {
            // Whoever is out by now is refused; that is no error.
            const auto* const rejected = std::get_if<Rejected>(&message);
            if (rejected != nullptr && !(rejected->code == ErrorCode::forbidden && comes_and_goes(state)))
                host_.count_error("history: " + std::string(hubbub::name(rejected->code)));
            return;
        }
        for (const Entry& entry : page->entries) look_at_place(device, entry, now);
        host_.checker().read_page(state.stream, state.promise, state.before, state.asked, *page, now);
        const Sequence first = page->entries.empty() ? 0 : page->entries.front().sequence;
        state.left -= std::min<std::uint32_t>(state.left, static_cast<std::uint32_t>(page->entries.size()));
        if (state.left == 0 || first <= 1 || first >= state.before) return;
        ask(device, state, first, now);
    }

  private:
    struct State {
        RequestId request = 0;  ///< 0: nothing is asked
        StreamIndex stream;
        Sequence before = 0;     ///< of the page under way
        std::uint32_t left = 0;  ///< entries still wanted
        std::uint32_t page = 50;
        std::uint32_t looks = 0;  ///< so far: the draws hang on it
        bool looks_again = false;
        Time asked{};
        Checker::ReadPromise promise{};
    };

    void look(DeviceIndex device, const HistoryHabit& habit, State& state, Time now) {
        const Plan& plan = host_.plan();
        const auto conversations = plan.conversations_of(device);
        Random draw(mix64(plan.seed, history_draws, std::uint64_t{++state.looks} << 32 | device.value));
        state.stream = *plan.stream_of(device, conversations[draw.below(conversations.size())]);
        if (host_.checker().ended(state.stream)) return;  // it is none of his any more
        state.left = habit.on_open;
        state.page = habit.page;
        ask(device, state, behind_all, now);
    }

    void ask(DeviceIndex device, State& state, Sequence before, Time now) {
        state.request = host_.request_id(*this);
        state.before = before;
        state.asked = now;
        state.promise = host_.checker().read_begins(state.stream);
        const ConversationIndex conversation = host_.plan().stream_conversation[state.stream.index()];
        ReadHistory read;
        read.id = state.request;
        read.conversation = host_.ready(conversation).id;
        read.before = before;
        read.limit = std::min(state.left, state.page);
        if (!host_.say(device, read, now)) state.request = 0;
    }

    /// An entry of a conversation that the reader is no member of is a leak, wherever it is shown.
    void look_at_place(DeviceIndex device, const Entry& entry, Time now) {
        if (!host_.abilities().numbers || host_.stream_of(device, entry.conversation)) return;
        const auto conversation = host_.conversation_of(entry.conversation);
        const SeenEntry seen =
            host_.checker().examine(entry, conversation.value_or(ConversationIndex{UINT32_MAX}));
        host_.checker().received_by_stranger(device, seen, now);
    }

    [[nodiscard]] bool comes_and_goes(const State& state) const {
        const Plan& plan = host_.plan();
        const UserIndex user = plan.user_of(plan.stream_device[state.stream.index()]);
        const ConversationIndex conversation = plan.stream_conversation[state.stream.index()];
        return plan.churn->churns(*plan.stream_of(plan.device_of(user), conversation));
    }

    void plan_next(DeviceIndex device, State& state, Time at) {
        const auto& habit = host_.plan().habits_of(host_.plan().user_of(device)).history;
        if (loading_ && habit->every > Duration{} && !state.looks_again)
            state.looks_again = host_.plan_deed(*this, {at, device});
    }

    HabitHost& host_;
    std::map<std::uint32_t, State> states_;  ///< by device; of those that look
    bool loading_ = false;
};

}  // namespace

std::unique_ptr<Habit> make_history(HabitHost& host) {
    if (!anybody_has(host.plan(), &Habits::history) || !host.abilities().history) return nullptr;
    return std::make_unique<History>(host);
}

}  // namespace hubbub
