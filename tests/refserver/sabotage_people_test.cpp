// Wrongs beside the log, as docs/SABOTAGE.md defines them: who is told what of whom, and of which reactions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "tests/refserver/sabotage_fixture.hpp"

namespace hubbub::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct WrongAboutPeople : Wrong {
    /// Everybody shows life all the time.
    void pass(Duration span) {
        for (Duration left = span; left > Duration{}; left -= 4s) {
            for (const char* name : {"ann", "bob", "cem", "eve"})
                if (client(name).connected()) client(name).say(Beat{});
            world->pass(std::min<Duration>(left, 4s));
        }
    }
    void watch(const std::string& who, const std::string& whom) {
        client(who).say(Watch{1, {whom}, true});
        world->settle();
    }
    std::vector<CountedReaction> listed(const std::string& who) {
        client(who).say(ListReactions{90, c, 1, 100});
        world->settle();
        return client(who).reaction_lists.back();
    }
};
INSTANTIATE_TEST_SUITE_P(Shards, WrongAboutPeople, ::testing::Values(1U, 2U));

TEST_P(WrongAboutPeople, FalseOfflineIsToldOfAUserWhoIsThere) {
    plan("false_offline:1x1");
    watch("bob", "ann");
    ASSERT_THAT(world->truth, SizeIs(1));
    EXPECT_EQ(world->truth[0].kind, Kind::false_offline);
    EXPECT_EQ(world->truth[0].user, "ann");
    EXPECT_EQ(world->truth[0].victim_user, "bob");
    EXPECT_THAT(client("bob").presence, ElementsAre("ann online", "ann offline"));
    pass(20s);
    EXPECT_THAT(client("bob").presence, SizeIs(2)) << "and never taken back";
}

TEST_P(WrongAboutPeople, LatePresenceComesWhenNobodyHasToWaitAnyMore) {
    plan("late_presence:1x1");
    client("ann").reset();
    world->pass(20s);
    client("bob").connect(0);
    world->settle();
    watch("bob", "ann");
    EXPECT_THAT(client("bob").presence, ElementsAre("ann offline"));
    EXPECT_THAT(world->truth, IsEmpty()) << "only who comes is told of late";
    client("ann").connect(0);
    world->settle();
    ASSERT_THAT(world->truth, SizeIs(1));
    EXPECT_EQ(world->truth[0].kind, Kind::late_presence);
    EXPECT_EQ(world->truth[0].victim_user, "bob");
    pass(35s);
    EXPECT_THAT(client("bob").presence, ElementsAre("ann offline"));
    pass(2s);
    EXPECT_THAT(client("bob").presence, ElementsAre("ann offline", "ann online"));
}

TEST_P(WrongAboutPeople, LatePresenceNeverComesBehindANewerWord) {
    plan("late_presence:1x1");
    client("ann").reset();
    world->pass(20s);
    client("bob").connect(0);
    world->settle();
    watch("bob", "ann");
    client("ann").connect(0);
    world->settle();
    ASSERT_THAT(world->truth, SizeIs(1));
    client("ann").reset();
    for (int i = 0; i < 15; ++i) {
        client("bob").say(Beat{});
        world->pass(4s);
    }
    EXPECT_THAT(client("bob").presence, ::testing::Not(Contains("ann online")));
    EXPECT_EQ(client("bob").presence.back(), "ann offline");
}

TEST_P(WrongAboutPeople, AReactionIsLostThatWasAnswered) {
    plan("reaction_lost:1x1");
    client("ann").send(c, 1, "Lunch?");  // entry 2
    world->settle();
    client("bob").say(React{7, c, 2, "ok", true});
    world->settle();
    const auto& told = record(Kind::reaction_lost);
    EXPECT_EQ(told.user, "bob");
    EXPECT_EQ(told.sequence, 2U);
    ASSERT_THAT(client("bob").done, SizeIs(1));
    EXPECT_EQ(client("bob").done[0].id, 7U);
    EXPECT_THAT(client("ann").reactions, IsEmpty());
    EXPECT_THAT(listed("ann"), IsEmpty());
    client("cem").say(React{8, c, 2, "ok", true});
    world->settle();
    EXPECT_THAT(client("ann").reactions, ElementsAre(ReactionSaid{2, "cem", "ok", true}));
    EXPECT_THAT(listed("ann"), ElementsAre(CountedReaction{2, "ok", 1}));
}

TEST_P(WrongAboutPeople, TakingBackAndRepeatingLosesNothing) {
    plan("reaction_lost:1x1");
    client("ann").send(c, 1, "Lunch?");
    world->settle();
    client("bob").say(React{7, c, 2, "ok", false});
    world->settle();
    EXPECT_THAT(world->truth, IsEmpty());
}

TEST_P(WrongAboutPeople, AReactionIsInventedBehindARealOne) {
    plan("reaction_invented:1x1");
    client("ann").send(c, 1, "Lunch?");
    world->settle();
    client("bob").say(React{7, c, 2, "ok", true});
    world->settle();
    ASSERT_FALSE(world->truth.empty());  // each shard does one
    for (const auto& told : world->truth) {
        EXPECT_EQ(told.kind, Kind::reaction_invented);
        EXPECT_EQ(told.user, "bob");
        EXPECT_THAT(victim(told).reactions, ElementsAre(ReactionSaid{2, "bob", "ok", true},
                                                        ReactionSaid{2, "bob", "\U0001F44D", true}));
    }
    EXPECT_EQ(client("ann").reactions.size() + client("cem").reactions.size(), 2 + world->truth.size());
    EXPECT_THAT(listed("ann"), ElementsAre(CountedReaction{2, "ok", 1})) << "nothing of it is stored";
}

TEST(WrongAboutLargeConversations, ACountIsInventedBehindARealOne) {
    WorldOptions options{.shards = 1};
    options.server.sabotage = parse_sabotage("reaction_invented:1x1", 5).plan;
    World world{std::move(options)};
    std::vector<std::string> names{"ann"};
    for (std::size_t i = 1; i <= limits::talkative_members_max; ++i) names.push_back("u" + std::to_string(i));
    const ConversationId c = world.conversation("k", names);
    for (const char* name : {"ann", "u1"}) {
        world.client(name).connect(0);
        world.client(name).resume({});
        world.settle();
    }
    world.client("ann").send(c, 1, "x");  // entry 2
    world.settle();
    world.client("u1").say(React{1, c, 2, "ok", true});
    world.pass(2s);
    ASSERT_THAT(world.truth, SizeIs(1));
    const auto& heard = world.client(world.truth[0].victim_user).reaction_counts;
    ASSERT_THAT(heard, SizeIs(2));
    EXPECT_THAT(heard[0], ElementsAre(CountedReaction{2, "ok", 1}));
    EXPECT_THAT(heard[1], ElementsAre(CountedReaction{2, "ok", 1'000'001}));
}

}  // namespace
}  // namespace hubbub::testing
