// Joining, leaving, kicking, roles, lists and sessions: what the log says, who hears it, and who may.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/rooms_fixture.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(Rooms, WhoIsAddedWhileConnectedIsToldAndGetsEntriesAtOnce) {
    const ConversationId c = make(false, false);
    say(ann, c, 1);
    ann.add(c, {"cem"});
    world.settle();
    ASSERT_THAT(cem.resumed, SizeIs(1));
    EXPECT_EQ(cem.resumed[0].pending, 0U);
    EXPECT_EQ(cem.resumed[0].positions.at(0).conversation, c);
    EXPECT_EQ(cem.resumed[0].positions.at(0).from, 3U);
    say(bob, c, 1);
    EXPECT_THAT(cem.stream(c), ElementsAre(3U, 4U));
}

TEST_F(Rooms, AllSessionsOfANewMemberAreTold) {
    Client& laptop = world.client("cem", "laptop");
    laptop.connect(1);
    laptop.resume({});
    world.settle();
    const ConversationId c = make(false, false);
    ann.add(c, {"cem"});
    world.settle();
    say(ann, c, 1);
    EXPECT_THAT(laptop.stream(c), ElementsAre(2U, 3U));
    EXPECT_THAT(cem.stream(c), ElementsAre(2U, 3U));
    EXPECT_EQ(world.total(&ShardCounters::introduced), 2U);
}

TEST_F(Rooms, AnOpenConversationIsJoinedByItsIdAndTheEntryIsTheAnswer) {
    const ConversationId c = make(true, false);
    const RequestId id = eve.join(c);
    world.settle();
    ASSERT_THAT(eve.done, SizeIs(1));
    EXPECT_EQ(eve.done[0].id, id);
    EXPECT_EQ(eve.done[0].sequence, 2U);
    say(eve, c, 1);
    EXPECT_THAT(eve.stream(c), ElementsAre(2U, 3U));
    EXPECT_THAT(bob.stream(c), ElementsAre(2U, 3U));
    eve.join(c);  // its answer was lost, say
    world.settle();
    EXPECT_EQ(eve.done.back().sequence, 2U);
    EXPECT_THAT(bob.stream(c), SizeIs(2));
}

TEST_F(Rooms, NewMembersSeeTheLogFromTheirEntryUnlessTheConversationShowsAll) {
    for (const bool all : {false, true}) {
        const ConversationId c = make(true, all);
        say(ann, c, 1);
        say(ann, c, 2);
        eve.join(c);
        world.settle();
        eve.read(c, 1);
        world.settle();
        ASSERT_THAT(eve.pages, SizeIs(1));
        EXPECT_EQ(eve.pages[0].entries.front().sequence, all ? 1U : 4U);
        EXPECT_EQ(eve.stream(c).front(), 4U);  // live from its own entry in both cases
    }
}

TEST_F(Rooms, OnlyTheOpenOnesAreJoinedAndTwoPeopleStayTwo) {
    const ConversationId closed = make(false, false);
    const ConversationId direct = make(true, false, {"ann", "bob"}, ConversationClass::direct);
    eve.join(closed);
    eve.join(direct);
    ann.add(direct, {"eve"});
    world.settle();
    EXPECT_THAT(eve.rejected, SizeIs(2));
    EXPECT_THAT(ann.rejected, SizeIs(1));
    EXPECT_THAT(eve.done, IsEmpty());
}

// ---- going

TEST_F(Rooms, WhoLeavesGetsItsEntryAndNothingBehindIt) {
    const ConversationId c = make(false, false);
    say(ann, c, 1);
    bob.leave(c);
    world.settle();
    ASSERT_THAT(bob.done, SizeIs(1));
    EXPECT_EQ(bob.done[0].sequence, 3U);
    say(ann, c, 2);
    EXPECT_THAT(bob.stream(c), ElementsAre(2U, 3U));
    EXPECT_THAT(ann.stream(c), ElementsAre(2U, 3U, 4U));
    EXPECT_EQ(bob.said.back().kind, EntryKind::left);
    EXPECT_EQ(world.total(&ShardCounters::left), 1U);
}

