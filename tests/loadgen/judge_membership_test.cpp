// Memberships that end and begin again, event by event: who is told more than its time, who is told less, and
// who is shown to have gone without asking.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;

class JudgeOfMembership : public test::JudgeCase {
  protected:
    Entry change(EntryKind kind, DeviceIndex of, Sequence q) {
        names_.push_back(h.plan().user_name(h.plan().user_of(of)));
        Entry entry;
        entry.kind = kind;
        entry.sequence = q;
        entry.user = names_.back();
        entry.members = {names_.back()};
        return entry;
    }
    void tell_all(const Entry& entry, int ms) {
        for (const DeviceIndex to : h.members) h.deliver(to, entry, ms);
    }
    /// Asked for, done, and told to everybody.
    Entry leave(DeviceIndex who, Sequence q, int ms) {
        h.of(who).asks(h.stream(who), EntryKind::left);
        const Entry entry = change(EntryKind::left, who, q);
        tell_all(entry, ms);
        return entry;
    }
    /// The device comes back, and is answered.
    void resume(DeviceIndex who, Sequence asked, Sequence from, Sequence head) {
        h.resumed(who, asked, ResumeStatus::ok, from, head);
    }
    void tell_others(const Message& message, Sequence q, DeviceIndex but, int ms) {
        for (const DeviceIndex to : h.members)
            if (to != message.sender && to != but) h.deliver(to, message, q, ms);
    }
    /// Said by a while c is out.
    Message said_without_c(Sequence q, int ms) {
        const Message message = h.say(a(), ms);
        h.ack(message, q, ms + 5);
        tell_others(message, q, c(), ms + 10);
        return message;
    }

  private:
    std::deque<std::string> names_;  // entries borrow them
};

/// c leaves with q1, a talks as q2, and c joins again with q3.
class JudgeOfAReturn : public JudgeOfMembership {
  protected:
    void SetUp() override {
        left = leave(c(), q1, 10);
        missed = said_without_c(q2, 20);
        h.of(c()).asks(h.stream(c()), EntryKind::joined);
        back = change(EntryKind::joined, c(), q3);
        for (const DeviceIndex to : {a(), b()}) h.deliver(to, back, 40);
    }
    void audit() { h.audit({left, h.entry_of(missed, q2), back}, q3); }
    Entry left, back;
    Message missed;
};

TEST_F(JudgeOfAReturn, IsNoFaultWhereItBeginsWithTheOwnJoinedEntry) {
    resume(c(), q1, q3, q3);
    h.deliver(c(), back, 50, ArrivedBy::catch_up);
    audit();
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.expected, 1u);
    EXPECT_EQ(judgement.totals.missing, 0u);
}

TEST_F(JudgeOfAReturn, ThatShowsWhatWasSaidMeanwhileIsALeak) {
    resume(c(), q1, q2, q3);
    h.deliver(c(), missed, q2, 50, ArrivedBy::catch_up);
    h.deliver(c(), back, 50, ArrivedBy::catch_up);
    audit();
    EXPECT_EQ(accused(h.judge()), "leaked=1 ");
}

TEST_F(JudgeOfAReturn, ThatIsPagedIsHeldToTheSame) {
    h.resumed(c(), q1, ResumeStatus::too_old, q2, q3);
    h.page(c(), missed, q2, 50);
    h.of(c()).repaired(h.stream(c()), h.of(c()).examine(back, HandHistory::group), h.at(50));
    audit();
    EXPECT_EQ(accused(h.judge()), "leaked=1 ");
}

TEST_F(JudgeOfAReturn, DoesNotMakeWhatWasSaidMeanwhileOnesOwn) {
    resume(c(), q1, q3, q3);
    h.deliver(c(), back, 50, ArrivedBy::catch_up);
    h.deliver(c(), missed, q2, 60);
    audit();
    EXPECT_EQ(accused(h.judge()), "leaked=1 ");
}

TEST_F(JudgeOfAReturn, WhoseFirstEntryGotLostIsNoLeak) {
    resume(c(), q1, q3, q3);
    const Message after = h.talk(a(), q4, 70);
    h.audit({left, h.entry_of(missed, q2), back, h.entry_of(after, q4)}, q4);
    EXPECT_EQ(h.judge().violations.leaked, 0u);
}

TEST_F(JudgeOfAReturn, LeavesTheLogFromBeforeTheLoadAlone) {
    resume(c(), q1, q3, q3);
    h.deliver(c(), back, 50, ArrivedBy::catch_up);
    h.deliver(c(), change(EntryKind::joined, a(), HandHistory::base), 60);
    audit();
    EXPECT_EQ(h.judge().violations.leaked, 0u);
}

