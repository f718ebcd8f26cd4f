#include "loadgen/plan/churn.hpp"

#include <algorithm>

#include "loadgen/plan/senders.hpp"
#include "loadgen/plan/sessions.hpp"
#include "protocol/limits.hpp"

namespace hubbub {

ChurnTable::ChurnTable(const Plan& plan, const Random& random, std::vector<std::string>& errors) {
    const bool anybody = std::any_of(plan.habits.begin(), plan.habits.end(),
                                     [](const Habits& habits) { return habits.membership.has_value(); });
    if (!anybody) return;
    const Duration ends = plan.sessions->load_ends();
    for (std::uint32_t c = 0; c < plan.conversations.size(); ++c) {
        if (plan.conversations[c].kind == ConversationClass::direct) continue;
        const Random here = random.child(c);
        const auto online =
            plan.members_of(ConversationIndex{c}).first(plan.online_users_in(ConversationIndex{c}));
        for (std::size_t m = 1; m < online.size(); ++m) {
            const auto& habit = plan.habits_of(online[m]).membership;
            if (!habit || habit->churn <= 0) continue;
            Random own = here.child(online[m].value);
            const StreamIndex stream = *plan.stream_of(plan.device_of(online[m]), ConversationIndex{c});
            Duration at{};
            while (true) {
                at += Duration(static_cast<std::int64_t>(own.exponential(1e9 / habit->churn)));
                if (at >= ends) break;
                const Duration returns = at + habit->away.draw(own);
                times_.push_back({stream, at, returns});
                at = returns;
            }
        }
        if (times_.size() <= limits::absences_max) continue;
        errors.push_back(located(*plan.scenario, plan.scenario->behaviors.front().place,
                                 "behaviors: so much membership churn that more than " +
                                     std::to_string(limits::absences_max) + " memberships end"));
        return;
    }
    std::stable_sort(times_.begin(), times_.end(),
                     [](const TimeOut& a, const TimeOut& b) { return a.stream < b.stream; });
}

std::span<const TimeOut> ChurnTable::of(StreamIndex stream) const {
    const auto first = std::lower_bound(times_.begin(), times_.end(), stream,
                                        [](const TimeOut& time, StreamIndex s) { return time.stream < s; });
    auto last = first;
    while (last != times_.end() && last->stream == stream) ++last;
    return {first, last};
}

}  // namespace hubbub
