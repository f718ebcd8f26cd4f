// The loop against raw peers and against itself: what a core may rely on.
#include "transport/loop.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>

#include "tests/transport/loopback.hpp"

namespace hubbub {
namespace {

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

// ---- how links end

TEST(Loop, CloseSendsWhatIsQueuedAndThenEndsTheStream) {
    Server server;
    auto [peer, link] = server.upgraded_peer();
    server.loop.send(link, SharedBytes::copy_of("last words"));
    server.loop.close(link);
    server.loop.send(link, SharedBytes::copy_of("too late"));
    EXPECT_TRUE(server.turn_until([&] { return peer.listen(), peer.ended; }));
    EXPECT_FALSE(peer.reset);
    EXPECT_EQ(peer.messages(), "last words");
    EXPECT_TRUE(server.owner.ends.empty()) << "the peer has not ended its side";
    peer.close();
    EXPECT_TRUE(server.turn_until([&] { return server.owner.ends.size() == 1; }));
    EXPECT_EQ(server.owner.ends[0].link, link);
    EXPECT_EQ(server.owner.ends[0].why, LinkEnd::closed_by_us);
}

TEST(Loop, WhatArrivesAfterCloseIsThrownAway) {
    Server server;
    auto [peer, link] = server.upgraded_peer();
    server.loop.close(link);
    EXPECT_TRUE(server.turn_until([&] { return peer.listen(), peer.ended; }));
    peer.say("talking on");
    peer.close();
    EXPECT_TRUE(server.turn_until([&] { return server.owner.ends.size() == 1; }));
    EXPECT_EQ(server.owner.input[link], "");
}

TEST(Loop, APeerThatDoesNotEndItsSideIsClosedAfterTheGrace) {
    ManualClock clock;
    Server server({}, &clock);
    auto [peer, link] = server.upgraded_peer();
    server.loop.close(link);
    EXPECT_TRUE(server.turn_until([&] { return peer.listen(), peer.ended; }));
    clock.time += limits::close_grace - Duration(1);
    for (int i = 0; i < 3; ++i) server.loop.run_turn(Duration::zero());
    EXPECT_TRUE(server.owner.ends.empty());
    clock.time += Duration(1);
    for (int i = 0; i < 3; ++i) server.loop.run_turn(Duration::zero());
    ASSERT_EQ(server.owner.ends.size(), 1U);
    EXPECT_EQ(server.owner.ends[0].why, LinkEnd::closed_by_us);
    EXPECT_EQ(server.loop.stats().links.get(), 0U);
}

TEST(Loop, AbortEndsAtOnceAndTellsInALaterTurn) {
    Server server;
    auto [peer, link] = server.upgraded_peer();
    bool aborted = false;
    std::size_t ends_in_that_turn = 1;
    server.owner.on_turn = [&, link = link] {
        if (aborted) return;
        aborted = true;
        server.loop.send(link, SharedBytes::copy_of("never sent"));
        server.loop.abort(link);
        server.loop.abort(link);
        ends_in_that_turn = server.owner.ends.size();
    };
    server.loop.run_turn(Duration::zero());
    EXPECT_EQ(ends_in_that_turn, 0U);
    EXPECT_EQ(server.owner.ends.size(), 0U);
    EXPECT_TRUE(server.turn_until([&] { return peer.listen(), peer.ended; }));
    for (int i = 0; i < 5; ++i) server.loop.run_turn(Duration::zero());
    ASSERT_EQ(server.owner.ends.size(), 1U) << "exactly once";
    EXPECT_EQ(peer.messages(), "");
    EXPECT_TRUE(peer.reset);
}

TEST(Loop, TellsAnOrderlyEndFromAReset) {
    Server server;
    auto [polite, first] = server.upgraded_peer();
    auto [rude, second] = server.upgraded_peer();
    polite.close();
    ASSERT_TRUE(server.turn_until([&] { return server.owner.ends.size() == 1; }));
    EXPECT_EQ(server.owner.ends[0].link, first);
    EXPECT_EQ(server.owner.ends[0].why, LinkEnd::closed_by_peer);
    rude.cut_with_reset();
    ASSERT_TRUE(server.turn_until([&] { return server.owner.ends.size() == 2; }));
    EXPECT_EQ(server.owner.ends[1].link, second);
    EXPECT_EQ(server.owner.ends[1].why, LinkEnd::reset);
}

TEST(Loop, AHalfClosedPeerStillGetsWhatCloseFlushes) {
    LoopOptions options;
    options.send_buffer_bytes = 4096;
    Server server(options);
    auto [peer, link] = server.upgraded_peer(4096);
    const std::string long_goodbye(300'000, 'g');
    server.loop.send(link, SharedBytes::copy_of(long_goodbye));
    server.loop.close(link);
    peer.end_own_side();
    EXPECT_TRUE(server.turn_until([&] { return peer.listen(), peer.ended; }));
    EXPECT_EQ(peer.messages(), long_goodbye);
    EXPECT_TRUE(server.turn_until([&] { return server.owner.ends.size() == 1; }));
    EXPECT_EQ(server.owner.ends[0].why, LinkEnd::closed_by_us);
}

TEST(Loop, ThePeersLastWordsAreReadThoughASendHasFailed) {
    Server server;
    auto [peer, link] = server.upgraded_peer();
    server.loop.send(link, SharedBytes::copy_of("never read: the peer's close will be a reset"));
    server.loop.run_turn(Duration::zero());
    bool said = false;
    server.owner.on_turn = [&, &p = peer, id = link] {
        if (std::exchange(said, true)) return;
        p.say("because");
        p.close();
        server.loop.send(id, SharedBytes::copy_of("fails at the end of this turn"));
    };
    server.loop.run_turn(Duration::zero());
    EXPECT_EQ(server.owner.input[link], "") << "the send came before the read";
    EXPECT_EQ(server.loop.queued_bytes(link), 0U);
    EXPECT_TRUE(server.turn_until([&] { return server.owner.ends.size() == 1; }));
    EXPECT_EQ(server.owner.input[link], "because");
    EXPECT_EQ(server.owner.ends[0].why, LinkEnd::reset);
}

TEST(Loop, CallsOnALinkThatHasEndedDoNothing) {
    Server server;
    auto [peer, link] = server.upgraded_peer();
    peer.close();
    ASSERT_TRUE(server.turn_until([&] { return server.owner.ends.size() == 1; }));
    server.loop.send(link, SharedBytes::copy_of("x"));
    server.loop.close(link);
    server.loop.abort(link);
    server.loop.send(LinkId{}, SharedBytes::copy_of("x"));
    EXPECT_EQ(server.loop.queued_bytes(link), 0U);
    for (int i = 0; i < 3; ++i) server.loop.run_turn(Duration::zero());
    EXPECT_EQ(server.owner.ends.size(), 1U);
}

TEST(Loop, SlotsAreReusedAndOldIdsStayDead) {
    Server server;
    std::set<LinkId> seen;
    for (int i = 0; i < 50; ++i) {
        auto [peer, link] = server.upgraded_peer();
        EXPECT_TRUE(seen.insert(link).second);
        EXPECT_EQ(static_cast<std::uint32_t>(link.value), 0U) << "one link at a time needs one slot";
        for (const LinkId old : seen) {
            if (old != link) server.loop.abort(old);
        }
        server.loop.send(link, SharedBytes::copy_of("alive"));
        EXPECT_TRUE(server.turn_until([&, &p = peer] { return p.listen(), p.messages() == "alive"; }));
        peer.close();
        const auto ended = static_cast<std::size_t>(i) + 1;
        EXPECT_TRUE(server.turn_until([&] { return server.owner.ends.size() == ended; }));
    }
}

TEST(Loop, EventsOfALinkThatWasAbortedInTheSameTurnAreDropped) {
    Server server;
    auto [first_peer, first] = server.upgraded_peer();
    auto [second_peer, second] = server.upgraded_peer();
    server.owner.on_received = [&, a = first, b = second](LinkId, std::string_view) {
        server.loop.abort(a);
        server.loop.abort(b);
    };
    first_peer.say("x");
    second_peer.say("x");
    for (int i = 0; i < 5; ++i) server.loop.run_turn(Duration::zero());
    EXPECT_EQ(server.owner.input.size(), 1U) << "both were readable, one was heard";
    EXPECT_EQ(server.owner.ends.size(), 2U);
    EXPECT_EQ(server.loop.stats().links.get(), 0U);
}

// ---- slow readers

TEST(Loop, QueuedBytesGrowForAReaderThatDoesNotReadAndAbortDropsThem) {
    LoopOptions options;
    options.send_buffer_bytes = 4096;
    Server server(options);
    auto [slow, link] = server.upgraded_peer(4096);
    auto [quick, other] = server.upgraded_peer();
    const SharedBytes frame = SharedBytes::copy_of(std::string(10'000, 's'));
    std::size_t queued = 0;
    for (int i = 0; i < 100; ++i) {
        server.loop.send(link, frame);
        server.loop.run_turn(Duration::zero());
        EXPECT_GE(server.loop.queued_bytes(link) + 200'000, queued);
        queued = server.loop.queued_bytes(link);
    }
    EXPECT_GT(queued, 500'000U);
    EXPECT_GT(server.loop.stats().sends_blocked.get(), 0U);
    server.loop.send(other, SharedBytes::copy_of("not disturbed"));
    EXPECT_TRUE(server.turn_until([&, &q = quick] { return q.listen(), q.messages() == "not disturbed"; }));
    server.loop.abort(link);
    EXPECT_EQ(server.loop.queued_bytes(link), 0U);
    EXPECT_EQ(frame.references(), 1U);
    EXPECT_TRUE(server.turn_until([&] { return server.owner.ends.size() == 1; }));
}

TEST(Loop, ABlockedLinkMakesNoCallsUntilItsPeerReads) {
    LoopOptions options;
    options.send_buffer_bytes = 4096;
    Server server(options);
    auto [slow, link] = server.upgraded_peer(4096);
    server.loop.send(link, SharedBytes::copy_of(std::string(400'000, 's')));
    for (int i = 0; i < 20; ++i) server.loop.run_turn(Duration::zero());
    const auto before = server.loop.stats().sends.get();
    for (int i = 0; i < 20; ++i) {
        server.loop.send(link, SharedBytes::copy_of("more"));
        server.loop.run_turn(Duration::zero());
    }
    EXPECT_EQ(server.loop.stats().sends.get(), before);
    EXPECT_TRUE(server.turn_until([&, &p = slow] { return p.listen(), p.messages().size() == 400'080; }));
    EXPECT_EQ(server.loop.queued_bytes(link), 0U);
}

// Whatever the sizes of frames, the moments of turns and the appetite of the reader: the bytes arrive in
// order.
RC_GTEST_PROP(Loop, PartialWritesKeepTheOrderOfBytes, ()) {
    LoopOptions options;
    options.send_buffer_bytes = 4096;
    Server server(options);
    auto [peer, link] = server.upgraded_peer(4096);
    std::string expected;
    char next = 'a';
    const auto steps =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 40'000));
    for (const std::size_t step : steps) {
        const std::string frame(step % 7 == 0 ? step : step % 100, next);
        next = next == 'z' ? 'a' : static_cast<char>(next + 1);
        server.loop.send(link, SharedBytes::copy_of(frame));
        expected += frame;
        if (step % 3 == 0) server.loop.run_turn(Duration::zero());
        if (step % 5 == 0) peer.listen();
    }
    RC_ASSERT(
        server.turn_until([&, &p = peer] { return p.listen(), p.messages().size() >= expected.size(); }));
    RC_ASSERT(peer.messages() == expected);
}

TEST(Loop, SleepsAgainOnceABlockedLinkIsFlushed) {
    LoopOptions options;
    options.send_buffer_bytes = 4096;
    Server server(options);
    auto [slow, link] = server.upgraded_peer(4096);
    server.loop.send(link, SharedBytes::copy_of(std::string(100'000, 's')));
    EXPECT_TRUE(server.turn_until([&, &p = slow] { return p.listen(), p.messages().size() == 100'000; }));
    server.loop.run_turn(Duration::zero());
    // Nothing is due before the deadline, so a single turn must reach it.
    server.owner.deadline = server.clock.now() + std::chrono::milliseconds{2};
    server.loop.run_turn(Duration::max());
    EXPECT_GE(server.clock.now(), server.owner.deadline);
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
