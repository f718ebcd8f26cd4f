// What is said beside the log: typing that reaches or names the wrong ones, reactions that are missing or
// that nobody made.
#include <algorithm>
#include <map>

#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfTyping = test::JudgeCase;

UserIndex user_of(DeviceIndex device) {
    return UserIndex{device.value};  // one device each
}

TEST_F(JudgeOfTyping, OfAMemberWhoTypesIsNoLeak) {
    // The notice comes to a worker that knows nothing of it, and here even before its own worker says so.
    h.of(b()).typing_heard(b(), HandHistory::group, user_of(a()), h.at(10));
    h.of(a()).typed(user_of(a()), HandHistory::group);
    for (const DeviceIndex to : {b(), c()}) {
        EXPECT_TRUE(h.of(to).heard_about(to, HandHistory::group, user_of(a()), h.at(10)));
        h.of(to).typing_heard(to, HandHistory::group, user_of(a()), h.at(10));
    }
    EXPECT_EQ(accused(h.judge()), "");
}

TEST_F(JudgeOfTyping, AtAStrangerAboutAStrangerOrAboutOneselfLeaks) {
    h.of(a()).typed(user_of(a()), HandHistory::group);
    EXPECT_FALSE(h.of(h.stranger).heard_about(h.stranger, HandHistory::group, user_of(a()), h.at(10)));
    EXPECT_EQ(accused(h.judge()), "leaked=1 ");
    EXPECT_FALSE(h.of(b()).heard_about(b(), HandHistory::group, user_of(h.stranger), h.at(20)));
    EXPECT_EQ(accused(h.judge()), "leaked=2 ");
    EXPECT_FALSE(h.of(b()).heard_about(b(), HandHistory::group, std::nullopt, h.at(20)));
    EXPECT_EQ(accused(h.judge()), "leaked=3 ");
    EXPECT_FALSE(h.of(a()).heard_about(a(), HandHistory::group, user_of(a()), h.at(20)));
    EXPECT_EQ(accused(h.judge()), "leaked=4 ");
    EXPECT_FALSE(h.of(b()).heard_in(b(), std::nullopt, h.at(20)));
    EXPECT_EQ(accused(h.judge()), "leaked=5 ");
    EXPECT_TRUE(h.of(b()).heard_in(b(), HandHistory::group, h.at(20)));
    const Judgement judged = h.judge();
    ASSERT_EQ(judged.evidence.size(), 5U);
    EXPECT_EQ(judged.evidence[0].why, "said beside the log to a device that is no member");
}

TEST_F(JudgeOfTyping, OfWhoNeverTypedThereLeaksEveryNotice) {
    // A typed in another conversation, B in this one.
    h.of(a()).typed(user_of(a()), HandHistory::other);
    h.of(b()).typed(user_of(b()), HandHistory::group);
    h.of(b()).typing_heard(b(), HandHistory::group, user_of(a()), h.at(10));
    h.of(c()).typing_heard(c(), HandHistory::group, user_of(a()), h.at(10));
    h.of(c()).typing_heard(c(), HandHistory::group, user_of(b()), h.at(10));
    const Judgement judged = h.judge();
    EXPECT_EQ(accused(judged), "leaked=2 ");
    ASSERT_EQ(judged.evidence.size(), 1U);
    EXPECT_EQ(judged.evidence[0].why, "said to type, and never typed there");
}