TEST_F(JudgeOfAReturn, ThatWasAcknowledgedAndNeverHappenedLosesWhatFollows) {
    h.of(c()).joined(h.stream(c()), q3, h.at(45));
    const Message unheard = said_without_c(q4, 70);
    h.audit({left, h.entry_of(missed, q2), back, h.entry_of(unheard, q4)}, q4);
    EXPECT_GT(h.of(c()).owed(), 0u) << "the drain waits for it";
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "lost=1 ");
    EXPECT_EQ(judgement.totals.expected, 3u);
}

TEST_F(JudgeOfAReturn, MayBeToldAfterItWasAcknowledged) {
    h.of(c()).joined(h.stream(c()), q3, h.at(45));
    resume(c(), q1, q3, q3);
    h.deliver(c(), back, 50, ArrivedBy::catch_up);
    audit();
    EXPECT_EQ(accused(h.judge()), "");
}

// The question was asked before the drain took the acknowledged return for one.
TEST_F(JudgeOfAReturn, MayBeToldWhenTheDrainKnowsOfItAlready) {
    h.of(c()).joined(h.stream(c()), q3, h.at(45));
    h.expect_heads();
    resume(c(), q1, q3, q3);
    h.deliver(c(), back, 50, ArrivedBy::catch_up);
    audit();
    EXPECT_EQ(accused(h.judge()), "");
}

/// Another device of c's user was told of the return, and of the next departure with q5; this one of neither.
class JudgeOfATimeHeardOfFromOthers : public JudgeOfAReturn {
  protected:
    static constexpr Sequence q5 = q4 + 1;
    void SetUp() override {
        JudgeOfAReturn::SetUp();
        h.of(c()).joined(h.stream(c()), q3, h.at(45));
        said = said_without_c(q4, 60);
        h.of(c()).asks(h.stream(c()), EntryKind::left);
        left_again = change(EntryKind::left, c(), q5);
        for (const DeviceIndex to : {a(), b()}) h.deliver(to, left_again, 80);
        h.of(c()).left(h.stream(c()), q5);
    }
    void tell_all_of_it() {
        h.deliver(c(), back, 100, ArrivedBy::catch_up);
        h.deliver(c(), said, q4, 100, ArrivedBy::catch_up);
        h.deliver(c(), left_again, 100, ArrivedBy::catch_up);
    }
    std::string found() {
        h.audit({left, h.entry_of(missed, q2), back, h.entry_of(said, q4), left_again}, q5);
        return accused(h.judge());
    }
    Entry left_again;
    Message said;
};

TEST_F(JudgeOfATimeHeardOfFromOthers, IsNotOverBeforeItIsAllThere) {
    EXPECT_FALSE(h.of(c()).out(h.stream(c()))) << "who joins again now would forget it";
    resume(c(), q1, q3, q5);
    tell_all_of_it();
    EXPECT_TRUE(h.of(c()).out(h.stream(c())));
    EXPECT_EQ(found(), "");
}

TEST_F(JudgeOfATimeHeardOfFromOthers, IsOwed) {
    EXPECT_EQ(found(), "lost=1 ");
}

TEST_F(JudgeOfATimeHeardOfFromOthers, MayBeToldUnasked) {
    ResumedPosition told;
    told.epoch = HandHistory::epoch;
    told.from = told.head = q3;
    EXPECT_TRUE(h.of(c()).rejoined(h.stream(c()), told, h.at(90)));
    EXPECT_FALSE(h.of(c()).rejoined(h.stream(c()), told, h.at(91))) << "once";
    tell_all_of_it();
    EXPECT_EQ(found(), "");
}

TEST_F(JudgeOfATimeHeardOfFromOthers, IsNotKnownToAnAnswerFromBefore) {
    h.resumed(c(), q1, ResumeStatus::forbidden, 0, 0);
    resume(c(), q1, q3, q5);
    tell_all_of_it();
    EXPECT_EQ(found(), "");
}

// A server that forgets on a new connection who has left.
TEST_F(JudgeOfMembership, AResumeDoesNotBringBackWhoLeft) {
    const Entry left = leave(c(), q1, 10);
    const Message first = said_without_c(q2, 20), second = said_without_c(q3, 30);
    resume(c(), q1, q2, q3);
    h.deliver(c(), first, q2, 50, ArrivedBy::catch_up);
    h.deliver(c(), second, q3, 50, ArrivedBy::catch_up);
    const Message third = h.talk(b(), q4, 60);
    h.audit({left, h.entry_of(first, q2), h.entry_of(second, q3), h.entry_of(third, q4)}, q4);
    EXPECT_EQ(accused(h.judge()), "leaked=3 ");
}

