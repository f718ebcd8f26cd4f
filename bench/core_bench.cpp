// The server's core alone: what a direct message and a fan-out cost one shard between the bytes that come in
// and the frames that go out. CPU time of this thread and allocations; no sockets, no disk.
#include "bench/meter.hpp"
#include "bench/server_rig.hpp"

namespace hubbub::bench {
namespace {

using namespace std::chrono_literals;

const std::string body(128, 'x');

std::string user(std::uint32_t number) {
    return "u" + std::to_string(number);
}

/// A conversation of users [first, first + count), each with a live session.
ConversationId make_conversation(ServerRig& rig, ConversationClass kind, std::uint32_t first,
                                 std::uint32_t count) {
    std::vector<std::string> names;
    for (std::uint32_t u = first; u < first + count; ++u) names.push_back(user(u));
    for (std::uint32_t u = first; u < first + count; ++u) rig.login(u);
    const std::string key = "k" + std::to_string(first);
    const auto created =
        std::get<Created>(rig.ask(first, Create{1, key, kind, {names.begin(), names.end()}}));
    for (std::uint32_t u = first; u < first + count; ++u)
        rig.say(u, Resume{{{created.conversation, created.epoch, created.head}}, false});
    return created.conversation;
}

/// Direct messages over many pairs: `batch` senders' frames arrive in one turn.
void measure_direct(std::uint32_t batch) {
    constexpr std::uint32_t pairs = 1024;
    constexpr std::uint32_t rounds = 60;
    ServerRig rig;
    std::vector<ConversationId> conversations;
    for (std::uint32_t p = 0; p < pairs; ++p)
        conversations.push_back(make_conversation(rig, ConversationClass::direct, 2 * p, 2));
    rig.store.keep = false;

    Meter meter;
    std::uint64_t measured = 0;
    for (std::uint32_t round = 1; round <= rounds; ++round) {
        std::vector<std::string> frames;
        for (std::uint32_t p = 0; p < pairs; ++p)
            frames.push_back(rig.frame(Send{conversations[p], round, body}));
        const auto work = [&] {
            for (std::uint32_t p = 0; p < pairs; ++p) {
                rig.feed(2 * p, frames[p]);
                if ((p + 1) % batch == 0) rig.settle();
            }
        };
        rig.pass(10ms);
        if (round <= rounds / 6) {  // warm: tables have their size
            work();
            continue;
        }
        const std::uint64_t before = rig.links.frames;
        meter.measure(work);
        HUBBUB_ASSERT(rig.links.frames - before == 2 * pairs, "each message is acknowledged and delivered");
        measured += pairs;
    }
    meter.print("core_direct_batch_" + std::to_string(batch), static_cast<double>(measured), "message");
}

/// One room, `receivers` and as many senders as messages arrive in one turn.
void measure_fan_out(std::uint32_t receivers, std::uint32_t in_flight) {
    const std::uint32_t messages = 3840 / in_flight * in_flight;
    ServerRig rig;
    const ConversationId room = make_conversation(rig, ConversationClass::channel, 0, receivers);
    rig.store.keep = false;

    Meter meter;
    std::uint64_t measured = 0;
    for (std::uint32_t sent = 0; sent < messages; sent += in_flight) {
        std::vector<std::string> frames;
        for (std::uint32_t s = 0; s < in_flight; ++s)
            frames.push_back(rig.frame(Send{room, sent / in_flight + 1, body}));
        const auto work = [&] {
            for (std::uint32_t s = 0; s < in_flight; ++s) rig.feed(s, frames[s]);
            rig.settle();
        };
        rig.pass(1ms);
        if (sent < messages / 6) {
            work();
            continue;
        }
        const std::uint64_t before = rig.links.frames;
        meter.measure(work);
        HUBBUB_ASSERT(rig.links.frames - before == std::uint64_t{in_flight} * receivers,
                      "everybody gets every message");
        measured += in_flight;
    }
    const std::string name =
        "core_fanout_1x" + std::to_string(receivers) + "_inflight_" + std::to_string(in_flight);
    meter.print(name, static_cast<double>(measured) * receivers, "delivery");
    print(name + "_message_allocations",
          static_cast<double>(meter.allocations()) / static_cast<double>(measured), "allocations/message");
}

}  // namespace
}  // namespace hubbub::bench

int main() {
    using namespace hubbub::bench;
    measure_direct(1);
    measure_direct(64);
    for (const std::uint32_t in_flight : {1U, 8U, 64U}) measure_fan_out(1000, in_flight);
}
