// Presence in the server's core alone: what a beat costs from the bytes that come in, timers of silence
// included; and what a change costs a watcher. CPU time of this thread and allocations; no sockets, no disk.
#include "bench/meter.hpp"
#include "bench/server_rig.hpp"

namespace hubbub::bench {
namespace {

using namespace std::chrono_literals;

/// As many as one shard of a machine with few descriptors has; beats of all of them come every 4 s.
void measure_beats(std::uint32_t users) {
    ServerRig rig;
    for (std::uint32_t u = 0; u < users; ++u) rig.login(u);
    rig.store.keep = false;
    const std::string beat = rig.frame(Beat{});
    std::vector<std::string> frames(users);
    constexpr std::uint32_t a_turn = 64;  // beats that came while the loop did something else
    constexpr int rounds = 25;
    Meter meter;
    for (int round = 0; round < rounds; ++round) {
        for (std::string& frame : frames) frame = beat;  // reading unmasks in place
        meter.measure([&] {
            for (std::uint32_t u = 0; u < users; ++u) {
                rig.feed(u, frames[u]);
                if ((u + 1) % a_turn != 0) continue;
                rig.pass(std::chrono::nanoseconds(4s) * a_turn / users);
                rig.settle();
            }
        });
    }
    HUBBUB_ASSERT(rig.counters().silent.get() == 0 && rig.counters().presence_away.get() == 0,
                  "all beats were in time");
    meter.print("presence_beat_" + std::to_string(users), static_cast<double>(users) * rounds, "beat");
}

/// One user of `watchers` changes to and fro.
void measure_watchers(std::uint32_t watchers) {
    ServerRig rig;
    for (std::uint32_t u = 0; u <= watchers; ++u) rig.login(u);
    for (std::uint32_t u = 1; u <= watchers; ++u) rig.say(u, Watch{1, {"u0"}, true});
    rig.store.keep = false;
    constexpr std::uint32_t changes = 100;
    Meter meter;
    for (std::uint32_t change = 0; change < changes; ++change) {
        rig.pass(1100ms);
        for (std::uint32_t u = 0; u <= watchers; ++u) {
            if (change % 4 != 0) break;
            std::string beat = rig.frame(Beat{});
            rig.feed(u, beat);
        }
        std::string frame =
            rig.frame(SetPresence{1, change % 2 == 0 ? PresenceState::away : PresenceState::online});
        const std::uint64_t before = rig.counters().presence_notices.get();
        meter.measure([&] {
            rig.feed(0, frame);
            rig.settle();
        });
        HUBBUB_ASSERT(rig.counters().presence_notices.get() - before == watchers, "all are told");
    }
    meter.print("presence_change_" + std::to_string(watchers), static_cast<double>(watchers) * changes,
                "notice");
}

}  // namespace
}  // namespace hubbub::bench

int main() {
    using namespace hubbub::bench;
    for (const std::uint32_t users : {1'000U, 20'000U, 200'000U}) measure_beats(users);
    for (const std::uint32_t watchers : {100U, 10'000U}) measure_watchers(watchers);
}
