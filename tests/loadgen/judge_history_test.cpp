// The history read at the end.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfHistory = test::JudgeCase;

TEST_F(JudgeOfHistory, WhatTheServersOwnHeadPromisesMustBeInTheHistory) {
    const Message message = h.talk(a(), q1, 10);
    h.audit({h.entry_of(message, q1)}, q3);
    EXPECT_EQ(accused(h.judge()), "history=2 ");
}

TEST_F(JudgeOfHistory, WhatWasDeliveredBeforeTheAuditMustBeInTheHistory) {
    const Message message = h.talk(a(), q1, 10);
    const Message unanswered = h.say(b(), 30);
    h.deliver(a(), unanswered, q2, 40);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "history=1 ");
}

TEST_F(JudgeOfHistory, WhatCameAfterTheAuditNeedNotBeInIt) {
    const Message message = h.talk(a(), q1, 10);
    h.audit({h.entry_of(message, q1)}, q1);
    h.talk(b(), q2, 3000);
    EXPECT_EQ(accused(h.judge()), "");
}

}  // namespace
}  // namespace hubbub
