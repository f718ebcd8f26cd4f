// Holes that own sends could explain.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfHoles = test::JudgeCase;

TEST_F(JudgeOfHoles, AHoleBesideAnUnansweredSendIsJudgedByTheLog) {
    const auto story = [](bool anothers_entry, bool own_entry) {
        HandHistory one{2};
        const DeviceIndex sender = one.members[0], talker = one.members[1], third = one.members[2];
        const Message mine = one.say(sender, 10);  // never answered
        const Message hidden = one.say(talker, 15), seen = one.say(talker, 20);
        std::vector<Entry> history;
        if (own_entry) history.push_back(one.entry_of(mine, q1));
        if (anothers_entry) history.push_back(one.entry_of(hidden, q1));
        if (!history.empty()) one.deliver(third, history[0], 25);
        one.deliver(sender, seen, q2, 30);
        one.deliver(third, seen, q2, 30);
        history.push_back(one.entry_of(seen, q2));
        one.audit(history, q2);
        const Judgement judgement = one.judge();
        const auto of_sender = [&](const Evidence& e) {
            return e.kind == "gap_live" && e.receiver == one.plan().user_name(one.plan().user_of(sender));
        };
        return std::count_if(judgement.evidence.begin(), judgement.evidence.end(), of_sender);
    };
    EXPECT_EQ(story(false, true), 0) << "its own send stands there";
    EXPECT_EQ(story(true, false), 1) << "another's entry was overtaken";
    EXPECT_EQ(story(false, false), 1) << "nothing stands there: the number was burned";
}

TEST_F(JudgeOfHoles, WhatTheAnswersDoNotExplainIsAGapAtOnce) {
    const Message mine = h.say(a(), 10), hidden = h.say(b(), 15), seen = h.say(b(), 20);
    h.deliver(a(), seen, q2, 30);
    EXPECT_EQ(h.of(a()).live().gap_live, 0u) << "the own send may stand at q1";
    EXPECT_EQ(h.ack(mine, q3, 40), StreamStep::gap);
    EXPECT_EQ(h.of(a()).live().gap_live, 1u);
    EXPECT_EQ(h.of(a()).missing_from(h.stream(a())), q1);
    h.of(a()).repaired(h.stream(a()), h.of(a()).examine(h.entry_of(hidden, q1), HandHistory::group),
                       h.at(50));
    EXPECT_EQ(h.of(a()).live().gap_healed, 1u);
}

TEST_F(JudgeOfHoles, AnothersMessageInTheOwnNameIsNotTheOwn) {
    h.say(a(), 10);  // unanswered: it may stand at q1
    const Message seen = h.say(b(), 20);
    Message stolen = h.say(b(), 15);
    stolen.sender = a();  // b's stamp under a's name
    h.deliver(a(), seen, q2, 30);
    h.deliver(a(), stolen, q1, 40);
    EXPECT_EQ(h.of(a()).live().gap_live, 1u) << "it was overtaken";
}

// ---- what the server announces as not sent

/// Three messages of a's, acknowledged, and c has them all.
struct JudgeOfAnnouncements : test::JudgeCase {
    std::vector<Entry> history;
    std::vector<Message> said;
    void SetUp() override {
        for (const Sequence q : {q1, q2, q3}) {
            said.push_back(h.say(a(), static_cast<int>(10 * q)));
            h.ack(said.back(), q, static_cast<int>(10 * q + 5));
            h.deliver(c(), said.back(), q, static_cast<int>(10 * q + 7));
            history.push_back(h.entry_of(said.back(), q));
        }
    }
    void skipped(Sequence from, Sequence until) {
        h.of(b()).skipped(h.stream(b()), Skipped{{}, from, until}, h.at(500));
    }
};

TEST_F(JudgeOfAnnouncements, WhatWasAnnouncedAndPagedIsAccusedNowhere) {
    skipped(q1, q2);
    h.deliver(b(), said[2], q3, 600);
    EXPECT_EQ(h.of(b()).missing_from(h.stream(b())), q1);
    h.page(b(), said[0], q1, 700);
    h.page(b(), said[1], q2, 700);
    h.audit(history, q3);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "");
    EXPECT_EQ(judgement.totals.skipped, 2u);
    EXPECT_EQ(judgement.totals.missing, 0u);
}

TEST_F(JudgeOfAnnouncements, WhatWasLeftOutWithoutAWordIsAGap) {
    h.deliver(b(), said[2], q3, 600);
    h.page(b(), said[0], q1, 700);
    h.page(b(), said[1], q2, 700);
    h.audit(history, q3);
    EXPECT_EQ(accused(h.judge()), "gap_live=2 gap_healed=2 ");
}

TEST_F(JudgeOfAnnouncements, WhatTheHistoryNeverShowsIsLostThoughItWasAnnounced) {
    skipped(q1, q2);
    h.deliver(b(), said[2], q3, 600);
    h.page(b(), said[1], q2, 700);
    history.erase(history.begin());
    h.audit(history, q3);
    EXPECT_EQ(accused(h.judge()), "lost=1 history=1 ");
}

TEST_F(JudgeOfAnnouncements, WhatNobodyPagedIsLost) {
    skipped(q1, q3);
    h.audit(history, q3);
    EXPECT_EQ(accused(h.judge()), "lost=3 ");
}

TEST_F(JudgeOfAnnouncements, NumbersThatAreAnnouncedMustExist) {
    for (const Sequence q : {q1, q2, q3}) h.deliver(b(), said[q - q1], q, 600);
    skipped(q4, q4 + 1);
    h.audit(history, q3);
    EXPECT_EQ(accused(h.judge()), "history=2 ");
}

TEST_F(JudgeOfAnnouncements, ANumberThatCannotBeIsCorrupt) {
    skipped(q1, UINT64_MAX);
    for (const Sequence q : {q1, q2, q3}) h.deliver(b(), said[q - q1], q, 600);
    h.audit(history, q3);
    EXPECT_EQ(accused(h.judge()), "corrupt=1 ");
}

}  // namespace
}  // namespace hubbub
