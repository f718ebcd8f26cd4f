// Creating conversations and adding members.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "refserver/core/keys.hpp"
#include "refserver/core/records.hpp"
#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Create, TheSameKeyAnswersTheSameConversationAndAnotherKeyAnotherOne) {
    World world({.shards = 3});
    Client& ann = world.client("ann");
    ann.connect(1);
    ann.create("a", {"ann", "bob"});
    ann.create("b", {"ann", "bob"});
    ann.create("a", {"ann", "bob"});  // while the first one is uncommitted
    world.settle();
    ann.create("a", {"ann"});
    world.settle();
    ASSERT_THAT(ann.created, SizeIs(4));
    std::map<RequestId, ConversationId> by_id;
    for (const Created& one : ann.created) by_id[one.id] = one.conversation;
    EXPECT_EQ(by_id[1], by_id[3]);
    EXPECT_EQ(by_id[1], by_id[4]);
    EXPECT_NE(by_id[1], by_id[2]);
    EXPECT_EQ(world.total(&ShardCounters::created), 2U);
}

TEST(Create, KeysOfDifferentCreatorsAreApart) {
    World world;
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    ann.connect(0);
    bob.connect(0);
    ann.create("a", {"ann"});
    bob.create("a", {"ann"});
    world.settle();
    EXPECT_NE(ann.created.at(0).conversation, bob.created.at(0).conversation);
}

TEST(Create, Entry1NamesTheMembersAndTheCreatorNeedNotBeOne) {
    World world;
    const ConversationId c = world.conversation("k", {"ann", "bob", "ann"});
    Client& ann = world.client("ann");
    ann.connect(0);
    ann.read(c, 1);
    Client& maker = world.client("maker");
    maker.read(c, 1);
    world.settle();
    EXPECT_EQ(maker.created.at(0).head, 1U);
    EXPECT_EQ(maker.created.at(0).epoch, 1U);
    ASSERT_THAT(ann.pages, SizeIs(1));
    ASSERT_THAT(ann.pages[0].entries, SizeIs(1));
    const Said& joined = ann.pages[0].entries[0];
    EXPECT_EQ(joined.kind, EntryKind::joined);
    EXPECT_EQ(joined.sequence, 1U);
    EXPECT_EQ(joined.user, "maker");
    EXPECT_THAT(joined.members, ElementsAre("ann", "bob"));
    ASSERT_THAT(maker.rejected, SizeIs(1));
    EXPECT_EQ(maker.rejected[0].code, ErrorCode::forbidden);
}

TEST(Create, MembershipIndexAndEntryAreInOneBatch) {
    World world;
    Client& maker = world.client("maker");
    maker.connect(0);
    maker.create("k", {"ann", "bob"});
    world.settle();
    EXPECT_EQ(world.counters().commit_batches.get(), 1U);
    const ConversationId c = maker.created.at(0).conversation;
    for (const std::string& key : {keys::conversation(c), keys::entry(c, 1), keys::member(c, "ann"),
                                   keys::member(c, "bob"), keys::user_conversation("ann", c),
                                   keys::user_conversation("bob", c), keys::created("maker", "k")}) {
        const auto found = world.store().get(key);
        ASSERT_TRUE(found.has_value());
        EXPECT_TRUE(found->has_value()) << key;
    }
}

TEST(Create, IsIdempotentAcrossARestartAndIdsAreNeverUsedTwice) {
    World world({.shards = 2});
    std::set<ConversationId> ids;
    for (int i = 0; i < 50; ++i) ids.insert(world.conversation("k" + std::to_string(i), {"ann"}));
    EXPECT_THAT(ids, SizeIs(50));
    world.kill();  // the same seed draws the same numbers again
    for (int i = 0; i < 50; ++i)
        EXPECT_EQ(ids.count(world.conversation("k" + std::to_string(i), {"ann"})), 1U);
    for (int i = 0; i < 50; ++i)
        EXPECT_TRUE(ids.insert(world.conversation("new" + std::to_string(i), {"ann"})).second);
}

