// Readers that are slower than what they are told: what each policy gives up, and that nothing of the log is
// missing in silence.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "protocol/slow_reader_limits.hpp"
#include "refserver/core/connection.hpp"
#include "tests/refserver/ann_and_bob.hpp"

namespace hubbub::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t bound = 16 * 1024;

WorldOptions with(SlowReaderPolicy policy, std::uint32_t shards = 2, std::uint64_t seed = 1) {
    WorldOptions options{.shards = shards, .seed = seed};
    options.server.outbox_bytes_max = bound;
    options.server.slow_reader = policy;
    return options;
}

/// What a client heard of one conversation, in order: each number shown, or announced as skipped.
struct Coverage {
    Sequence last = 0;
    std::uint64_t announced = 0;
    bool broken = false;
    void take(Sequence from, Sequence until) {
        broken |= from != last + 1 || until < from;
        last = until;
    }
};
using Coverages = std::map<ConversationId, Coverage>;

/// Watches everything that the client is told from now on.
void watch(Client& client, Coverages& coverages) {
    client.also = [&coverages](const ServerMessage& message) {
        if (const auto* entry = std::get_if<Entry>(&message))
            coverages[entry->conversation].take(entry->sequence, entry->sequence);
        if (const auto* ack = std::get_if<Ack>(&message))
            coverages[ack->conversation].take(ack->sequence, ack->sequence);
        if (const auto* skipped = std::get_if<Skipped>(&message)) {
            coverages[skipped->conversation].take(skipped->from, skipped->until);
            coverages[skipped->conversation].announced += skipped->until - skipped->from + 1;
        }
    };
}

struct SlowReaders : ::testing::Test {
    explicit SlowReaders(SlowReaderPolicy policy) : world(with(policy)) {}
    World world;
    const ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    Coverages heard;
    WireNumber sent = 0;
    void SetUp() override {
        ann.connect(0);
        bob.connect(1);
        for (Client* client : {&ann, &bob}) client->resume({{c, 1, 1}});
        world.settle();
        heard[c].last = 1;
        watch(bob, heard);
        bob.reads = false;
    }
    void say(int count, std::size_t bytes = 500) {
        for (int i = 0; i < count; ++i) {
            ann.send(c, ++sent, std::string(bytes, 'x'));
            bob.say(Beat{});  // it writes, and does not read
            world.settle();
        }
    }
    void bob_reads() {
        bob.reads = true;
        world.settle(1s);
    }
    std::uint64_t total(RelaxedCounter ShardCounters::*counter) { return world.total(counter); }
};

// ---- drop-oldest

struct DropOldest : SlowReaders {
    DropOldest() : SlowReaders(SlowReaderPolicy::drop_oldest) {}
};

TEST_F(DropOldest, AnnouncesTheDroppedEntriesOnceInTheirPlaceAndTheRestFollows) {
    say(100);  // about 60 KB into 16 KB
    bob_reads();
    EXPECT_TRUE(bob.connected());
    ASSERT_THAT(bob.skipped, SizeIs(1));
    EXPECT_EQ(bob.skipped[0].conversation, c);
    EXPECT_FALSE(heard[c].broken);
    EXPECT_EQ(heard[c].last, 101U);
    EXPECT_EQ(heard[c].announced, total(&ShardCounters::slow_dropped_entries));
    EXPECT_GT(heard[c].announced, 50U);
    EXPECT_EQ(total(&ShardCounters::skipped_notices), 1U);
    EXPECT_EQ(total(&ShardCounters::outbox_overflows), 0U);
    EXPECT_EQ(total(&ShardCounters::slow_reader_times), 1U);
    EXPECT_EQ(total(&ShardCounters::slow_readers), 0U) << "it has read all of it";
}

TEST_F(DropOldest, WhatWasSkippedStandsInTheHistory) {
    say(100);
    bob_reads();
    ASSERT_THAT(bob.skipped, SizeIs(1));
    bob.read(c, bob.skipped[0].from, 200);
    world.settle();
    ASSERT_THAT(bob.pages, SizeIs(1));
    EXPECT_EQ(bob.pages[0].entries.front().sequence, bob.skipped[0].from);
    EXPECT_GE(bob.pages[0].entries.back().sequence, bob.skipped[0].until);
}

TEST_F(DropOldest, KeepsWhatWaitsWithinTheBound) {
    say(500);
    std::size_t bytes = 0;
    bob.also = [&](const ServerMessage& message) {
        if (const auto* entry = std::get_if<Entry>(&message)) bytes += entry->body.size();
    };
    bob_reads();
    EXPECT_LE(bytes, bound);
    EXPECT_GT(bytes, bound / 2) << "the newest are kept";
}

TEST_F(DropOldest, NeverDropsAnAckNorChangesItsPlace) {
    for (int i = 0; i < 15; ++i) {
        say(5);
        bob.send(c, static_cast<WireNumber>(i + 1), "mine");
        world.settle();
    }
    bob_reads();
    EXPECT_FALSE(heard[c].broken);
    EXPECT_EQ(heard[c].last, 91U);
    std::vector<WireNumber> acks;
    for (const Said& one : bob.said)
        if (one.ack) acks.push_back(one.number);
    ASSERT_THAT(acks, SizeIs(15));
    for (std::size_t i = 0; i < acks.size(); ++i) EXPECT_EQ(acks[i], i + 1);
    EXPECT_GT(heard[c].announced, 20U);
    EXPECT_GT(bob.skipped.size(), 1U) << "an ack between dropped entries parts the announcements";
}

