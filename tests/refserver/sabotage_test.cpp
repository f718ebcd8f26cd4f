// Every wrong, as docs/SABOTAGE.md defines it: the record matches the act, and the act is no more than that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/sabotage_fixture.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;


TEST(SabotagePlanText, NamesKindsRatesAndHowOftenAtMost) {
    const SabotageParse parse = parse_sabotage("drop_live:0.01,phantom:1x3", 42);
    EXPECT_EQ(parse.error, "");
    ASSERT_THAT(parse.plan.items, SizeIs(2));
    EXPECT_EQ(parse.plan.items[0].kind, Kind::drop_live);
    EXPECT_DOUBLE_EQ(parse.plan.items[0].rate, 0.01);
    EXPECT_EQ(parse.plan.items[0].most, UINT32_MAX);
    EXPECT_EQ(parse.plan.items[1].kind, Kind::phantom);
    EXPECT_EQ(parse.plan.items[1].most, 3U);
    EXPECT_EQ(parse.plan.seed, 42U);
}

TEST(SabotagePlanText, AnUnknownKindIsRefusedWithTheNearestKnownOne) {
    EXPECT_THAT(parse_sabotage("drop_life:0.1", 1).error, HasSubstr("did you mean 'drop_live'?"));
    EXPECT_TRUE(parse_sabotage("drop_life:0.1", 1).plan.items.empty());
}

TEST(SabotagePlanText, RatesAndCountsMustMakeSense) {
    for (const char* text :
         {"drop_live", "drop_live:", "drop_live:0", "drop_live:-1", "drop_live:1.5", "drop_live:x",
          "drop_live:0.5x", "drop_live:0.5x0", "drop_live:0.5x1.5", "drop_live:nan",
          "drop_live:0.1,drop_live:0.1", ",", "drop_live:0.1,,phantom:0.1"})
        EXPECT_NE(parse_sabotage(text, 1).error, "") << text;
    EXPECT_EQ(parse_sabotage("", 1).error, "");
}

TEST(SabotagePlanText, EveryKindHasItsNameAndOnlyTwoAreHarmless) {
    int harmless_kinds = 0;
    for (std::size_t i = 0; i < sabotage_kinds; ++i) {
        const auto kind = static_cast<Kind>(i);
        EXPECT_EQ(sabotage_kind_from(name(kind)), kind);
        harmless_kinds += harmless(kind) ? 1 : 0;
    }
    EXPECT_EQ(harmless_kinds, 2);
    EXPECT_TRUE(harmless(Kind::lose_ack));
    EXPECT_TRUE(harmless(Kind::late_delivery));
}

/// Ann, bob and cem listen to one conversation, eve to another; one wrong is done, once.
TEST_P(Wrong, LoseAfterAckIsAckedButNeverStoredNorDelivered) {
    plan("lose_after_ack:1x1");
    speak(3);
    const auto& told = record(Kind::lose_after_ack);
    EXPECT_EQ(told.sequence, 2U);
    EXPECT_EQ(told.user, "ann");
    EXPECT_EQ(told.number, 1U);
    EXPECT_EQ(told.receivers, 2U);
    EXPECT_THAT(client("ann").stream(c), ElementsAre(2U, 3U, 4U));
    EXPECT_THAT(client("bob").stream(c), ElementsAre(3U, 4U));
    EXPECT_THAT(client("cem").stream(c), ElementsAre(3U, 4U));
    EXPECT_THAT(history("bob"), ElementsAre(1U, 3U, 4U));
    client("bob").forget();
    client("bob").connect(0);
    client("bob").resume({{c, 1, 1}});
    world->settle();
    EXPECT_THAT(client("bob").stream(c), ElementsAre(3U, 4U));
}

TEST_P(Wrong, LoseForOneNeverReachesThatOneDevice) {
    plan("lose_for_one:1x1");
    speak(3);
    const auto& told = record(Kind::lose_for_one);
    EXPECT_EQ(told.sequence, 2U);
    ASSERT_NE(told.victim_user, "ann");
    Client& lonely = victim(told);
    Client& lucky = client(told.victim_user == "bob" ? "cem" : "bob");
    EXPECT_THAT(lonely.stream(c), ElementsAre(3U, 4U));
    EXPECT_THAT(lucky.stream(c), ElementsAre(2U, 3U, 4U));
    EXPECT_THAT(history(lonely.user), ElementsAre(1U, 3U, 4U));
    EXPECT_THAT(history(lucky.user), ElementsAre(1U, 2U, 3U, 4U));
    lonely.forget();
    lonely.connect(0);
    lonely.resume({{c, 1, 1}});
    world->settle();
    EXPECT_THAT(lonely.stream(c), ElementsAre(3U, 4U));
}

