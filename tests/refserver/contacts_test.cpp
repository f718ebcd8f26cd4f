// Contacts and blocks: who may open a direct conversation, and when nothing is said in it any more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "tests/refserver/ann_and_bob.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct TheContacts : AnnAndBob {
    TheContacts() : AnnAndBob({.shards = 3}) {}
    RequestId request = 100;
    void change(Client& client, std::string_view user, ContactChange what) {
        client.say(ChangeContact{++request, user, what});
        world.settle();
    }
    /// A direct conversation that ann opens with bob.
    ConversationId direct() {
        ann.create("ab", {"ann", "bob"}, ConversationClass::direct);
        world.settle();
        bob.resume({});
        ann.resume({});
        world.settle();
        return ann.created.empty() ? ConversationId{} : ann.created[0].conversation;
    }
    ErrorCode only_refusal(Client& client) {
        EXPECT_THAT(client.rejected, SizeIs(1));
        return client.rejected.empty() ? ErrorCode::internal : client.rejected[0].code;
    }
};

TEST_F(TheContacts, AreListedAsTheyWereChanged) {
    change(ann, "bob", ContactChange::add);
    change(ann, "cem", ContactChange::add);
    change(ann, "cem", ContactChange::remove);
    change(ann, "eve", ContactChange::block);
    EXPECT_THAT(ann.done, SizeIs(4));
    ann.say(ListContacts{1});
    world.settle();
    EXPECT_THAT(ann.contacts, ElementsAre("bob"));
    EXPECT_THAT(ann.blocked, ElementsAre("eve"));
}

TEST_F(TheContacts, SurviveACrash) {
    change(ann, "bob", ContactChange::add);
    change(ann, "bob", ContactChange::block);
    world.kill();
    ann.connect(2);
    ann.say(ListContacts{1});
    world.settle();
    EXPECT_THAT(ann.contacts, ElementsAre("bob"));
    EXPECT_THAT(ann.blocked, ElementsAre("bob"));
}

TEST_F(TheContacts, AnybodyWhoIsNotBlockedMayOpenADirectConversation) {
    direct();
    EXPECT_THAT(ann.created, SizeIs(1));
    EXPECT_THAT(ann.rejected, IsEmpty());
}

TEST_F(TheContacts, WhoIsBlockedOpensNone) {
    change(bob, "ann", ContactChange::block);
    direct();
    EXPECT_THAT(ann.created, IsEmpty());
    EXPECT_EQ(only_refusal(ann), ErrorCode::forbidden);
}

TEST_F(TheContacts, ABlockAfterTheFactSilencesBothAndConsumesNoNumber) {
    const ConversationId c = direct();
    ann.send(c, 1, "hi");
    world.settle();
    change(bob, "ann", ContactChange::block);
    ann.forget();
    bob.forget();
    ann.send(c, 2, "why?");
    ann.say(Typing{c, true});
    world.settle();
    EXPECT_EQ(only_refusal(ann), ErrorCode::forbidden);
    EXPECT_THAT(bob.said, IsEmpty());
    EXPECT_THAT(bob.typing, IsEmpty());
    bob.send(c, 1, "because");
    world.settle();
    EXPECT_EQ(only_refusal(bob), ErrorCode::forbidden);

    change(bob, "ann", ContactChange::unblock);
    ann.send(c, 2, "thanks");
    world.settle();
    EXPECT_THAT(bob.bodies(c), ElementsAre("thanks"));
}

TEST_F(TheContacts, ARepeatedSendIsStillAnsweredUnderABlock) {
    const ConversationId c = direct();
    ann.send(c, 1, "hi");
    world.settle();
    change(bob, "ann", ContactChange::block);
    ann.forget();
    ann.send(c, 1, "hi");
    world.settle();
    EXPECT_THAT(ann.rejected, IsEmpty());
    EXPECT_THAT(ann.stream(c), ElementsAre(2U));
}

TEST_F(TheContacts, ABlockIsKnownToTheConversationAfterARestart) {
    const ConversationId c = direct();
    change(bob, "ann", ContactChange::block);
    world.kill();
    ann.connect(1);
    ann.forget();
    ann.send(c, 1, "hi");
    world.settle();
    EXPECT_EQ(only_refusal(ann), ErrorCode::forbidden);
}

TEST_F(TheContacts, ABlockDoesNotReachIntoGroups) {
    const ConversationId group = world.conversation("g", {"ann", "bob"});
    change(bob, "ann", ContactChange::block);
    ann.forget();
    ann.send(group, 1, "hi all");
    world.settle();
    EXPECT_THAT(ann.rejected, IsEmpty());
    EXPECT_THAT(ann.stream(group), ElementsAre(2U));
}

TEST_F(TheContacts, AreBounded) {
    for (std::size_t i = 0; i < limits::contacts_max; ++i)
        ann.say(ChangeContact{++request, "u" + std::to_string(i), ContactChange::add});
    world.settle();
    ASSERT_THAT(ann.rejected, IsEmpty());
    change(ann, "one-more", ContactChange::add);
    EXPECT_EQ(only_refusal(ann), ErrorCode::too_large);
}

}  // namespace
}  // namespace hubbub::testing
