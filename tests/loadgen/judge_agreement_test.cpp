// Who saw what behind a number, and whose word counts.
#include <gmock/gmock.h>

#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfAgreement = test::JudgeCase;

TEST_F(JudgeOfAgreement, WithoutAHistoryTheLedgerSaysWhoIsRight) {
    HandHistory one{2, BackendAbilities{true, true, false, true}};
    const Message first = one.talk(one.members[0], q1, 10);
    const Message second = one.say(one.members[0], 40);
    one.ack(second, q2, 45);
    one.deliver(one.members[1], first, q2, 50);  // the content of the entry before
    one.deliver(one.members[2], second, q2, 50);
    const Judgement judgement = one.judge();
    EXPECT_EQ(accused(judgement), "disagreement=1 ");
    EXPECT_THAT(judgement.not_checked, testing::Contains("history"));
    EXPECT_EQ(judgement.totals.unverified, 0u);
}

TEST_F(JudgeOfAgreement, TheHistorysWordIsTheLast) {
    const Message message = h.talk(a(), q1, 10);
    Message rewritten = message;
    ++rewritten.number;  // the same message, but not what anybody saw or sent
    h.audit({h.entry_of(rewritten, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "disagreement=2 ");
}

TEST_F(JudgeOfAgreement, APageThatContradictsThePushIsADisagreement) {
    const Message first = h.talk(a(), q1, 10), second = h.talk(a(), q2, 40);
    h.of(b()).repaired(h.stream(b()), h.of(b()).examine(h.entry_of(second, q1), HandHistory::group),
                       h.at(60));
    h.audit({h.entry_of(first, q1), h.entry_of(second, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "disagreement=1 ");
}

}  // namespace
}  // namespace hubbub
