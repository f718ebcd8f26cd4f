// Typing: said some time ahead of every send of the plan; that it is over, the message itself says.
#include <unordered_map>

#include "loadgen/habits/talk.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// Arrivals looked at in one turn, as the worker's own walk does.
constexpr int arrivals_a_turn = 8192;
constexpr Duration next_turn = std::chrono::milliseconds{1};
/// Who said so longer ago is not typing any more, and begins anew: what the others hear then follows from
/// what is said now. Said again before that, nobody need hear it, and a notice may be of either.
constexpr Duration surely_over = limits::typing_ttl + std::chrono::seconds{2};

class Typings final : public Habit {
  public:
    explicit Typings(HabitHost& host) : host_(host) {
        for (const Habits& habits : host.plan().habits)
            if (habits.typing) ahead_ = std::max(ahead_, habits.typing->before_send);
    }
    [[nodiscard]] std::string_view name() const override { return "typing"; }

    void load_begins(std::uint32_t phase, Time start, Duration, Time now) override {
        arrivals_.emplace(host_.plan(), phase);
        next_.reset();
        start_ = start;
        ++walk_;
        walk_on(now);
    }
    void settle(Time) override { arrivals_.reset(); }

    void due(const Deed& deed, Time now) override {
        if (deed.a == walking) {
            if (deed.b == walk_) walk_on(now);
        } else if (arrivals_ || deed.b == walk_) {
            type(StreamIndex{deed.a}, deed.device, now);
        }
    }

    bool heard(DeviceIndex device, const ServerMessage& message, Time now) override {
        const auto* const notice = std::get_if<TypingNotice>(&message);
        if (notice == nullptr) return false;
        const auto conversation = host_.conversation_of(notice->conversation);
        const auto user = host_.plan().user_from(notice->user);
        Checker& checker = host_.checker();
        if (!checker.heard_about(device, conversation, user, now)) return true;
        checker.typing_heard(device, *conversation, *user, now);
        const auto said = said_.find(TalkPlace{conversation->value, user->value}.key());
        if (notice->on && said != said_.end() && said->second.begins)
            checker.noted(Latency::typing, *conversation, said->second.last, now);
        return true;
    }

  private:
    static constexpr std::uint32_t walking = UINT32_MAX;  ///< a deed that is the walk's own
    struct Said {
        Time last{};
        bool begins = false;  ///< with `last`, and not before
    };

    /// The plan's arrivals a second time, as far ahead as the most patient writer begins.
    void walk_on(Time now) {
        for (int looked_at = 0; arrivals_ && looked_at < arrivals_a_turn; ++looked_at) {
            if (!next_) next_ = arrivals_->next();
            if (!next_) return;
            const Time at = start_ + next_->offset;
            if (at - ahead_ > now) return plan_walk(at - ahead_);
            plan_typing(*next_, at, now);
            next_.reset();
        }
        if (arrivals_) plan_walk(now + next_turn);
    }
    void plan_walk(Time at) {
        host_.plan_deed(*this, {at, DeviceIndex{host_.slice().first_device}, walking, walk_});
    }

    void plan_typing(const Arrival& arrival, Time at, Time now) {
        const Plan& plan = host_.plan();
        const std::uint32_t stream = arrival.stream.value;
        if (stream < host_.slice().first_stream || stream >= host_.slice().last_stream) return;
        const DeviceIndex device = plan.stream_device[stream];
        const auto& habit = plan.habits_of(plan.user_of(device)).typing;
        // In large conversations nobody is told, so clients do not say it.
        const auto& conversation = plan.conversations[plan.stream_conversation[stream].index()];
        if (!habit || conversation.member_count > limits::talkative_members_max) return;
        host_.plan_deed(*this, {std::max(at - habit->before_send, now), device, stream, walk_});
    }

    void type(StreamIndex stream, DeviceIndex device, Time now) {
        const Plan& plan = host_.plan();
        const ConversationIndex conversation = plan.stream_conversation[stream.index()];
        if (!host_.say(device, Typing{host_.ready(conversation).id, true}, now)) return;
        const UserIndex user = plan.user_of(device);
        host_.checker().typed(user, conversation);
        const auto [said, first] = said_.try_emplace(TalkPlace{conversation.value, user.value}.key());
        said->second.begins = first || now - said->second.last > surely_over;
        said->second.last = now;
    }

    HabitHost& host_;
    Duration ahead_{};
    std::optional<Arrivals> arrivals_;
    std::optional<Arrival> next_;
    Time start_{};
    std::uint64_t walk_ = 0;  ///< counts the load phases: the deeds of an earlier one are over
    std::unordered_map<std::uint64_t, Said> said_;  ///< by TalkPlace::key(); looked up only
};

}  // namespace

std::unique_ptr<Habit> make_typing_habit(HabitHost& host) {
    if (!host.abilities().talk || !anybody_has(host.plan(), &Habits::typing)) return nullptr;
    return std::make_unique<Typings>(host);
}

}  // namespace hubbub
