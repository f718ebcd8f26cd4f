// The loop against raw peers and against itself: what a core may rely on.
#include "transport/loop.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/transport/loopback.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using testing::Client;
using testing::ManualClock;
using testing::RawPeer;
using testing::Server;
using testing::turn_until;

/// A dialed link and its accepted end.
struct Pair {
    explicit Pair(LoopOptions server_options = {})
        : server(std::move(server_options)), client(Client::towards(server.endpoint())) {
        client.loop.dial(7, 0);
        EXPECT_TRUE(turn([&] { return !client.owner.links.empty() && !server.owner.links.empty(); }));
    }
    bool turn(const std::function<bool()>& done) { return turn_until({&client.loop, &server.loop}, done); }
    [[nodiscard]] LinkId here() const { return client.owner.links.at(0); }
    [[nodiscard]] LinkId there() const { return server.owner.links.at(0); }

    Server server;
    Client client;
};

TEST(Loop, OpensADialedLinkOnBothSidesWithTheTokenOfTheDial) {
    Pair pair;
    EXPECT_EQ(pair.client.owner.tokens, std::vector<std::uint64_t>{7});
    EXPECT_EQ(pair.server.owner.tokens, std::vector<std::uint64_t>{0});
}

TEST(Loop, CarriesBytesBothWaysInOrder) {
    Pair pair;
    pair.client.loop.send(pair.here(), SharedBytes::copy_of("one "));
    pair.client.loop.send(pair.here(), SharedBytes::copy_of("two"));
    pair.server.loop.send(pair.there(), SharedBytes::copy_of("three"));
    EXPECT_TRUE(pair.turn([&] {
        return pair.server.owner.input[pair.there()] == "one two" &&
               pair.client.owner.input[pair.here()] == "three";
    }));
}

TEST(Loop, LeavesToThePeerWhatItsOwnerDoesNotTake) {
    Pair pair;
    pair.client.loop.set_reading(pair.here(), false);
    pair.server.loop.send(pair.there(), SharedBytes::copy_of("later"));
    pair.client.loop.send(pair.here(), SharedBytes::copy_of("meanwhile"));
    EXPECT_TRUE(pair.turn([&] { return pair.server.owner.input[pair.there()] == "meanwhile"; }));
    EXPECT_EQ(pair.client.owner.input[pair.here()], "");
    pair.client.loop.set_reading(pair.here(), true);
    EXPECT_TRUE(pair.turn([&] { return pair.client.owner.input[pair.here()] == "later"; }));
}

TEST(Loop, SendsNothingBeforeTheEndOfTheTurn) {
    Server server;
    auto [peer, link] = server.upgraded_peer();
    server.loop.send(link, SharedBytes::copy_of("frame"));
    peer.listen();
    EXPECT_EQ(peer.messages(), "");
    EXPECT_EQ(server.loop.queued_bytes(link), 5U);
    server.loop.run_turn(Duration::zero());
    EXPECT_EQ(server.loop.queued_bytes(link), 0U);
    EXPECT_TRUE(server.turn_until([&] { return peer.listen(), peer.messages() == "frame"; }));
}

TEST(Loop, SixtyFourFramesOfATurnLeaveInOneCallAndTwoThousandInTwo) {
    Server server;
    auto [peer, link] = server.upgraded_peer();
    const SharedBytes frame = SharedBytes::copy_of(std::string(100, 'x'));
    const auto calls_for = [&, link = link](int frames) {
        const auto before = server.loop.stats().sends.get();
        for (int i = 0; i < frames; ++i) server.loop.send(link, frame);
        EXPECT_TRUE(server.turn_until([&] { return server.loop.queued_bytes(link) == 0; }));
        return server.loop.stats().sends.get() - before;
    };
    EXPECT_EQ(calls_for(1), 1U);
    EXPECT_EQ(calls_for(64), 1U);
    EXPECT_EQ(calls_for(2000), 2U);
    EXPECT_EQ(frame.references(), 1U);
    EXPECT_TRUE(server.turn_until([&] { return peer.listen(), peer.messages().size() == 2065U * 100; }));
}

TEST(Loop, IdleTurnsCostNoCallsOnLinks) {
    Server server;
    auto [peer, link] = server.upgraded_peer();
    server.loop.run_turn(Duration::zero());
    const auto& stats = server.loop.stats();
    const auto before = stats.sends.get() + stats.receives.get();
    for (int i = 0; i < 10; ++i) server.loop.run_turn(Duration::zero());
    EXPECT_EQ(stats.sends.get() + stats.receives.get(), before);
}

TEST(Loop, AThousandLinksEcho) {
    Server server;
    server.owner.on_received = [&](LinkId link, std::string_view bytes) {
        server.loop.send(link, SharedBytes::copy_of(bytes));
    };
    Client client(Client::towards(server.endpoint()));
    constexpr std::uint64_t count = 1000;
    for (std::uint64_t token = 0; token < count; ++token) client.loop.dial(token, 0);
    ASSERT_TRUE(turn_until({&client.loop, &server.loop}, [&] { return client.owner.links.size() == count; }));
    const std::set<std::uint64_t> tokens(client.owner.tokens.begin(), client.owner.tokens.end());
    EXPECT_EQ(tokens.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
        client.loop.send(client.owner.links[i],
                         SharedBytes::copy_of("I am " + std::to_string(client.owner.tokens[i])));
    }
    std::size_t whole = 0;
    EXPECT_TRUE(turn_until({&client.loop, &server.loop}, [&] {
        whole = 0;
        for (std::size_t i = 0; i < count; ++i) {
            whole +=
                client.owner.input[client.owner.links[i]] == "I am " + std::to_string(client.owner.tokens[i]);
        }
        return whole == count;
    }));
    EXPECT_EQ(server.loop.stats().links.get(), count);
    EXPECT_EQ(server.loop.stats().sends.get(), 2 * count) << "the upgrade's answer, and the echo";
}

