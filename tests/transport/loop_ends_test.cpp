// How links end, and readers that do not read: what a core may rely on when things go wrong.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/transport/loopback.hpp"

namespace hubbub {
namespace {

using testing::ManualClock;
using testing::Server;

// ---- how links end

TEST(LoopEnds, CloseSendsWhatIsQueuedAndThenEndsTheStream) {
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

TEST(LoopEnds, WhatArrivesAfterCloseIsThrownAway) {
    Server server;
    auto [peer, link] = server.upgraded_peer();
    server.loop.close(link);
    EXPECT_TRUE(server.turn_until([&] { return peer.listen(), peer.ended; }));
    peer.say("talking on");
    peer.close();
    EXPECT_TRUE(server.turn_until([&] { return server.owner.ends.size() == 1; }));
    EXPECT_EQ(server.owner.input[link], "");
}

TEST(LoopEnds, APeerThatDoesNotEndItsSideIsClosedAfterTheGrace) {
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

TEST(LoopEnds, AbortEndsAtOnceAndTellsInALaterTurn) {
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

TEST(LoopEnds, TellsAnOrderlyEndFromAReset) {
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

TEST(LoopEnds, AHalfClosedPeerStillGetsWhatCloseFlushes) {
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

TEST(LoopEnds, ThePeersLastWordsAreReadThoughASendHasFailed) {
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

TEST(LoopEnds, CallsOnALinkThatHasEndedDoNothing) {
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

TEST(LoopEnds, SlotsAreReusedAndOldIdsStayDead) {
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

TEST(LoopEnds, EventsOfALinkThatWasAbortedInTheSameTurnAreDropped) {
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

TEST(LoopSlowReader, QueuedBytesGrowForAReaderThatDoesNotReadAndAbortDropsThem) {
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

TEST(LoopSlowReader, ABlockedLinkMakesNoCallsUntilItsPeerReads) {
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
RC_GTEST_PROP(LoopSlowReader, PartialWritesKeepTheOrderOfBytes, ()) {
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

TEST(LoopSlowReader, SleepsAgainOnceABlockedLinkIsFlushed) {
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

}  // namespace
}  // namespace hubbub