TEST_P(Wrong, DropLiveSkipsOnePushAndResumeHasIt) {
    plan("drop_live:1x1");
    speak(3);
    ASSERT_FALSE(world->truth.empty());  // each shard does one
    EXPECT_EQ(client("bob").said.size() + client("cem").said.size(), 6 - world->truth.size());
    for (const auto& told : world->truth) {
        EXPECT_EQ(told.kind, Kind::drop_live);
        EXPECT_EQ(told.user, "ann");
        Client& one = victim(told);
        const auto stream = one.stream(c);
        EXPECT_EQ(std::count(stream.begin(), stream.end(), told.sequence), 0);
        EXPECT_THAT(history(one.user), ElementsAre(1U, 2U, 3U, 4U));
        one.forget();
        one.connect(0);
        one.resume({{c, 1, told.sequence - 1}});
        world->settle();
        EXPECT_EQ(one.stream(c).at(0), told.sequence);
    }
}

TEST_P(Wrong, DuplicateEntryAppendsTheSameMessageAgain) {
    plan("duplicate_entry:1x1");
    speak(2);
    const auto& told = record(Kind::duplicate_entry);
    EXPECT_EQ(told.sequence, 3U);
    EXPECT_THAT(client("bob").bodies(c), ElementsAre("message-1", "message-1", "message-2"));
    EXPECT_THAT(client("bob").stream(c), ElementsAre(2U, 3U, 4U));
    // Without a gap for the sender: it gets the copy, which is no answer to any send.
    EXPECT_THAT(client("ann").stream(c), ElementsAre(2U, 3U, 4U));
    EXPECT_THAT(client("ann").bodies(c), ElementsAre("message-1"));
    EXPECT_THAT(history("cem"), ElementsAre(1U, 2U, 3U, 4U));
}

TEST_P(Wrong, DuplicateRawPushesOneEntryTwiceToOneDevice) {
    plan("duplicate_raw:1x1");
    speak(1);
    for (const auto& told : world->truth) {
        EXPECT_EQ(told.kind, Kind::duplicate_raw);
        EXPECT_THAT(victim(told).stream(c), ElementsAre(2U, 2U));
    }
    EXPECT_EQ(client("bob").said.size() + client("cem").said.size(), 2 + world->truth.size());
    EXPECT_FALSE(world->truth.empty());
}

TEST_P(Wrong, SwapDeliveryPushesAnEntryAfterItsSuccessor) {
    plan("swap_delivery:1x1");
    client("ann").send(c, 1, "a");
    world->pass(5ms);
    EXPECT_THAT(world->truth, IsEmpty()) << "nothing is wrong yet";
    client("ann").send(c, 2, "b");
    world->settle();
    ASSERT_FALSE(world->truth.empty());
    for (const auto& told : world->truth) {
        EXPECT_EQ(told.kind, Kind::swap_delivery);
        EXPECT_EQ(told.sequence, 2U);
        EXPECT_THAT(victim(told).stream(c), ElementsAre(3U, 2U));
    }
    EXPECT_THAT(client("ann").stream(c), ElementsAre(2U, 3U));
}

TEST_P(Wrong, SwapDeliveryWithoutASuccessorIsOnlyLate) {
    plan("swap_delivery:1x1");
    client("ann").send(c, 1, "a");
    world->pass(300ms);
    EXPECT_THAT(world->truth, IsEmpty());
    EXPECT_THAT(client("bob").stream(c), ElementsAre(2U));
    EXPECT_THAT(client("cem").stream(c), ElementsAre(2U));
}

TEST_P(Wrong, SwapOrderGivesTwoWaitingSendsTheirNumbersInTheWrongOrder) {
    plan("swap_order:1x1");
    client("ann").send(c, 1, "a");
    client("ann").send(c, 1, "a");  // a resend of the one that is held back changes nothing
    client("ann").send(c, 2, "b");
    client("ann").send(c, 3, "c");
    world->settle();
    const auto& told = record(Kind::swap_order);
    EXPECT_EQ(told.number, 1U);
    EXPECT_EQ(told.sequence, 3U);
    EXPECT_THAT(client("bob").bodies(c), ElementsAre("b", "a", "c"));
    EXPECT_THAT(client("bob").stream(c), ElementsAre(2U, 3U, 4U));
    EXPECT_THAT(client("ann").stream(c), ElementsAre(2U, 3U, 4U));
    client("ann").forget();
    client("ann").send(c, 1, "a");
    client("ann").send(c, 2, "b");
    world->settle();
    EXPECT_THAT(client("ann").stream(c), ElementsAre(3U, 2U)) << "resends get these same numbers";
}

TEST_P(Wrong, SwapOrderWithoutASecondSendIsNoWrong) {
    plan("swap_order:1x1");
    client("ann").send(c, 1, "a");
    world->settle();
    EXPECT_THAT(world->truth, IsEmpty());
    EXPECT_THAT(client("ann").stream(c), ElementsAre(2U));
    EXPECT_THAT(client("bob").bodies(c), ElementsAre("a"));
}

TEST_P(Wrong, WrongSenderIsStoredAndDeliveredInAnotherMembersName) {
    plan("wrong_sender:1x1");
    speak(2);
    const auto& told = record(Kind::wrong_sender);
    EXPECT_EQ(told.user, "ann");
    const Said& forged = client("bob").said.at(0);
    EXPECT_NE(forged.user, "ann");
    EXPECT_EQ(forged.body, "message-1");
    EXPECT_EQ(client("bob").said.at(1).user, "ann");
    EXPECT_TRUE(client("ann").said.at(0).ack);
    history("cem");
    EXPECT_EQ(client("cem").pages.back().entries.at(1).user, forged.user);
}