TEST_F(Rooms, AllDevicesOfWhoWasKickedStopAtTheEntry) {
    Client& laptop = world.client("bob", "laptop");
    laptop.connect(1);
    laptop.resume({});
    world.settle();
    const ConversationId c = make(false, false, {"ann", "bob", "cem"});
    laptop.resume({});
    world.settle();
    laptop.forget();
    ann.send(c, 1, "before");
    ann.kick(c, {"bob", "nobody"});
    ann.send(c, 2, "after");
    world.settle();
    EXPECT_THAT(bob.stream(c), ElementsAre(2U, 3U));
    EXPECT_THAT(laptop.stream(c), ElementsAre(2U, 3U));
    EXPECT_THAT(cem.stream(c), ElementsAre(2U, 3U, 4U));
    EXPECT_THAT(bob.said.back().members, ElementsAre("bob"));
}

TEST_F(Rooms, AfterLeavingEverythingIsRefusedByteForByteAsIfItDidNotExist) {
    const ConversationId c = make(false, false);
    const ConversationId absent{c.high ^ 1, c.low};
    say(bob, c, 1);
    bob.leave(c);
    world.settle();
    std::vector<std::vector<std::string>> answers;
    for (const ConversationId& id : {c, absent}) {
        bob.forget();
        bob.send(id, 2, "x");
        world.settle();
        // Requests carry the same id each time, so that answers can be equal.
        bob.say(ReadHistory{99, id, 1, 50, 0});
        world.settle();
        bob.say(ReadHistory{99, id, 1, 50, 3});
        world.settle();
        bob.say(Resume{{{id, 1, 3}}, false, false});
        world.settle();
        bob.say(Leave{99, id});
        world.settle();
        bob.say(Join{99, id});
        world.settle();
        bob.say(Kick{99, id, {"ann"}});
        world.settle();
        bob.say(SetRole{99, id, {"bob"}, MemberRole::owner});
        world.settle();
        bob.say(AddMembers{99, id, {"bob"}});
        world.settle();
        bob.say(ListMembers{99, id, {}, 10});
        world.settle();
        EXPECT_THAT(bob.said, IsEmpty());
        answers.push_back(bob.raw);
    }
    ASSERT_THAT(answers[0], SizeIs(10));
    std::string of_one, of_other;
    make_json_codec()->encode(ServerMessage(Ack{c, 1, 1}), of_one);
    make_json_codec()->encode(ServerMessage(Ack{absent, 1, 1}), of_other);
    const std::string id_one = of_one.substr(of_one.find("\"c\":") + 5, 22);
    const std::string id_other = of_other.substr(of_other.find("\"c\":") + 5, 22);
    for (std::size_t i = 0; i < answers[0].size(); ++i) {
        std::string one = answers[0][i];
        if (const auto at = one.find(id_one); at != std::string::npos) one.replace(at, 22, id_other);
        EXPECT_EQ(one, answers[1][i]);
    }
}

TEST_F(Rooms, WhoWasPutOutWhileAwayGetsTheRestOfItsTimeAndThenNoMore) {
    const ConversationId c = make(false, false, {"ann", "bob"});
    bob.reset();
    say(ann, c, 1);
    ann.kick(c, {"bob"});
    say(ann, c, 2);
    bob.connect(1);
    bob.resume({{c, 1, 1}});
    world.settle();
    ASSERT_FALSE(bob.resumed.empty());
    EXPECT_EQ(bob.resumed[0].positions.at(0).status, ResumeStatus::ok);
    EXPECT_EQ(bob.resumed[0].positions.at(0).head, 3U);
    EXPECT_EQ(bob.resumed.back().pending, 0U);
    EXPECT_THAT(bob.stream(c), ElementsAre(2U, 3U));
    bob.forget();
    bob.resume({{c, 1, 3}});
    world.settle();
    EXPECT_EQ(bob.resumed[0].positions.at(0).status, ResumeStatus::forbidden);
    say(ann, c, 3);
    EXPECT_THAT(bob.said, IsEmpty());
}

