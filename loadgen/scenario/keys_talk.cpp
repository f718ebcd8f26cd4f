// The table: what users do about messages.
#include <algorithm>

#include "loadgen/scenario/delay_keys.hpp"
#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

Habits& habits(Draft& draft) {
    return draft.scenario.behaviors.back().habits;
}
ReplyHabit& reply(Draft& draft) {
    return *habits(draft).reply;
}
Delay& reply_delay(Draft& draft) {
    return reply(draft).delay;
}
EditHabit& edit(Draft& draft) {
    return *habits(draft).edit;
}
Delay& edit_delay(Draft& draft) {
    return edit(draft).delay;
}
Delay& react_delay(Draft& draft) {
    return habits(draft).react->delay;
}

const Key reply_table[] = {
    {.path = "behaviors.*.reply",
     .type = map,
     .doc =
         "These users answer messages. Every message, answers too, is answered at most once, by one online "
         "member with this key that is drawn among all.",
     .set = [](Draft& d, const Value&) { habits(d).reply.emplace(); }},
    {.path = "behaviors.*.reply.probability",
     .type = share,
     .need = Need::required,
     .doc = "How often a message that falls to such a user is answered.",
     .set = [](Draft& d, const Value& v) { reply(d).probability = v.number; },
     .high = 1},
    {.path = "behaviors.*.reply.thread",
     .type = share,
     .need = Need::fallback,
     .fallback = "100%",
     .doc = "Share of the answers that hang on their message as a thread; the others are plain messages.",
     .set = [](Draft& d, const Value& v) { reply(d).thread = v.number; },
     .high = 1},
};
constexpr auto reply_delays = delay_keys<"behaviors.*.reply.delay", reply_delay>(
    "From the moment the message was seen to its answer.", Need::fallback, "3s");

const Key edit_table[] = {
    {.path = "behaviors.*.edit",
     .type = map,
     .doc = "These users have second thoughts about their own messages, answers too.",
     .set = [](Draft& d, const Value&) { habits(d).edit.emplace(); }},
    {.path = "behaviors.*.edit.probability",
     .type = share,
     .need = Need::required,
     .doc = "How often an acknowledged message is edited, or taken back.",
     .set = [](Draft& d, const Value& v) { edit(d).probability = v.number; },
     .high = 1},
    {.path = "behaviors.*.edit.erase",
     .type = share,
     .need = Need::fallback,
     .fallback = "0%",
     .doc = "Share of these that are taken back.",
     .set = [](Draft& d, const Value& v) { edit(d).erase = v.number; },
     .high = 1},
};
constexpr auto edit_delays = delay_keys<"behaviors.*.edit.delay", edit_delay>(
    "From the message's acknowledgement to its edit.", Need::fallback, "5s");

const Key react_table[] = {
    {.path = "behaviors.*.react",
     .type = map,
     .doc = "These users react to others' messages.",
     .set = [](Draft& d, const Value&) { habits(d).react.emplace(); }},
    {.path = "behaviors.*.react.probability",
     .type = share,
     .need = Need::required,
     .doc = "How often each of them reacts to a message that it sees.",
     .set = [](Draft& d, const Value& v) { habits(d).react->probability = v.number; },
     .high = 1},
};
constexpr auto react_delays = delay_keys<"behaviors.*.react.delay", react_delay>(
    "From the moment the message was seen to the reaction.", Need::fallback, "1s");

const Key typing_table[] = {
    {.path = "behaviors.*.typing",
     .type = map,
     .doc = "These users are seen typing before they send, in conversations of up to 256 members.",
     .set = [](Draft& d, const Value&) { habits(d).typing.emplace(); }},
    {.path = "behaviors.*.typing.before_send",
     .type = duration,
     .need = Need::fallback,
     .fallback = "2s",
     .doc = "How long before the message.",
     .set = [](Draft& d, const Value& v) { habits(d).typing->before_send = v.span; },
     .high = 60},
};

std::span<const Key> table() {
    static const std::vector<Key> all = [] {
        std::vector<Key> out;
        const auto add = [&out](std::span<const Key> keys) {
            out.insert(out.end(), keys.begin(), keys.end());
        };
        add(reply_table);
        add(reply_delays);
        add(edit_table);
        add(edit_delays);
        add(react_table);
        add(react_delays);
        add(typing_table);
        return out;
    }();
    return all;
}

void check_talk(DraftView& draft) {
    for (const Behavior& behavior : draft.scenario.behaviors) {
        const std::string path = "behaviors." + behavior.name;
        const Habits& own = behavior.habits;
        if (own.reply) check_delay(draft, path + ".reply.delay", own.reply->delay);
        if (own.edit) check_delay(draft, path + ".edit.delay", own.edit->delay);
        if (own.react) check_delay(draft, path + ".react.delay", own.react->delay);
    }
    const auto& behaviors = draft.scenario.behaviors;
    const bool typing = std::any_of(behaviors.begin(), behaviors.end(),
                                    [](const Behavior& one) { return one.habits.typing.has_value(); });
    const auto& slo = draft.scenario.expect.slo;
    for (std::size_t i = 0; i < slo.size(); ++i)
        if (slo[i].metric == "typing" && !typing)
            draft.refuse("expect.slo." + std::to_string(i),
                         slo[i].text + ": nobody is seen typing, because no behavior has `typing`");
}

}  // namespace

KeyPart talk_keys() {
    return {table(), check_talk};
}

}  // namespace hubbub