TEST_F(JudgeOfTyping, IsTimedInThePhaseInWhichItBegan) {
    h.of(a()).noted(Latency::typing, HandHistory::group, h.at(10), h.at(35));
    h.of(b()).noted(Latency::typing, HandHistory::group, h.at(1500), h.at(1600));  // not measured
    const Judgement judged = h.judge();
    EXPECT_EQ(judged.latency.at({"typing", ""}).count(), 1U);
    EXPECT_NEAR(judged.latency.at({"typing", "class=group"}).max(), 25'000, 250);
}

class JudgeOfReactions : public test::JudgeCase {
  protected:
    static constexpr std::uint32_t group = HandHistory::group.value;
    [[nodiscard]] static ReactionPlace place(Sequence q = q1, std::uint8_t body = 0) {
        return {group, q, body};
    }
    /// Two of them on one worker, one on another.
    void react(std::uint64_t acked, std::uint64_t unknown) {
        h.of(a()).talk().reactions[place()] = {acked - acked / 3, unknown};
        h.of(c()).talk().reactions[place()] = {acked / 3, 0};
    }
    void list(const std::map<ReactionPlace, std::uint64_t>& counts, bool complete = true) {
        h.of(b()).talk().listings[group] = {complete, counts};
    }
};

TEST_F(JudgeOfReactions, ThatAreAllThereAreNotAccused) {
    react(3, 0);
    list({{place(), 3}});
    EXPECT_EQ(accused(h.judge()), "");
}

TEST_F(JudgeOfReactions, ThatWereAcknowledgedMustBeThere) {
    react(3, 0);
    list({{place(), 1}});
    EXPECT_EQ(accused(h.judge()), "reactions=2 ");
    list({});
    EXPECT_EQ(accused(h.judge()), "reactions=3 ");
    list({{place(q2), 3}});
    EXPECT_EQ(accused(h.judge()), "reactions=6 ") << "three are missing, three are at another entry";
}

TEST_F(JudgeOfReactions, ThatNobodyMadeAreAccused) {
    react(3, 0);
    list({{place(), 4}});
    EXPECT_EQ(accused(h.judge()), "reactions=1 ");
    list({{place(), 3}, {place(q1, unknown_reaction), 2}});
    EXPECT_EQ(accused(h.judge()), "reactions=2 ");
}

TEST_F(JudgeOfReactions, OfWhichNobodyKnowsMayBeThereOrNot) {
    react(3, 2);
    for (const std::uint64_t count : {3, 4, 5}) {
        list({{place(), count}});
        EXPECT_EQ(accused(h.judge()), "") << count;
    }
    list({{place(), 2}});
    EXPECT_EQ(accused(h.judge()), "reactions=1 ");
    list({{place(), 6}});
    EXPECT_EQ(accused(h.judge()), "reactions=1 ");
}

TEST_F(JudgeOfReactions, ThatNobodyCouldReadAreUnverified) {
    react(3, 0);
    const std::uint64_t before = h.judge().totals.unverified;
    list({{place(), 1}}, false);
    const Judgement judged = h.judge();
    EXPECT_EQ(accused(judged), "");
    EXPECT_EQ(judged.totals.unverified, before);
    h.of(a()).talk().reactions.clear();
    h.of(c()).talk().reactions.clear();
    EXPECT_EQ(h.judge().totals.unverified, before - 1) << "nothing that had to be read";
}

TEST_F(JudgeOfReactions, ThatWereAskedForMayBeToldWhateverBecameOfThem) {
    // Told on a worker that knows nothing of it, and here even before its own worker says so.
    h.of(b()).reaction_heard(b(), user_of(a()), place(), true, h.at(10));
    h.of(a()).reacted(user_of(a()), place());
    h.of(c()).reaction_heard(c(), user_of(a()), place(), true, h.at(20));
    EXPECT_EQ(accused(h.judge()), "");
}

TEST_F(JudgeOfReactions, ThatAreToldAndNobodyAskedForAreAccusedAtEachReceiver) {
    h.of(a()).reacted(user_of(a()), place());
    h.of(b()).reacted(user_of(b()), place(q2));
    for (const auto& [user, where] : {std::pair{a(), place(q1, 1)}, {a(), place(q2)}, {b(), place()}}) {
        h.of(c()).reaction_heard(c(), user_of(user), where, true, h.at(10));
        h.of(c()).reaction_heard(c(), user_of(user), where, true, h.at(12));
    }
    const Judgement judged = h.judge();
    EXPECT_EQ(accused(judged), "reactions=6 ");
    ASSERT_EQ(judged.evidence.size(), 3U);
    EXPECT_EQ(judged.evidence[0].why, "told of a reaction that its user never asked for");
    EXPECT_EQ(judged.evidence[0].receiver, "u" + std::to_string(c().value));
}

TEST_F(JudgeOfReactions, ThatAreToldAsTakenBackAreAccused) {
    h.of(a()).reacted(user_of(a()), place());
    h.of(b()).reaction_heard(b(), user_of(a()), place(), false, h.at(10));
    const Judgement judged = h.judge();
    EXPECT_EQ(accused(judged), "reactions=1 ");
    ASSERT_EQ(judged.evidence.size(), 1U);
    EXPECT_EQ(judged.evidence[0].why, "told of a reaction that was taken back, which nobody does");
}

TEST_F(JudgeOfReactions, AreCountedAtMostAsOftenAsTheyWereAskedFor) {
    react(3, 2);
    list({{place(), 5}});
    for (const std::uint64_t count : {1, 4, 5}) h.of(b()).reactions_counted(b(), place(), count, h.at(10));
    EXPECT_EQ(accused(h.judge()), "");
    h.of(b()).reactions_counted(b(), place(), 6, h.at(20));
    EXPECT_EQ(accused(h.judge()), "reactions=1 ");
    h.of(c()).reactions_counted(c(), place(), 6, h.at(30));
    h.of(c()).reactions_counted(c(), place(q2), 1, h.at(30));
    EXPECT_EQ(accused(h.judge()), "reactions=3 ");
}

TEST_F(JudgeOfReactions, AreNotCheckedWhereNobodyReacts) {
    const auto unchecked = h.judge().not_checked;
    EXPECT_TRUE(std::find(unchecked.begin(), unchecked.end(), "reactions") != unchecked.end());
}

}  // namespace
}  // namespace hubbub
