// Who may arrange what, the limits of conversations, and lists of conversations, members and sessions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/rooms_fixture.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct RoomRules : Rooms {};

TEST_F(RoomRules, OnlyOwnersArrange) {
    const ConversationId c = make(false, false, {"ann", "bob", "cem"});
    bob.kick(c, {"cem"});
    bob.role(c, {"bob"}, MemberRole::owner);
    bob.add(c, {"eve"});
    world.settle();
    EXPECT_THAT(bob.rejected, SizeIs(3));
    ann.role(c, {"eve"}, MemberRole::owner);  // no member
    world.settle();
    EXPECT_THAT(ann.rejected, SizeIs(1));
    ann.role(c, {"bob"}, MemberRole::owner);
    world.settle();
    bob.kick(c, {"cem"});
    world.settle();
    EXPECT_THAT(bob.done, SizeIs(1));
}

// ---- limits

TEST_F(RoomRules, ADirectConversationHasTwoMembersAtMost) {
    ann.create("three", {"ann", "bob", "cem"}, ConversationClass::direct);
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::too_large);
}

TEST_F(RoomRules, AGroupHasItsLimitAndAChannelALargerOne) {
    for (const auto kind : {ConversationClass::group, ConversationClass::channel}) {
        const ConversationId c = make(true, false, {"ann"}, kind);
        ann.forget();
        for (std::size_t i = 0; i < limits::group_members_max - 1;) {
            std::vector<std::string> some;
            for (std::size_t k = 0; k < 1000 && i < limits::group_members_max - 1; ++k, ++i)
                some.push_back("u" + std::to_string(i));
            ann.add(c, some);
        }
        world.settle();
        EXPECT_THAT(ann.rejected, IsEmpty());
        eve.forget();
        eve.join(c);
        world.settle();
        if (kind == ConversationClass::group) {
            ASSERT_THAT(eve.rejected, SizeIs(1));
            EXPECT_EQ(eve.rejected[0].code, ErrorCode::too_large);
        } else {
            EXPECT_THAT(eve.done, SizeIs(1));
        }
    }
}

// ---- lists and sessions

TEST_F(RoomRules, ConversationsAreListedPageByPageWithRoleAndHead) {
    const ConversationId a = make(false, false), b = make(true, false, {"ann"});
    make(false, false, {"ann", "cem"});
    bob.join(b);
    world.settle();
    say(ann, a, 1);
    bob.say(ListConversations{1, {}, 1});
    world.settle();
    EXPECT_THAT(bob.listed, SizeIs(1));
    EXPECT_EQ(bob.more, 1U);
    bob.say(ListConversations{2, std::min(a, b), 1});
    world.settle();
    EXPECT_EQ(bob.more, 1U);
    std::vector<std::string> expected = {"member of group 1..2", "member of group 2..2"};
    if (b < a) std::swap(expected[0], expected[1]);
    EXPECT_EQ(bob.listed, expected);
    bob.leave(a);
    world.settle();
    bob.forget();
    bob.say(ListConversations{3, {}, 100});
    world.settle();
    EXPECT_THAT(bob.listed, ElementsAre("member of group 2..2"));
}

TEST_F(RoomRules, MembersAreListedByNameAndThoseWhoLeftAreNot) {
    const ConversationId c = make(false, false, {"ann", "bob", "cem"});
    ann.role(c, {"cem"}, MemberRole::reader);
    world.settle();
    bob.say(ListMembers{1, c, {}, 2});
    world.settle();
    EXPECT_EQ(bob.more, 1U);
    bob.say(ListMembers{2, c, "bob", 2});
    world.settle();
    EXPECT_EQ(bob.more, 1U);
    EXPECT_THAT(bob.listed, ElementsAre("ann owner 1", "bob member 1", "cem reader 1"));
    ann.kick(c, {"cem"});
    world.settle();
    bob.forget();
    bob.say(ListMembers{3, c, {}, 100});
    world.settle();
    EXPECT_THAT(bob.listed, ElementsAre("ann owner 1", "bob member 1"));
}

TEST_F(RoomRules, SessionsAreListedAndRevoked) {
    world.pass(2s);
    Client& laptop = world.client("bob", "laptop");
    laptop.connect(2);
    world.settle();
    bob.say(ListSessions{1});
    world.settle(0ms);
    ASSERT_THAT(bob.listed, SizeIs(2));
    EXPECT_TRUE(bob.listed[0].starts_with("d ")) << bob.listed[0];
    EXPECT_TRUE(bob.listed[1].starts_with("laptop ")) << bob.listed[1];
    EXPECT_GE(std::stoi(bob.listed[0].substr(2)), 2000);
    bob.say(RevokeSession{2, "laptop"});
    bob.say(RevokeSession{3, "tablet"});
    world.settle();
    EXPECT_EQ(laptop.close_code, traits(ErrorCode::revoked).close_code);
    ASSERT_THAT(bob.done, SizeIs(1));
    EXPECT_EQ(bob.done[0].id, 2U);
    ASSERT_THAT(bob.rejected, SizeIs(1));
    EXPECT_EQ(bob.rejected[0].code, ErrorCode::forbidden);
    bob.forget();
    bob.say(ListSessions{4});
    world.settle();
    EXPECT_THAT(bob.listed, SizeIs(1));
}

// ---- history backwards

TEST_F(RoomRules, HistoryPagesBackwardsFromBeforeToTheFirstVisibleEntry) {
    const ConversationId c = make(true, false);
    for (WireNumber n = 1; n <= 10; ++n) say(ann, c, n);
    eve.join(c);
    world.settle();
    const auto page = [&](Client& who, Sequence before, std::uint32_t limit) {
        who.forget();
        who.say(ReadHistory{7, c, 1, limit, before});
        world.settle();
        std::vector<Sequence> out;
        for (const Said& one : who.pages.at(0).entries) out.push_back(one.sequence);
        return out;
    };
    EXPECT_THAT(page(bob, 100, 3), ElementsAre(10U, 11U, 12U));
    EXPECT_THAT(page(bob, 10, 3), ElementsAre(7U, 8U, 9U));
    EXPECT_THAT(page(bob, 3, 50), ElementsAre(1U, 2U));
    EXPECT_THAT(page(bob, 1, 50), IsEmpty());
    EXPECT_THAT(page(eve, 13, 50), ElementsAre(12U));
}

}  // namespace
}  // namespace hubbub::testing
