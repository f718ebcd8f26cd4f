// How far members have received and read: watermarks that only rise, stored, told to others once a window.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "tests/refserver/ann_and_bob.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct TheReceipts : AnnAndBobInRoom {
    TheReceipts() : AnnAndBobInRoom({"ann", "bob", "cem"}) {}
    void SetUp() override {
        AnnAndBobInRoom::SetUp();
        for (WireNumber n = 1; n <= 4; ++n) ann.send(c, n, "x");  // entries 2 to 5
        world.settle();
    }
    Marks of_bob(Sequence delivered, Sequence read) const { return {c, "bob", delivered, read}; }
    std::vector<Marks> listed(Client& client) {
        client.receipt_lists.clear();
        client.say(ListReceipts{90, c});
        world.settle();
        return client.receipt_lists.empty() ? std::vector<Marks>{} : client.receipt_lists[0];
    }
    void window() {
        world.pass(limits::receipt_window);
        world.settle();
    }
};

TEST_F(TheReceipts, AreToldToTheOtherMembersAndNotToOneself) {
    Client& laptop = world.client("bob", "laptop");
    laptop.connect(0);
    laptop.resume({});
    world.settle();
    bob.say(Receipt{c, 4, 3});
    window();
    EXPECT_THAT(ann.receipts, ElementsAre(of_bob(4, 3)));
    EXPECT_THAT(bob.receipts, IsEmpty());
    EXPECT_THAT(laptop.receipts, IsEmpty());
}

TEST_F(TheReceipts, OfOneWindowAreOneNotice) {
    for (Sequence q = 1; q <= 5; ++q) bob.say(Receipt{c, q, q - 1});
    window();
    EXPECT_THAT(ann.receipts, ElementsAre(of_bob(5, 4)));
}

TEST_F(TheReceipts, NeverFall) {
    bob.say(Receipt{c, 5, 4});
    window();
    bob.say(Receipt{c, 2, 1});
    window();
    EXPECT_THAT(ann.receipts, ElementsAre(of_bob(5, 4)));
    EXPECT_THAT(listed(ann), ElementsAre(of_bob(5, 4)));
}

TEST_F(TheReceipts, OfAUserAreTheHighestOfItsDevices) {
    Client& laptop = world.client("bob", "laptop");
    laptop.connect(0);
    laptop.resume({});
    world.settle();
    bob.say(Receipt{c, 5, 1});
    laptop.say(Receipt{c, 3, 2});
    window();
    EXPECT_THAT(listed(ann), ElementsAre(of_bob(5, 2)));
}