// ---- turns

TEST(Loop, DrainsItsTasksInTheTurnAfterAWake) {
    struct Mail : LoopTask {
        void drain(Time) override { ++drained; }
        int drained = 0;
    } mail;
    Server server;
    server.loop.add_task(mail);
    server.loop.run_turn(Duration::zero());
    EXPECT_EQ(mail.drained, 0);
    server.loop.wake();
    server.loop.wake();
    server.loop.run_turn(Duration::max());
    server.loop.run_turn(Duration::zero());
    EXPECT_EQ(mail.drained, 1);
}

TEST(Loop, TurnsAtOnceWhenTheOwnerHasWorkLeft) {
    Server server;
    server.owner.deadline = Time::min();
    server.loop.run_turn(Duration::max());
    server.owner.deadline = server.clock.now() + std::chrono::milliseconds{1};
    server.loop.run_turn(Duration::max());
    EXPECT_EQ(server.owner.turns, 2U);
    EXPECT_GE(server.clock.now(), server.owner.deadline);
}

TEST(Loop, DoesNotSleepOnWhatIsLeftToTellOrToSend) {
    Server server;
    auto [peer, link] = server.upgraded_peer();
    server.owner.deadline = server.clock.now() + std::chrono::seconds{10};
    const SharedBytes frame = SharedBytes::copy_of("x");
    for (int i = 0; i < 2000; ++i) server.loop.send(link, frame);
    server.loop.run_turn(Duration::max());
    server.loop.run_turn(Duration::max());
    EXPECT_EQ(server.loop.queued_bytes(link), 0U);
    server.loop.abort(link);
    server.loop.run_turn(Duration::max());
    EXPECT_EQ(server.owner.ends.size(), 1U);
    EXPECT_LT(server.clock.now(), server.owner.deadline);
}

/// A server with so many peers, each of which has said "x"; what it hears takes 0.3 ms of its clock a peer.
struct Crowd {
    explicit Crowd(std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) peers.push_back(server.upgraded_peer().first);
        for (RawPeer& peer : peers) peer.say("x");
        server.owner.on_received = [this](LinkId, std::string_view) { clock.time += 300us; };
    }
    [[nodiscard]] std::size_t heard() const { return server.owner.input.size(); }

    ManualClock clock;
    Server server{{}, &clock};
    std::vector<RawPeer> peers;
};

TEST(Loop, SeesToItsTimersBetweenSlicesOfReading) {
    Crowd crowd(12);
    const auto waits = crowd.server.loop.stats().waits.get();
    std::vector<std::size_t> heard;
    for (int turn = 0; turn < 3; ++turn) {
        crowd.server.loop.run_turn(Duration::max());
        heard.push_back(crowd.heard());
    }
    EXPECT_EQ(heard, (std::vector<std::size_t>{4, 8, 12})) << "1.2 ms each";
    EXPECT_EQ(crowd.server.loop.stats().waits.get(), waits + 1) << "nobody is asked before all are heard";
}

TEST(Loop, DoesNotReadWhatItsOwnerHeldSinceItWasTold) {
    Crowd crowd(12);
    crowd.server.loop.run_turn(Duration::max());
    ASSERT_EQ(crowd.heard(), 4U);
    for (const LinkId link : crowd.server.owner.links) crowd.server.loop.set_reading(link, false);
    for (int turn = 0; turn < 4; ++turn) crowd.server.loop.run_turn(Duration::zero());
    EXPECT_EQ(crowd.heard(), 4U);
    for (const LinkId link : crowd.server.owner.links) crowd.server.loop.set_reading(link, true);
    EXPECT_TRUE(crowd.server.turn_until([&] { return crowd.heard() == 12; }));
}

TEST(Loop, CountsTheTurnsThatAreBeyondTheirBudget) {
    ManualClock clock;
    Server server({}, &clock);
    Duration length{};
    server.owner.on_turn = [&] { clock.time += length; };
    for (const int millis : {0, 1, 2, 3, 40}) {
        length = std::chrono::milliseconds{millis};
        server.loop.run_turn(Duration::zero());
    }
    const LoopStats& stats = server.loop.stats();
    EXPECT_EQ(stats.turns.get(), 5U);
    EXPECT_EQ(stats.slow_turns.get(), 2U) << "3 ms and 40 ms";
    EXPECT_EQ(stats.longest_nanos.get(), 40'000'000U);
    EXPECT_EQ(stats.busy_nanos.get(), 46'000'000U);
    EXPECT_GE(stats.length_quantile(1.0), std::chrono::milliseconds{40});
    EXPECT_LT(stats.length_quantile(0.5), std::chrono::milliseconds{5});
}

}  // namespace
}  // namespace hubbub