TEST_P(Wrong, CorruptBodyAltersOneCharacterForEveryone) {
    plan("corrupt_body:1x1");
    speak(2);
    record(Kind::corrupt_body);
    EXPECT_THAT(client("bob").bodies(c), ElementsAre("message-A", "message-2"));
    EXPECT_THAT(client("cem").bodies(c), ElementsAre("message-A", "message-2"));
    history("cem");
    EXPECT_EQ(client("cem").pages.back().entries.at(1).body, "message-A");
}

TEST_P(Wrong, DisagreeGivesOneDeviceTheContentOfTheMessageBefore) {
    plan("disagree:1x1");
    speak(3);
    ASSERT_FALSE(world->truth.empty());
    for (const auto& told : world->truth) {
        EXPECT_EQ(told.kind, Kind::disagree);
        EXPECT_EQ(told.sequence, 3U) << "the first message has none before it";
        EXPECT_THAT(victim(told).stream(c), ElementsAre(2U, 3U, 4U));
        EXPECT_THAT(victim(told).bodies(c), ElementsAre("message-1", "message-1", "message-3"));
    }
}

TEST_P(Wrong, MisdeliverPushesToAConnectedNonMember) {
    plan("misdeliver:1x1");
    speak(1);
    for (const auto& told : world->truth) {
        EXPECT_EQ(told.kind, Kind::misdeliver);
        EXPECT_EQ(told.victim_user, "eve");
        EXPECT_EQ(told.sequence, 2U);
    }
    EXPECT_EQ(client("eve").stream(c).size(), world->truth.size());
    if (GetParam() == 1) {
        EXPECT_THAT(world->truth, SizeIs(1));
    }
    EXPECT_THAT(client("bob").stream(c), ElementsAre(2U));
}

TEST_P(Wrong, TypingLeakTellsAConnectedNonMemberWhoTypes) {
    plan("typing_leak:1x1");
    client("ann").say(Typing{c, true});
    world->settle();
    for (const auto& told : world->truth) {
        EXPECT_EQ(told.kind, Kind::typing_leak);
        EXPECT_EQ(told.user, "ann");
        EXPECT_EQ(told.victim_user, "eve");
    }
    EXPECT_EQ(client("eve").typing.size(), world->truth.size());
    if (GetParam() == 1) {
        EXPECT_THAT(world->truth, SizeIs(1));
    }
    EXPECT_THAT(client("bob").typing, SizeIs(1)) << "the members hear it all the same";
    EXPECT_TRUE(client("ann").typing.empty());
}

TEST_P(Wrong, PhantomAppendsWhatNobodySaid) {
    plan("phantom:1x1");
    speak(2);
    const auto& told = record(Kind::phantom);
    EXPECT_EQ(told.sequence, 3U);
    for (const char* name : {"ann", "bob", "cem"}) {
        EXPECT_THAT(client(name).stream(c), ElementsAre(2U, 3U, 4U)) << name;
        const auto& said = client(name).said;
        EXPECT_FALSE(said.at(1).ack);
        EXPECT_EQ(said.at(1).user, "ann");
        EXPECT_EQ(said.at(1).body, "this was never said");
    }
    EXPECT_THAT(history("bob"), ElementsAre(1U, 2U, 3U, 4U));
}

TEST_P(Wrong, BurnSequenceSkipsANumber) {
    plan("burn_sequence:1x1");
    speak(2);
    const auto& told = record(Kind::burn_sequence);
    EXPECT_EQ(told.sequence, 2U);
    EXPECT_EQ(told.receivers, 2U);
    for (const char* name : {"ann", "bob", "cem"})
        EXPECT_THAT(client(name).stream(c), ElementsAre(3U, 4U)) << name;
    EXPECT_THAT(history("bob"), ElementsAre(1U, 3U, 4U));
}

INSTANTIATE_TEST_SUITE_P(Shards, Wrong, ::testing::Values(1U, 2U));

TEST(Sabotage, WithoutAPlanNothingIsToldAndWithTheSameSeedTheSameIsDone) {
    const auto run = [](const char* plan, std::uint64_t seed) {
        WorldOptions options;
        options.server.sabotage = parse_sabotage(plan, seed).plan;
        World world(std::move(options));
        const ConversationId c = world.conversation("k", {"ann", "bob"});
        Client& ann = world.client("ann");
        ann.connect(0);
        for (WireNumber n = 1; n <= 40; ++n) {
            ann.send(c, n, "x");
            world.pass(600ms);
        }
        std::vector<Sequence> told;
        for (const auto& record : world.truth) told.push_back(record.sequence);
        return told;
    };
    EXPECT_THAT(run("", 1), IsEmpty());
    const auto once = run("phantom:0.3", 1);
    EXPECT_FALSE(once.empty());
    EXPECT_EQ(run("phantom:0.3", 1), once);
    EXPECT_NE(run("phantom:0.3", 2), once);
}

}  // namespace
}  // namespace hubbub::testing