TEST_F(DropOldest, CutsAReaderWhoseAnswersAloneAreTooMuch) {
    say(12);
    for (int i = 0; i < 8 && bob.connected(); ++i) {
        bob.read(c, 2, 200);  // about 7 KB each
        world.settle();
    }
    EXPECT_FALSE(bob.connected());
    EXPECT_EQ(total(&ShardCounters::outbox_overflows), 1U);
    EXPECT_EQ(total(&ShardCounters::slow_readers), 0U);
}

TEST_F(DropOldest, IsToldOfItsOwnLeavingHoweverMuchWaits) {
    const ConversationId d = world.conversation("d", {"ann", "bob"});
    for (Client* client : {&ann, &bob}) client->resume({{d, 1, 1}}, false);
    world.settle();
    world.client("maker").kick(c, {"bob"});
    world.settle();
    for (WireNumber n = 1; n <= 100; ++n) {
        ann.send(d, n, std::string(500, 'x'));
        world.settle();
    }
    bob_reads();
    ASSERT_THAT(bob.stream(c), SizeIs(1));
    EXPECT_EQ(bob.said.front().kind, EntryKind::left);
}

TEST_F(DropOldest, GivesAllThatWaitsToWhoIsSentAwayInOrder) {
    say(20);  // less than the bound: nothing is dropped
    world.shard(1).drain(1s, world.now());
    world.settle();
    bob.reads = true;
    world.settle();
    EXPECT_EQ(heard[c].last, 21U);
    EXPECT_FALSE(heard[c].broken);
    EXPECT_EQ(bob.close_code, 3004);
}

TEST_F(DropOldest, ASecondBacklogBeginsAnew) {
    for (int round = 0; round < 3; ++round) {
        bob.reads = false;
        say(60);
        bob_reads();
        EXPECT_EQ(heard[c].last, sent + 1);
    }
    EXPECT_FALSE(heard[c].broken);
    EXPECT_THAT(bob.skipped, SizeIs(3));
    EXPECT_EQ(total(&ShardCounters::slow_reader_times), 3U);
}

TEST_F(DropOldest, AReaderThatIsGoneLeavesNothingBehind) {
    say(60);
    bob.reset();
    world.settle();
    EXPECT_EQ(total(&ShardCounters::slow_readers), 0U);
    bob.connect(1);
    bob.reads = true;
    bob.resume({{c, 1, 1}});
    world.settle();
    EXPECT_EQ(heard[c].last, 61U);
    EXPECT_FALSE(heard[c].broken);
}

// ---- shed

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

class AnyReaders : public ::testing::TestWithParam<std::tuple<SlowReaderPolicy, std::uint64_t>> {};

TEST_P(AnyReaders, EveryEntryIsShownOrAnnouncedOnceAndInOrder) {
    const auto [policy, seed] = GetParam();
    World world(with(policy, 3, seed));
    const std::vector<std::string> names{"ann", "bob", "cem"};
    std::vector<ConversationId> rooms;
    for (int i = 0; i < 3; ++i) rooms.push_back(world.conversation("k" + std::to_string(i), names));
    std::map<std::string, Coverages> heard;
    std::map<std::pair<std::string, ConversationId>, WireNumber> numbers;
    for (std::uint32_t i = 0; i < 3; ++i) {
        Client& client = world.client(names[i]);
        client.connect(i);
        std::vector<Position> at;
        for (const ConversationId& c : rooms) at.push_back({c, 1, 1});
        client.resume(at);
        for (const ConversationId& c : rooms) heard[names[i]][c].last = 1;
        watch(client, heard[names[i]]);
    }
    world.settle();
    Random draw = world.random().child("story");
    for (int step = 0; step < 400; ++step) {
        Client& client = world.client(names[draw.below(3)]);
        const ConversationId& c = rooms[draw.below(3)];
        const std::uint64_t what = draw.below(12);
        if (what == 0) client.reads = !client.reads;
        if (what == 1) client.say(Typing{c, draw.chance(0.5)});
        if (what == 2) client.say(Receipt{c, 1 + draw.below(20), 0});
        if (what > 2) client.send(c, ++numbers[{client.user, c}], std::string(draw.below(900), 'x'));
        if (draw.chance(0.5)) world.settle(1ms);
    }
    for (const std::string& one : names) world.client(one).reads = true;
    world.settle(1s);
    std::uint64_t announced = 0;
    for (const std::string& one : names) {
        ASSERT_TRUE(world.client(one).connected());
        for (const ConversationId& c : rooms) {
            Sequence head = 1;
            for (const std::string& sender : names) head += numbers[{sender, c}];
            EXPECT_FALSE(heard[one][c].broken) << one;
            EXPECT_EQ(heard[one][c].last, head) << one;
            announced += heard[one][c].announced;
        }
    }
    EXPECT_EQ(announced, world.total(&ShardCounters::slow_dropped_entries));
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyReaders,
                         ::testing::Combine(::testing::Values(SlowReaderPolicy::drop_oldest,
                                                              SlowReaderPolicy::shed),
                                            ::testing::Range<std::uint64_t>(1, 21)));

}  // namespace
}  // namespace hubbub::testing