TEST(Create, TheSameKeyAfterARestartWithAnotherNumberOfShardsFindsItsConversation) {
    // One store, first served by 2 shards, then by 3: the owner of the id is not the shard of the key.
    World world({.shards = 2});
    std::vector<ConversationId> before;
    for (int i = 0; i < 20; ++i) before.push_back(world.conversation("k" + std::to_string(i), {"maker"}));
    world.restart_with(3);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(world.conversation("k" + std::to_string(i), {}), before[i]);
    Client& maker = world.client("maker");
    maker.forget();
    maker.resume({});
    world.settle();
    ASSERT_FALSE(maker.resumed.empty());
    EXPECT_EQ(maker.resumed.back().pending, 0U);
}

TEST(Add, AppendsOneJoinedEntryThatAllSubscribersGet) {
    World world;
    const ConversationId c = world.conversation("k", {"ann"});
    Client& ann = world.client("ann");
    ann.connect(0);
    ann.resume({});
    world.settle();
    Client& maker = world.client("maker");
    maker.add(c, {"bob", "cem"});
    world.settle();
    ASSERT_THAT(maker.added, SizeIs(1));
    EXPECT_EQ(maker.added[0].sequence, 2U);
    ASSERT_THAT(ann.said, SizeIs(1));
    EXPECT_EQ(ann.said[0].kind, EntryKind::joined);
    EXPECT_EQ(ann.said[0].sequence, 2U);
    EXPECT_THAT(ann.said[0].members, ElementsAre("bob", "cem"));
}

TEST(Add, OnlyTheCreatorMay) {
    World world;
    const ConversationId c = world.conversation("k", {"ann"});
    Client& ann = world.client("ann");
    ann.connect(0);
    ann.add(c, {"eve"});
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::forbidden);
}

TEST(Add, AskedAgainItAnswersTheEntryThatNamedThem) {
    World world;
    const ConversationId c = world.conversation("k", {"ann"});
    Client& maker = world.client("maker");
    maker.add(c, {"bob"});
    maker.add(c, {"cem"});
    world.settle();
    maker.add(c, {"bob"});
    maker.add(c, {"bob", "dan"});
    world.settle();
    ASSERT_THAT(maker.added, SizeIs(4));
    EXPECT_EQ(maker.added[2].sequence, 2U);
    EXPECT_EQ(maker.added[3].sequence, 4U);
    Client& dan = world.client("dan");
    dan.connect(0);
    dan.read(c, 1);
    world.settle();
    ASSERT_THAT(dan.pages, SizeIs(1));
    EXPECT_THAT(dan.pages[0].entries.at(0).members, ElementsAre("dan"));
}

TEST(Add, AMemberMaySendAndResumeOnlyOnceItsJoinIsCommitted) {
    World world({.commit_latency = 20ms});
    const ConversationId c = world.conversation("k", {"ann"});
    Client& bob = world.client("bob");
    bob.connect(0);
    world.client("maker").add(c, {"bob"});
    bob.send(c, 1, "early");
    world.pass(1ms);
    ASSERT_THAT(bob.rejected, SizeIs(1));
    EXPECT_EQ(bob.rejected[0].code, ErrorCode::forbidden);
    world.settle();
    bob.send(c, 1, "now");
    bob.resume({});
    world.settle();
    // His own joined entry came unasked, since he was connected.
    EXPECT_THAT(bob.stream(c), ElementsAre(2U, 3U));
}

TEST(Add, BuildsAChannelOf25000In25Frames) {
    World world;
    const ConversationId c = world.conversation("k", {}, ConversationClass::channel);
    Client& maker = world.client("maker");
    for (int frame = 0; frame < 25; ++frame) {
        std::vector<std::string> names;
        for (int i = 0; i < 1'000; ++i) names.push_back("user-" + std::to_string(frame * 1'000 + i));
        maker.add(c, std::move(names));
    }
    world.settle();
    ASSERT_THAT(maker.added, SizeIs(25));
    EXPECT_EQ(maker.added.back().sequence, 26U);
    Client& late = world.client("user-24999");
    late.connect(0);
    late.send(c, 1, "x");
    world.settle();
    EXPECT_THAT(late.stream(c), ElementsAre(27U));
    EXPECT_THAT(maker.rejected, IsEmpty());
}

}  // namespace
}  // namespace hubbub::testing
