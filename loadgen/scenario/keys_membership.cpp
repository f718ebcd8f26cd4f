// The table, a part: whose memberships end and begin again.
#include "loadgen/scenario/delay_keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

MembershipHabit& membership(Draft& draft) {
    return *draft.scenario.behaviors.back().habits.membership;
}
Delay& away(Draft& draft) {
    return membership(draft).away;
}

/// 0.1%/min: a share a time.
std::optional<Value> parse_churn(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto share = parse_share(text.substr(0, slash));
    const std::string_view unit = text.substr(slash + 1);
    const double seconds = unit == "s" ? 1 : unit == "m" || unit == "min" ? 60 : unit == "h" ? 3600 : 0;
    if (!share || *share <= 0 || seconds == 0) return std::nullopt;
    Value value;
    value.number = *share / seconds;
    return value;
}

constexpr auto away_keys =
    delay_keys<"behaviors.*.membership.away", away>("How long until it begins again.", Need::fallback, "10s");

const auto table = joined_keys(
    std::array{
        Key{.path = "behaviors.*.membership",
            .type = map,
            .doc = "Memberships of these users in groups and channels end, by `leave`, and begin again, by "
                   "`join`, "
                   "while the load runs. Who is in gets every entry, who is out none; the first online "
                   "member of "
                   "every conversation stays. A membership that ends does not send.",
            .set = [](Draft& d, const Value&) { d.scenario.behaviors.back().habits.membership.emplace(); }},
        Key{.path = "behaviors.*.membership.churn",
            .type = custom,
            .need = Need::required,
            .doc = "Share of the memberships that end in a time.",
            .set = [](Draft& d, const Value& v) { membership(d).churn = v.number; },
            .low = 1e-9,
            .high = 1,
            .parse = parse_churn,
            .form = "a share a time such as 0.1%/min or 5%/s",
            .shape = "[0-9]+(\\.[0-9]+)?%/(s|m|min|h)"}},
    away_keys);

void check(DraftView& draft) {
    for (const Behavior& behavior : draft.scenario.behaviors)
        if (behavior.habits.membership)
            check_delay(draft, "behaviors." + behavior.name + ".membership.away",
                        behavior.habits.membership->away);
}

}  // namespace

KeyPart membership_keys() {
    return {table, check};
}

}  // namespace hubbub
