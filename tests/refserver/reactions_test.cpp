// Reactions to entries: set and taken back, stored, told to the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "tests/refserver/ann_and_bob.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct TheReactions : AnnAndBobInRoom {
    void SetUp() override {
        AnnAndBobInRoom::SetUp();
        ann.send(c, 1, "Lunch?");  // entry 2
        world.settle();
    }
    void react(Client& client, Sequence target, std::string_view body, bool set = true) {
        client.say(React{++request, c, target, body, set});
        world.settle();
    }
    std::vector<CountedReaction> listed(Client& client) {
        client.reaction_lists.clear();
        client.say(ListReactions{++request, c, 1, 100});
        world.settle();
        return client.reaction_lists.empty() ? std::vector<CountedReaction>{} : client.reaction_lists[0];
    }
    RequestId request = 0;
};

TEST_F(TheReactions, AreAnsweredToldToTheOthersAndListed) {
    react(bob, 2, "+1");
    ASSERT_THAT(bob.done, SizeIs(1));
    EXPECT_EQ(bob.done[0].id, 1U);
    EXPECT_THAT(ann.reactions, ElementsAre(ReactionSaid{2, "bob", "+1", true}));
    EXPECT_THAT(bob.reactions, IsEmpty());
    react(ann, 2, "+1");
    react(ann, 2, "heart");
    EXPECT_THAT(listed(bob), ElementsAre(CountedReaction{2, "+1", 2}, CountedReaction{2, "heart", 1}));
}

TEST_F(TheReactions, SetTwiceCountOnceAndAreToldOnce) {
    react(bob, 2, "+1");
    react(bob, 2, "+1");
    EXPECT_THAT(bob.done, SizeIs(2));
    EXPECT_THAT(ann.reactions, SizeIs(1));
    EXPECT_THAT(listed(ann), ElementsAre(CountedReaction{2, "+1", 1}));
}

TEST_F(TheReactions, AreTakenBackOnce) {
    react(bob, 2, "+1");
    react(bob, 2, "+1", false);
    react(bob, 2, "+1", false);
    EXPECT_THAT(bob.done, SizeIs(3));
    EXPECT_THAT(ann.reactions,
                ElementsAre(ReactionSaid{2, "bob", "+1", true}, ReactionSaid{2, "bob", "+1", false}));
    EXPECT_THAT(listed(ann), IsEmpty());
}

TEST_F(TheReactions, SurviveACrashOnceTheyAreAnswered) {
    react(bob, 2, "+1");
    react(ann, 2, "-1");
    react(ann, 2, "-1", false);
    world.kill();
    ann.connect(1);
    EXPECT_THAT(listed(ann), ElementsAre(CountedReaction{2, "+1", 1}));
    react(ann, 2, "+1");
    EXPECT_THAT(listed(ann), ElementsAre(CountedReaction{2, "+1", 2}));
}

TEST_F(TheReactions, GoToMessagesThatAreThereOnly) {
    react(bob, 1, "+1");
    react(bob, 3, "+1");
    ASSERT_THAT(bob.rejected, SizeIs(2));
    EXPECT_EQ(bob.rejected[0].code, ErrorCode::forbidden);
    EXPECT_EQ(bob.rejected[1].code, ErrorCode::forbidden);
    EXPECT_THAT(ann.reactions, IsEmpty());
}

TEST_F(TheReactions, OfAStrangerAreForbidden) {
    Client& eve = world.client("eve");
    eve.connect(0);
    eve.say(React{1, c, 2, "+1", true});
    eve.say(ListReactions{2, c, 1, 9});
    world.settle();
    ASSERT_THAT(eve.rejected, SizeIs(2));
    EXPECT_EQ(eve.rejected[0].code, ErrorCode::forbidden);
    EXPECT_EQ(eve.rejected[1].code, ErrorCode::forbidden);
}

TEST_F(TheReactions, OfDifferentKindsAreBoundedAnEntry) {
    for (std::size_t i = 0; i <= limits::reaction_kinds_max; ++i) react(bob, 2, "r" + std::to_string(i));
    ASSERT_THAT(bob.rejected, SizeIs(1));
    EXPECT_EQ(bob.rejected[0].code, ErrorCode::too_large);
    EXPECT_THAT(listed(ann), SizeIs(limits::reaction_kinds_max));
}

TEST_F(TheReactions, HaveAnUnknownOutcomeWhenTheCommitFails) {
    world.fails = [](CommitTicket) { return true; };
    react(bob, 2, "+1");
    ASSERT_THAT(bob.rejected, SizeIs(1));
    EXPECT_EQ(bob.rejected[0].code, ErrorCode::unknown_outcome);
    EXPECT_THAT(ann.reactions, IsEmpty());
    react(bob, 2, "heart");
    ASSERT_THAT(bob.rejected, SizeIs(2));
    EXPECT_EQ(bob.rejected[1].code, ErrorCode::read_only);
}

TEST(ReactionsOfLargeConversations, AreToldAsCountsOnceASecond) {
    World world{{.shards = 2}};
    std::vector<std::string> names{"ann"};
    for (std::size_t i = 1; i <= limits::talkative_members_max; ++i) names.push_back("u" + std::to_string(i));
    const ConversationId c = world.conversation("k", names);
    Client& ann = world.client("ann");
    Client& one = world.client("u1");
    ann.connect(0);
    one.connect(1);
    ann.resume({});
    one.resume({});
    world.settle();
    ann.send(c, 1, "x");  // entry 2
    world.settle();
    for (RequestId id = 1; id <= 8; ++id) {
        one.say(React{id, c, 2, "r" + std::to_string(id), true});
        world.settle();
        world.pass(100ms);
    }
    one.say(React{9, c, 2, "r1", false});
    world.pass(2s);
    world.settle();
    EXPECT_THAT(ann.reactions, IsEmpty());
    ASSERT_GE(ann.reaction_counts.size(), 2U);
    EXPECT_LE(ann.reaction_counts.size(), 4U);
    EXPECT_THAT(ann.reaction_counts.back(), ::testing::Contains(CountedReaction{2, "r1", 0}));
}

}  // namespace
}  // namespace hubbub::testing
