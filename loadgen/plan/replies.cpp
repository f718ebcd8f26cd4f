#include "loadgen/plan/replies.hpp"

#include <algorithm>
#include <cstdio>

#include "loadgen/plan/churn.hpp"
#include "loadgen/plan/senders.hpp"

namespace hubbub {
namespace {

/// Members drawn until one fits; where few fit, the next one behind a drawn place is taken.
constexpr int tries = 32;
constexpr std::uint32_t body_bytes_without_send = 120;

/// Whose membership ends and begins again does not send there.
bool answers(const Plan& plan, UserIndex user, ConversationIndex conversation) {
    return plan.habits_of(user).reply &&
           !plan.churn->churns(*plan.stream_of(plan.device_of(user), conversation));
}

/// Any online member with the habit but the sender, all alike.
std::optional<UserIndex> who_answers(const Plan& plan, const WrittenMessage& message, Random& draw) {
    const auto members = plan.members_of(message.conversation);
    const std::uint32_t online = plan.online_users_in(message.conversation);
    const UserIndex sender = plan.user_of(message.device);
    const auto fits = [&](UserIndex user) {
        return user != sender && answers(plan, user, message.conversation);
    };
    if (online == 0) return std::nullopt;
    for (int i = 0; i < tries; ++i)
        if (const UserIndex user = members[draw.below(online)]; fits(user)) return user;
    const std::uint64_t start = draw.below(online);
    for (std::uint32_t i = 0; i < online; ++i)
        if (const UserIndex user = members[(start + i) % online]; fits(user)) return user;
    return std::nullopt;
}

/// The probabilities of those who answer in a conversation, equal ones together.
struct Answerers {
    struct Alike {
        double probability;
        double count;
    };
    std::vector<Alike> kinds;
    double count = 0;

    Answerers(const Plan& plan, ConversationIndex conversation) {
        for (const UserIndex user : plan.members_of(conversation)) {
            if (user.value >= plan.online_users) break;
            const auto& reply = plan.habits_of(user).reply;
            if (!reply || !answers(plan, user, conversation)) continue;
            ++count;
            const auto alike = std::find_if(kinds.begin(), kinds.end(), [&](const Alike& kind) {
                return kind.probability == reply->probability;
            });
            if (alike == kinds.end())
                kinds.push_back({reply->probability, 1});
            else
                ++alike->count;
        }
    }
    /// Sum of p / ((n - 1) x + p) over all who answer.
    [[nodiscard]] double sum_at(double x) const {
        double sum = 0;
        for (const Alike& kind : kinds)
            sum += kind.count * kind.probability / ((count - 1) * x + kind.probability);
        return sum;
    }
};

}  // namespace

Random draws_about(const Plan& plan, std::string_view what, const WrittenMessage& message) {
    const std::uint64_t place = std::uint64_t{message.device.value} << 32 | message.conversation.value;
    return Random(mix64(Random(plan.seed).child(what).seed(), place, message.k));
}

std::optional<Answer> answer_of(const Plan& plan, UserIndex user, const WrittenMessage& message) {
    const auto& habit = plan.habits_of(user).reply;
    if (!habit || user == plan.user_of(message.device)) return std::nullopt;
    // The same draws for every member: first the cheap one, which says no most of the time.
    Random draw = draws_about(plan, "reply", message);
    if (!draw.chance(habit->probability)) return std::nullopt;
    Random choice = draw.child("who");
    if (who_answers(plan, message, choice) != user) return std::nullopt;
    Answer answer;
    answer.device = DeviceIndex{plan.device_of(user).value +
                                static_cast<std::uint32_t>(draw.below(plan.devices_of(user)))};
    answer.thread = draw.chance(habit->thread);
    answer.delay = habit->delay.draw(draw);
    answer.body_bytes = body_bytes_of(plan, user, draw);
    return answer;
}

std::uint32_t body_bytes_of(const Plan& plan, UserIndex user, Random& draw) {
    const auto& behaviors = plan.scenario->behaviors;
    for (std::size_t b = 0; b < behaviors.size(); ++b)
        if (behaviors[b].send && (behaviors[b].share >= 1 || plan.part_of[user.index()] == b))
            return plan.senders->behaviors[b].body_bytes(draw);
    return body_bytes_without_send;
}

// M[s][r] = p_r / (n - 1) for r other than s says how many answers of r a message of s brings about. With
// M v = x v it follows that sum p / ((n - 1) x + p) = 1, which falls in x; and for T = M (1 + T), all that
// follow, that S = sum p (1 + T) = (n - 1) A / (1 - A) with A the sum at 1. Who has not the habit is answered
// by one of all n: S / n, which is also the mean where all answer alike.
Branching branching(const Plan& plan, ConversationIndex conversation) {
    const Answerers all(plan, conversation);
    if (all.count == 0) return {};
    if (all.count == 1) return {0, all.kinds.front().probability};  // nobody answers oneself
    double low = 0, high = 1;
    for (int i = 0; i < 40; ++i) {
        const double middle = (low + high) / 2;
        (all.sum_at(middle) > 1 ? low : high) = middle;
    }
    const double at_one = std::min(all.sum_at(1), 1 - 1e-9);
    return {high, (all.count - 1) * at_one / (1 - at_one) / all.count};
}

void check_replies(const Plan& plan, std::vector<std::string>& errors) {
    const Behavior* keenest = nullptr;
    for (const Behavior& behavior : plan.scenario->behaviors)
        if (behavior.habits.reply &&
            (keenest == nullptr || behavior.habits.reply->probability > keenest->habits.reply->probability))
            keenest = &behavior;
    // No ratio is above the largest probability.
    if (keenest == nullptr || keenest->habits.reply->probability < branching_max) return;
    for (std::uint32_t c = 0; c < plan.conversations.size(); ++c) {
        const double ratio = branching(plan, ConversationIndex{c}).ratio;
        if (ratio < branching_max) continue;
        char text[200];
        std::snprintf(text, sizeof text,
                      ".reply.probability: in conversation %u (%s) every answer would bring about %.2f more; "
                      "it must stay below %.1f, or answers take over the load",
                      c, std::string(class_name(plan.conversations[c].kind)).c_str(), ratio, branching_max);
        errors.push_back(located(*plan.scenario, keenest->place, "behaviors." + keenest->name + text));
        return;
    }
}

}  // namespace hubbub
