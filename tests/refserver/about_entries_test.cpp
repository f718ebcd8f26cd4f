// Replies, edits and erases: entries of the log that are about another one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "tests/refserver/ann_and_bob.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct AboutEntries : AnnAndBobInRoom {
    void SetUp() override {
        AnnAndBobInRoom::SetUp();
        ann.send(c, 1, "Lunch?");  // entry 2
        world.settle();
        ann.forget();
        bob.forget();
    }
    /// The only answer of the last step is this refusal, and n = `number` is still free.
    void refused(Client& client, WireNumber number) {
        world.settle();
        ASSERT_THAT(client.rejected, SizeIs(1));
        EXPECT_EQ(client.rejected[0].code, ErrorCode::forbidden);
        EXPECT_EQ(client.rejected[0].number, number);
        client.forget();
        client.send(c, number, "plain");
        world.settle();
        EXPECT_THAT(client.stream(c), SizeIs(1));
    }
};

TEST_F(AboutEntries, AReplyIsAnEntryThatNamesWhatItAnswers) {
    bob.send(c, 1, "At one.", SendOp::reply, 2);
    world.settle();
    ASSERT_THAT(ann.said, SizeIs(1));
    EXPECT_EQ(ann.said[0].sequence, 3U);
    EXPECT_EQ(ann.said[0].op, SendOp::reply);
    EXPECT_EQ(ann.said[0].target, 2U);
    EXPECT_EQ(ann.said[0].body, "At one.");
    EXPECT_TRUE(bob.said.at(0).ack);
}

TEST_F(AboutEntries, ARetriedReplyGetsItsOriginalAck) {
    bob.send(c, 1, "At one.", SendOp::reply, 2);
    world.settle();
    bob.send(c, 1, "At one.", SendOp::reply, 2);
    world.settle();
    EXPECT_THAT(bob.stream(c), ElementsAre(3U, 3U));
    EXPECT_THAT(ann.stream(c), ElementsAre(3U));
}

TEST_F(AboutEntries, TheAuthorEditsAndErases) {
    ann.send(c, 2, "Dinner?", SendOp::edit, 2);
    ann.send(c, 3, "", SendOp::erase, 2);
    world.settle();
    ASSERT_THAT(bob.said, SizeIs(2));
    EXPECT_EQ(bob.said[0].op, SendOp::edit);
    EXPECT_EQ(bob.said[1].op, SendOp::erase);
    EXPECT_EQ(bob.said[1].target, 2U);
}

TEST_F(AboutEntries, AnotherDeviceOfTheAuthorMayEdit) {
    Client& laptop = world.client("ann", "laptop");
    laptop.connect(1);
    laptop.resume({});
    world.settle();
    laptop.send(c, 1, "Dinner?", SendOp::edit, 2);
    world.settle();
    EXPECT_THAT(laptop.rejected, IsEmpty());
    EXPECT_THAT(bob.stream(c), ElementsAre(3U));
}

TEST_F(AboutEntries, NobodyEditsWhatAnotherWrote) {
    bob.send(c, 1, "mine now", SendOp::edit, 2);
    refused(bob, 1);
}

TEST_F(AboutEntries, NobodyErasesWhatAnotherWrote) {
    bob.send(c, 1, "", SendOp::erase, 2);
    refused(bob, 1);
}

TEST_F(AboutEntries, WhatIsNotThereYetHasNoReply) {
    bob.send(c, 1, "to what?", SendOp::reply, 3);
    refused(bob, 1);
}

TEST_F(AboutEntries, AnEntryThatIsNoMessageHasNoReply) {
    bob.send(c, 1, "welcome", SendOp::reply, 1);
    refused(bob, 1);
}

TEST_F(AboutEntries, AnEditIsNoMessageOfItsOwn) {
    ann.send(c, 2, "Dinner?", SendOp::edit, 2);
    world.settle();
    ann.forget();
    ann.send(c, 3, "Breakfast?", SendOp::edit, 3);
    refused(ann, 3);
}

TEST_F(AboutEntries, WhatLiesBeforeOnesJoiningHasNoReply) {
    Client& cem = world.client("cem");
    cem.connect(0);
    Client& maker = world.client("maker");
    if (!maker.connected()) maker.connect(0);
    maker.add(c, {"cem"});  // entry 3
    world.settle();
    cem.resume({});
    world.settle();
    cem.forget();
    cem.send(c, 1, "what was that?", SendOp::reply, 2);
    refused(cem, 1);
}

TEST_F(AboutEntries, AStrangerLearnsNothing) {
    Client& eve = world.client("eve");
    eve.connect(1);
    eve.send(c, 1, "hi", SendOp::reply, 2);
    world.settle();
    ASSERT_THAT(eve.rejected, SizeIs(1));
    EXPECT_EQ(eve.rejected[0].code, ErrorCode::forbidden);
}

TEST_F(AboutEntries, TheStoreAnswersForWhatMemoryForgot) {
    WireNumber n = 2;
    for (std::size_t i = 0; i <= limits::recent_entries_max; ++i, ++n) {
        ann.send(c, n, "x");
        world.settle();
    }
    world.settle();
    ann.forget();
    bob.forget();
    bob.send(c, 1, "late answer", SendOp::reply, 2);
    ann.send(c, n, "Dinner?", SendOp::edit, 2);
    bob.send(c, 2, "mine now", SendOp::edit, 2);
    world.settle();
    EXPECT_THAT(ann.rejected, IsEmpty());
    ASSERT_THAT(bob.rejected, SizeIs(1));
    EXPECT_EQ(bob.rejected[0].number, 2U);
}

TEST_F(AboutEntries, ARestartForgetsNeitherKindNorTarget) {
    bob.send(c, 1, "At one.", SendOp::reply, 2);
    world.settle();
    world.kill();
    ann.connect(0);
    ann.read(c, 1);
    world.settle();
    ASSERT_THAT(ann.pages, SizeIs(1));
    const auto& entries = ann.pages[0].entries;
    ASSERT_THAT(entries, SizeIs(3));
    EXPECT_EQ(entries[1].op, SendOp::text);
    EXPECT_EQ(entries[2].op, SendOp::reply);
    EXPECT_EQ(entries[2].target, 2U);
}

}  // namespace
}  // namespace hubbub::testing
