// A loop that is out of descriptors: in a child process, whose limit is its own.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>
#include <vector>

#include "tests/transport/loopback.hpp"

namespace hubbub {
namespace {

using testing::Client;
using testing::ManualClock;
using testing::RawPeer;
using testing::Server;

void leave_descriptors(rlim_t free) {
    const Descriptor next(::dup(0));
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = static_cast<rlim_t>(next.get()) + free;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Exit code 0, or the number of the step that went wrong.
int accept_until_exhausted_and_recover() {
    ManualClock clock;
    Server server({}, &clock);
    std::vector<RawPeer> peers;
    for (int i = 0; i < 10; ++i) {
        peers.emplace_back(server.port);
        peers.back().upgrade();
    }
    leave_descriptors(4);
    const LoopStats& stats = server.loop.stats();
    if (!server.turn_until([&] { return server.owner.links.size() == 4; })) return 1;
    if (!server.turn_until([&] { return stats.descriptors_exhausted.get() == 1; })) return 2;
    // One peer was turned away by the emergency descriptor; the others wait in the backlog.
    const auto calls = stats.accepts.get();
    for (int i = 0; i < 10; ++i) server.loop.run_turn(Duration::zero());
    if (stats.accepts.get() != calls) return 3;
    const MonotonicClock real;
    const Time before = real.now();
    server.loop.run_turn(std::chrono::milliseconds{2});
    if (real.now() - before < std::chrono::milliseconds{2}) return 6;  // it spins on the readable backlog
    int turned_away = 0;
    for (RawPeer& peer : peers) {
        peer.listen();
        turned_away += peer.ended ? 1 : 0;
    }
    if (turned_away != 1) return 4;
    for (const LinkId link : server.owner.links) server.loop.abort(link);
    clock.time += std::chrono::seconds{1};
    if (!server.turn_until([&] { return server.owner.links.size() == 8; })) return 5;
    return 0;
}

TEST(LoopDescriptors, AcceptingPausesAndRecovers) {
    EXPECT_EXIT(std::_Exit(accept_until_exhausted_and_recover()), ::testing::ExitedWithCode(0), "");
}

int dial_until_exhausted() {
    Server server;
    Client client(Client::towards(server.endpoint()));
    leave_descriptors(3);
    for (std::uint64_t i = 0; i < 5; ++i) client.loop.dial(i, 0);
    client.loop.run_turn(Duration::zero());
    if (client.owner.failures.size() != 2) return 1;
    for (const auto& failure : client.owner.failures) {
        if (failure.why != LinkEnd::no_descriptors || failure.detail != EMFILE) return 2;
    }
    return client.loop.stats().descriptors_exhausted.get() == 2 ? 0 : 3;
}

TEST(LoopDescriptors, ADialWithoutDescriptorsIsTheGeneratorsOwnLimit) {
    EXPECT_EXIT(std::_Exit(dial_until_exhausted()), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace hubbub
