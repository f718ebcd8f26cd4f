// The table, a part: who comes and goes while the load runs.
#include "loadgen/scenario/delay_keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

SessionHabit& session(Draft& draft) {
    return *draft.scenario.behaviors.back().habits.session;
}
Delay& online(Draft& draft) {
    return session(draft).online;
}
Delay& offline(Draft& draft) {
    return session(draft).offline;
}

constexpr auto online_keys = delay_keys<"behaviors.*.session.online", online>(
    "How long a device stays connected; nobody begins a session when the load begins.", Need::required);
constexpr auto offline_keys =
    delay_keys<"behaviors.*.session.offline", offline>("How long it is away then.", Need::required);

const auto table = joined_keys(
    std::array{
        Key{.path = "behaviors.*.session",
            .type = map,
            .doc = "These users close the app and open it again, device by device. What is sent to a device "
                   "while it is planned offline counts as `catch_up`, from its planned return; nobody "
                   "writes while he is planned offline; at the end of the load all come back.",
            .set = [](Draft& d, const Value&) { d.scenario.behaviors.back().habits.session.emplace(); }}},
    online_keys, offline_keys);

/// Shorter ones would be a storm of connections, which has keys of its own.
constexpr Duration shortest = std::chrono::milliseconds{100};

void check(DraftView& draft) {
    for (const Behavior& behavior : draft.scenario.behaviors) {
        if (!behavior.habits.session) continue;
        const std::string path = "behaviors." + behavior.name + ".session.";
        for (const auto& [name, delay] : {std::pair{"online", behavior.habits.session->online},
                                          std::pair{"offline", behavior.habits.session->offline}}) {
            check_delay(draft, path + name, delay);
            if (delay.median < shortest) draft.refuse(path + name, path + name + ": at least 100ms");
        }
    }
}

}  // namespace

KeyPart session_keys() {
    return {table, check};
}

}  // namespace hubbub