TEST_F(JudgeOfMembership, AnothersReturnIsNotOnesOwn) {
    const Entry left = leave(c(), q1, 10), left_too = leave(b(), q2, 20);
    h.of(b()).asks(h.stream(b()), EntryKind::joined);
    const Entry back = change(EntryKind::joined, b(), q3);
    h.deliver(a(), back, 40);
    resume(b(), q2, q3, q3);
    h.deliver(b(), back, 50, ArrivedBy::catch_up);
    resume(c(), q1, q3, q3);
    h.deliver(c(), back, 50, ArrivedBy::catch_up);
    h.audit({left, left_too, back}, q3);
    // The departure of b came to c, too, who was out by then.
    EXPECT_EQ(accused(h.judge()), "leaked=2 ");
}

TEST_F(JudgeOfMembership, TheLeaverIsToldNothingThatFollows) {
    const Entry left = leave(c(), q1, 10);
    const Message message = h.talk(a(), q2, 20);
    h.audit({left, h.entry_of(message, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "leaked=1 ");
}

// It would be expected nowhere from there on, and every loss excused.
TEST_F(JudgeOfMembership, ADepartureThatNobodyAskedForIsInvented) {
    const Entry left = change(EntryKind::left, c(), q1);
    tell_all(left, 10);
    const Message message = said_without_c(q2, 20);
    h.audit({left, h.entry_of(message, q2)}, q2);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "phantom=1 ");
    EXPECT_EQ(judgement.evidence.at(0).sender, "u" + std::to_string(c().value));
}

TEST_F(JudgeOfMembership, NobodyLeavesMoreOftenThanItAsked) {
    const Entry left = leave(c(), q1, 10);
    const Entry again = change(EntryKind::left, c(), q2), back = change(EntryKind::joined, c(), q3);
    for (const DeviceIndex to : {a(), b()}) {
        h.deliver(to, again, 20);
        h.deliver(to, back, 30);
    }
    h.audit({left, again, back}, q3);
    EXPECT_EQ(accused(h.judge()), "phantom=2 ");
}

TEST_F(JudgeOfMembership, WhoIsNoUserOfTheRunMayComeAndGo) {
    Entry guest = change(EntryKind::joined, a(), q1);
    guest.user = "a-guest";
    tell_all(guest, 10);
    h.audit({guest}, q1);
    EXPECT_EQ(accused(h.judge()), "");
}

// ---- pages read during the load

class JudgeOfPages : public JudgeOfMembership {
  protected:
    void read(DeviceIndex who, Sequence before, const std::vector<Entry>& entries,
              Epoch epoch = HandHistory::epoch) {
        HistoryPage page;
        page.epoch = epoch;
        page.head = q4;
        page.entries = entries;
        Checker& checker = h.of(who);
        checker.read_page(h.stream(who), checker.read_begins(h.stream(who)), before, h.at(100), page,
                          h.at(110));
    }
};

TEST_F(JudgeOfPages, APageMustLieBelowWhatItWasToLieBelow) {
    const Message first = h.talk(a(), q1, 10), second = h.talk(a(), q2, 20);
    const std::vector<Entry> both = {h.entry_of(first, q1), h.entry_of(second, q2)};
    read(b(), q3, both);
    EXPECT_EQ(h.of(b()).live().history, 0u);
    read(b(), q2, both);
    EXPECT_EQ(h.of(b()).live().history, 1u);
}

TEST_F(JudgeOfPages, WhoJoinedAgainIsShownNothingFromBefore) {
    leave(c(), q1, 10);
    const Message missed = said_without_c(q2, 20);
    const Entry back = change(EntryKind::joined, c(), q3);
    resume(c(), q1, q3, q3);
    h.deliver(c(), back, 50, ArrivedBy::catch_up);
    read(c(), UINT32_MAX, {back});
    read(c(), q3, {});
    EXPECT_EQ(h.of(c()).live().leaked, 0u);
    read(c(), q3, {h.entry_of(missed, q2)});
    EXPECT_EQ(h.of(c()).live().leaked, 1u);
    EXPECT_EQ(h.of(c()).live().history, 0u);
}

TEST_F(JudgeOfPages, APageOfAnotherLogIsAFaultWhereNothingWasLost) {
    const Message message = h.talk(a(), q1, 10);
    read(b(), q2, {h.entry_of(message, q1)}, HandHistory::epoch + 1);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "resume=1 ");
}

}  // namespace
}  // namespace hubbub
