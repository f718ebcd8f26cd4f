// What goes first where a reader is too slow: typing and presence, then receipts; what is conflated, what is
// kept because it was promised.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/slow_readers_fixture.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Shed : SlowReaders {
    Shed() : SlowReaders(SlowReaderPolicy::shed) {}
    void types(int times) {
        for (int i = 0; i < times; ++i) {
            ann.say(Typing{c, i % 2 == 0});
            world.pass(limits::typing_gap);
            bob.say(Beat{});
            ann.say(Beat{});
        }
    }
    void reads_on(Sequence from, Sequence until) {
        for (Sequence q = from; q <= until; ++q) {
            ann.say(Receipt{c, q, q});
            world.pass(limits::receipt_window);
        }
        bob.say(Beat{});
        ann.say(Beat{});
    }
};

TEST_F(Shed, TypingGoesBeforeReceiptsAndReceiptsBeforeEntries) {
    say(20);  // more than half of the bound: it is slow from here
    types(6);
    reads_on(2, 7);
    EXPECT_EQ(total(&ShardCounters::slow_readers), 1U);
    EXPECT_EQ(total(&ShardCounters::slow_dropped_notices), 0U) << "there is room yet";
    int more = 0;
    while (total(&ShardCounters::slow_dropped_states) == 0 && ++more < 50) say(1);
    EXPECT_EQ(total(&ShardCounters::slow_dropped_notices), 6U) << "all of them, before the first receipt";
    EXPECT_EQ(total(&ShardCounters::slow_dropped_entries), 0U);
    while (total(&ShardCounters::slow_dropped_entries) == 0 && ++more < 100) say(1);
    EXPECT_EQ(total(&ShardCounters::slow_dropped_states), 6U) << "all of them, before the first entry";
    bob_reads();
    EXPECT_THAT(bob.typing, IsEmpty());
    EXPECT_THAT(bob.receipts, IsEmpty());
    EXPECT_THAT(bob.skipped, SizeIs(1));
    EXPECT_FALSE(heard[c].broken);
    EXPECT_EQ(heard[c].last, sent + 1);
}

TEST_F(Shed, PresenceGoesAsTypingDoes) {
    bob.say(Watch{1, {"ann"}, true});
    world.settle();
    say(20);
    for (int i = 0; i < 3; ++i) {
        ann.say(
            SetPresence{static_cast<RequestId>(i + 1), i % 2 ? PresenceState::online : PresenceState::away});
        world.pass(1100ms);
    }
    say(40);
    bob_reads();
    EXPECT_EQ(total(&ShardCounters::slow_dropped_notices), 3U);
    EXPECT_THAT(bob.presence, ElementsAre("ann online")) << "what was told before it was slow";
    EXPECT_THAT(bob.done, SizeIs(1));
}

// ---- conflate

struct Conflates : SlowReaders {
    Conflates() : SlowReaders(SlowReaderPolicy::conflate) {}
    void reads_on(Client& who, Sequence from, Sequence until) {
        for (Sequence q = from; q <= until; ++q) {
            who.say(Receipt{c, q, q});
            world.pass(limits::receipt_window);
        }
    }
};

TEST_F(Conflates, ManyReceiptsOfOneUserBecomeTheNewest) {
    say(20);
    reads_on(ann, 2, 12);
    bob_reads();
    EXPECT_THAT(bob.receipts, ElementsAre(Marks{c, "ann", 12, 12}));
    EXPECT_EQ(total(&ShardCounters::slow_conflated), 10U);
    EXPECT_EQ(total(&ShardCounters::slow_dropped_states), 0U);
}

TEST_F(Conflates, NoticesAboutDifferentThingsStayApart) {
    say(20);
    ann.say(React{1, c, 2, "heart", true});
    ann.say(React{2, c, 2, "thumb", true});
    ann.say(React{3, c, 3, "heart", true});
    world.settle();
    ann.say(React{4, c, 2, "heart", false});
    ann.say(Typing{c, true});
    world.settle();
    bob_reads();
    EXPECT_THAT(bob.reactions,
                ElementsAre(ReactionSaid{2, "ann", "heart", false}, ReactionSaid{2, "ann", "thumb", true},
                            ReactionSaid{3, "ann", "heart", true}));
    EXPECT_THAT(bob.typing, ElementsAre(TypingSaid{c, "ann", true}));
}

TEST_F(Conflates, EntriesCutTheReaderAsWithDisconnect) {
    int before = 0;
    while (bob.connected() && before++ < 100) say(1);
    EXPECT_EQ(bob.cuts, 1U);
    EXPECT_GT(before, 20);
    EXPECT_EQ(world.counters(1).rejected(ErrorCode::slow_reader), 1U);
    EXPECT_EQ(total(&ShardCounters::slow_dropped_entries), 0U);
    EXPECT_EQ(total(&ShardCounters::slow_readers), 0U);
}

TEST_F(Conflates, OneAnswerAmongTooManyEntriesSavesNobody) {
    say(16);
    bob.send(c, 1, "mine");  // its ack waits with them
    int more = 0;
    while (bob.connected() && ++more < 100) say(1);
    EXPECT_EQ(bob.cuts, 1U);
    EXPECT_LT(more, 20);
}