TEST_F(Rooms, ComingBackBeginsANewInterval) {
    const ConversationId c = make(true, false);
    bob.leave(c);
    world.settle();
    say(ann, c, 1);
    bob.join(c);
    world.settle();
    say(ann, c, 2);
    EXPECT_THAT(bob.stream(c), ElementsAre(2U, 4U, 5U));
    bob.read(c, 1);
    world.settle();
    EXPECT_EQ(bob.pages.at(0).entries.front().sequence, 4U);
    world.kill();  // the same from the store
    bob.forget();
    bob.connect(0);
    bob.resume({{c, 1, 2}});
    world.settle();
    EXPECT_THAT(bob.stream(c), ElementsAre(4U, 5U));
}

TEST_F(Rooms, LeavingAndComingBackWithoutWaitingForAnswersKeepsTheOrder) {
    const ConversationId c = make(true, false);
    bob.leave(c);
    ann.send(c, 1, "unseen");
    bob.join(c);
    bob.leave(c);  // not in yet, as far as anybody may know
    world.settle();
    EXPECT_THAT(bob.rejected, SizeIs(1));
    say(ann, c, 2);
    EXPECT_THAT(bob.stream(c), ElementsAre(2U, 4U, 5U));
    EXPECT_EQ(bob.said.back().body, "ann2");
}

TEST_F(Rooms, TheLastOwnerStaysWhileOthersAreThere) {
    const ConversationId c = make(false, false);
    ann.leave(c);
    ann.kick(c, {"ann"});
    ann.role(c, {"ann"}, MemberRole::member);
    world.settle();
    ASSERT_THAT(ann.rejected, SizeIs(3));
    for (const Rejected& refusal : ann.rejected) EXPECT_EQ(refusal.code, ErrorCode::forbidden);
    ann.role(c, {"bob"}, MemberRole::owner);
    ann.leave(c);
    world.settle();
    EXPECT_THAT(ann.done, SizeIs(2));
    bob.leave(c);  // the last of all may go
    world.settle();
    EXPECT_THAT(bob.done, SizeIs(1));
}

TEST_F(Rooms, WhoJoinsAnEmptyOpenConversationOwnsIt) {
    const ConversationId c = make(true, false, {"ann"});
    ann.leave(c);
    world.settle();
    eve.join(c);
    world.settle();
    eve.kick(c, {"eve"});
    world.settle();
    EXPECT_THAT(eve.done, SizeIs(2));
}

// ---- roles

TEST_F(Rooms, ReadersReadAndDoNotWrite) {
    const ConversationId c = make(false, false);
    ann.role(c, {"bob"}, MemberRole::reader);
    world.settle();
    EXPECT_EQ(bob.said.back().kind, EntryKind::role);
    bob.send(c, 1, "x");
    world.settle();
    ASSERT_THAT(bob.rejected, SizeIs(1));
    EXPECT_EQ(bob.rejected[0].code, ErrorCode::forbidden);
    say(ann, c, 1);
    EXPECT_EQ(bob.said.back().body, "ann1");
    world.kill();
    bob.connect(0);
    bob.resume({});
    world.settle();
    bob.send(c, 1, "x");
    world.settle();
    EXPECT_THAT(bob.rejected, SizeIs(2));
    ann.connect(0);
    ann.role(c, {"bob"}, MemberRole::member);
    world.settle();
    bob.send(c, 1, "x");
    world.settle();
    EXPECT_THAT(bob.rejected, SizeIs(2));
}

}  // namespace
}  // namespace hubbub::testing
