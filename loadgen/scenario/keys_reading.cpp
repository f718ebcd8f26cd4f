// The table, a part of its own: receipts, which say how far a user has received and read.
#include "loadgen/scenario/delay_keys.hpp"
#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

ReadHabit& read(Draft& draft) {
    return *draft.scenario.behaviors.back().habits.read;
}
Delay& read_delay(Draft& draft) {
    return read(draft).delay;
}

/// Until a delay was written: `{}` is a form without one.
constexpr Delay nothing_yet{Duration{-1}, Duration{}};

constexpr std::array<Key, 1> whole = {
    {{.path = "behaviors.*.read",
      .type = KeyType::map,
      .doc = "These users' devices say what they have received, and their users read it after a while.",
      .set = [](Draft& d, const Value&) {
          d.scenario.behaviors.back().habits.read = ReadHabit{nothing_yet};
      }}}};

constexpr auto delay = delay_keys<"behaviors.*.read.delay", read_delay>(
    "From a message's arrival until the user has read it, drawn for each user and message.", Need::required);

void check(DraftView& view) {
    for (const Behavior& behavior : view.scenario.behaviors) {
        if (!behavior.habits.read) continue;
        const std::string path = "behaviors." + behavior.name + ".read.delay";
        if (behavior.habits.read->delay == nothing_yet)
            view.refuse(path, path + ": a median is missing");
        else
            check_delay(view, path, behavior.habits.read->delay);
    }
}

}  // namespace

KeyPart reading_keys() {
    static const auto table = joined_keys(whole, delay);
    return {table, check};
}

}  // namespace hubbub
