// Who is typing: told to the members that are there, ended by itself, bounded, never stored.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "tests/refserver/ann_and_bob.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct TheTyping : AnnAndBobInRoom {
    Client& eve = world.client("eve");
    void SetUp() override { enter({&ann, &bob, &eve}); }
    TypingSaid bobs(bool on) const { return {c, "bob", on}; }
};

TEST_F(TheTyping, IsToldToTheOtherMembersAlone) {
    bob.say(Typing{c, true});
    world.settle();
    EXPECT_THAT(ann.typing, ElementsAre(bobs(true)));
    EXPECT_THAT(bob.typing, IsEmpty());
    EXPECT_THAT(eve.typing, IsEmpty());
}

TEST_F(TheTyping, EndsWhenItIsSaidToEnd) {
    bob.say(Typing{c, true});
    bob.say(Typing{c, false});
    world.settle();
    EXPECT_THAT(ann.typing, ElementsAre(bobs(true), bobs(false)));
}

TEST_F(TheTyping, EndsByItself) {
    bob.say(Typing{c, true});
    world.pass(limits::typing_ttl - 100ms);
    EXPECT_THAT(ann.typing, ElementsAre(bobs(true)));
    world.pass(200ms);
    EXPECT_THAT(ann.typing, ElementsAre(bobs(true), bobs(false)));
}

TEST_F(TheTyping, IsProlongedWithoutBeingToldAgain) {
    bob.say(Typing{c, true});
    world.pass(limits::typing_ttl / 2);
    bob.say(Typing{c, true});
    world.pass(limits::typing_ttl - 100ms);
    EXPECT_THAT(ann.typing, ElementsAre(bobs(true)));
    world.pass(200ms);
    EXPECT_THAT(ann.typing, ElementsAre(bobs(true), bobs(false)));
}

TEST_F(TheTyping, OfOneWhoFlickersIsHeardOnceInAWhile) {
    for (int i = 0; i < 10; ++i) {
        bob.say(Typing{c, true});
        bob.say(Typing{c, false});
        world.settle(0ms);
    }
    EXPECT_THAT(ann.typing, ElementsAre(bobs(true), bobs(false)));
    world.pass(limits::typing_gap);
    bob.say(Typing{c, true});
    world.settle();
    EXPECT_THAT(ann.typing, SizeIs(3));
}

TEST_F(TheTyping, OfAStrangerIsIgnored) {
    eve.say(Typing{c, true});
    world.settle();
    EXPECT_THAT(ann.typing, IsEmpty());
    EXPECT_EQ(world.total(&ShardCounters::typing_ignored), 1U);
}

TEST_F(TheTyping, IsForgottenWithTheServer) {
    bob.say(Typing{c, true});
    world.settle();
    world.kill();
    ann.connect(0);
    ann.resume({});
    ann.forget();
    world.pass(2 * limits::typing_ttl);
    EXPECT_THAT(ann.typing, IsEmpty());
}

}  // namespace
}  // namespace hubbub::testing