TEST_F(Conflates, WhatIsBesideTheLogGoesBeforeTheReaderIsCut) {
    say(16);
    int request = 0;
    while (total(&ShardCounters::slow_dropped_states) == 0 && ++request < 300) {
        ann.say(React{static_cast<RequestId>(request), c, 2 + static_cast<Sequence>(request % 15),
                      "s" + std::to_string(request / 15), true});
        for (Client* client : {&ann, &bob}) client->say(Beat{});
        world.settle();
    }
    EXPECT_TRUE(bob.connected());
    EXPECT_GT(total(&ShardCounters::slow_dropped_states), 0U);
}

TEST(ConflatedCounts, OfReactionsSayWhatEachOfThemSaid) {
    World world(with(SlowReaderPolicy::conflate, 1));
    std::vector<std::string> names{"ann", "bob"};
    for (std::size_t i = 2; i <= limits::talkative_members_max; ++i) names.push_back("u" + std::to_string(i));
    const ConversationId c = world.conversation("k", names);
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    for (Client* client : {&ann, &bob}) {
        client->connect(0);
        client->resume({});
    }
    world.settle();
    bob.reads = false;
    for (WireNumber n = 1; n <= 20; ++n) {
        ann.send(c, n, std::string(500, 'x'));
        world.settle();
    }
    Client& maker = world.client("maker");
    RequestId id = 100;
    for (const auto& [target, body] : {std::pair<Sequence, std::string>{2, "a"}, {3, "b"}, {2, "c"}}) {
        ann.say(React{++id, c, target, body, true});
        maker.say(Beat{});
        world.pass(limits::reaction_counts_every + 1ms);
        bob.say(Beat{});
    }
    ann.say(React{++id, c, 2, "a", false});
    world.pass(limits::reaction_counts_every + 1ms);
    bob.reads = true;
    world.settle();
    ASSERT_THAT(bob.reaction_counts, SizeIs(1));
    EXPECT_THAT(bob.reaction_counts[0],
                ::testing::UnorderedElementsAre(CountedReaction{2, "a", 0}, CountedReaction{3, "b", 1},
                                                CountedReaction{2, "c", 1}));
}

// ---- what a resume promised, told to the connections themselves: that it meets a reader who has just fallen
// behind is a matter of the moment between question and answer

struct Promises : ::testing::Test, Links, ConnectionUser {
    void send(LinkId, const SharedBytes& frame) override { passed += frame.size(); }
    std::size_t queued_bytes(LinkId) const override { return queued; }
    void close(LinkId) override {}
    void abort(LinkId) override { ++cuts; }
    void dial(std::uint64_t, std::uint32_t) override {}
    void message(Connection&, std::string_view, bool) override {}
    void life(Connection&, Liveness) override {}
    void gone(Connection&) override {}

    std::size_t queued = 0, passed = 0;
    int cuts = 0;
    MemoryStore store{0ns, [](CommitTicket, CommitStatus) {}};
    SilentLog log;
    ShardContext context{ShardId(0), with(SlowReaderPolicy::drop_oldest).server, *this, store, log};
    Connections connections{context, Random(1)};
    Connection* bob = nullptr;
    void SetUp() override {
        connections.set_user(*this);
        connections.opened(LinkId(0));
        bob = connections.find(LinkId(0));
        bob->session = std::make_unique<Session>();
        bob->state = ConnectionState::open;
        queued = bound / 2;
        ASSERT_TRUE(connections.room(*bob, 1));
        ASSERT_TRUE(bob->behind);
    }
    SharedBytes entry(Sequence q) {
        return context.frame_of(
            Entry{EntryKind::message, {0, 1}, q, "ann", "d", q, std::string(500, 'x'), {}});
    }
};

TEST_F(Promises, AreKeptWhileWhatIsNotPromisedGoes) {
    std::size_t promised = 0;
    for (Sequence q = 1; q <= 10; ++q) {
        connections.send_promised(*bob, entry(q));
        promised += entry(q).size();
    }
    for (Sequence q = 11; q <= 50; ++q) connections.send_unchecked(*bob, entry(q));
    EXPECT_EQ(cuts, 0);
    EXPECT_LE(connections.waiting_bytes(*bob), bound);
    EXPECT_GT(context.counters.slow_dropped_entries.get(), 30U);
    queued = 0;
    for (int i = 0; i < 10 && bob->behind; ++i) {
        context.now += limits::slow_reader_look;
        connections.turn();
    }
    EXPECT_FALSE(bob->behind);
    EXPECT_GT(passed, promised);
    EXPECT_EQ(context.counters.skipped_notices.get(), 1U);
}

TEST_F(Promises, AreNoReasonToCutAReader) {
    for (Sequence q = 1; q <= 100; ++q) connections.send_promised(*bob, entry(q));
    EXPECT_EQ(cuts, 0);
    EXPECT_GT(connections.waiting_bytes(*bob), 3 * bound);
}

// ---- whatever happens

}  // namespace
}  // namespace hubbub::testing