TEST_F(TheReceipts, NeverExceedTheLog) {
    bob.say(Receipt{c, 1'000, 900});
    window();
    EXPECT_THAT(ann.receipts, ElementsAre(of_bob(5, 5)));
}

TEST_F(TheReceipts, WhatIsReadWasDelivered) {
    bob.say(Receipt{c, 0, 4});
    window();
    EXPECT_THAT(ann.receipts, ElementsAre(of_bob(4, 4)));
}

TEST_F(TheReceipts, OfAStrangerAreIgnored) {
    Client& eve = world.client("eve");
    eve.connect(1);
    eve.say(Receipt{c, 5, 5});
    eve.say(ListReceipts{7, c});
    window();
    EXPECT_THAT(ann.receipts, IsEmpty());
    EXPECT_THAT(listed(ann), IsEmpty());
    ASSERT_THAT(eve.rejected, SizeIs(1));
    EXPECT_EQ(eve.rejected[0].code, ErrorCode::forbidden);
    EXPECT_EQ(world.total(&ShardCounters::receipts_ignored), 1U);
}

TEST_F(TheReceipts, AListShowsWhatTheSameDeviceSaidBefore) {
    bob.say(Receipt{c, 5, 5});
    EXPECT_THAT(listed(bob), ElementsAre(of_bob(5, 5)));
}

TEST_F(TheReceipts, ThatWereToldSurviveACrash) {
    bob.say(Receipt{c, 4, 3});
    window();
    ASSERT_THAT(ann.receipts, SizeIs(1));
    world.kill();
    ann.connect(1);
    EXPECT_THAT(listed(ann), ElementsAre(of_bob(4, 3)));
}

TEST_F(TheReceipts, AreNotToldWhenTheyCouldNotBeStored) {
    world.fails = [](CommitTicket) { return true; };
    bob.say(Receipt{c, 4, 3});
    window();
    EXPECT_THAT(ann.receipts, IsEmpty());
    // A list would deny what was said.
    EXPECT_THAT(listed(bob), IsEmpty());
    ASSERT_THAT(bob.rejected, SizeIs(1));
    EXPECT_EQ(bob.rejected[0].code, ErrorCode::read_only);
}

TEST_F(TheReceipts, AreNotListedWhenTheirBatchFails) {
    world.fails = [](CommitTicket) { return true; };
    bob.say(Receipt{c, 4, 3});
    EXPECT_THAT(listed(bob), IsEmpty());  // asked while the batch is on its way
    ASSERT_THAT(bob.rejected, SizeIs(1));
    EXPECT_EQ(bob.rejected[0].code, ErrorCode::read_only);
}

struct LargeConversations : ::testing::Test {
    World world{{.shards = 2}};
    std::vector<std::string> names() const {
        std::vector<std::string> out{"ann"};
        for (std::size_t i = 1; i <= limits::talkative_members_max; ++i)
            out.push_back("u" + std::to_string(i));
        return out;
    }
    ConversationId c = world.conversation("k", names());
    Client& ann = world.client("ann");
    Client& one = world.client("u1");
    Client& two = world.client("u2");
    void SetUp() override {
        ann.connect(0);
        one.connect(1);
        two.connect(1);
        for (Client* client : {&ann, &one, &two}) client->resume({});
        world.settle();
        ann.send(c, 1, "x");  // entry 2
        world.settle();
    }
};

TEST_F(LargeConversations, TellReceiptsAsCountsToTheSenderAlone) {
    one.say(Receipt{c, 2, 2});
    two.say(Receipt{c, 2, 0});
    world.pass(2s);
    world.settle();
    ASSERT_FALSE(ann.receipt_counts.empty());
    EXPECT_EQ(ann.receipt_counts.back().sequence, 2U);
    EXPECT_EQ(ann.receipt_counts.back().delivered, 2U);
    EXPECT_EQ(ann.receipt_counts.back().read, 1U);
    EXPECT_THAT(one.receipt_counts, IsEmpty());
    EXPECT_THAT(one.receipts, IsEmpty());
    EXPECT_THAT(ann.receipts, IsEmpty());
}

TEST_F(LargeConversations, TellCountsAtMostOnceASecond) {
    const Time began = world.now();
    for (WireNumber n = 2; n <= 30; ++n) {
        ann.send(c, n, "x");
        world.settle();
        one.say(Receipt{c, n + 1, 0});
        world.pass(100ms);
    }
    const auto seconds = static_cast<std::size_t>((world.now() - began) / 1s);
    EXPECT_LE(ann.receipt_counts.size(), seconds + 1);
    EXPECT_GE(ann.receipt_counts.size(), 2U);
}

TEST_F(LargeConversations, ShowEachItsOwnReceiptsOnly) {
    one.say(Receipt{c, 2, 2});
    two.say(Receipt{c, 2, 2});
    one.say(ListReceipts{5, c});
    world.pass(1s);
    world.settle();
    ASSERT_THAT(one.receipt_lists, SizeIs(1));
    EXPECT_THAT(one.receipt_lists[0], ElementsAre(Marks{c, "u1", 2, 2}));
}

TEST_F(LargeConversations, HaveNoTyping) {
    one.say(Typing{c, true});
    world.settle();
    EXPECT_THAT(ann.typing, IsEmpty());
    EXPECT_EQ(world.total(&ShardCounters::typing_ignored), 1U);
}

}  // namespace
}  // namespace hubbub::testing
