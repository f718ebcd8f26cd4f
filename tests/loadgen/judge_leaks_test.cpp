// What reached those who are no members.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfLeaks = test::JudgeCase;

TEST_F(JudgeOfLeaks, AStrangersEntryIsALeakAtOnce) {
    const Message message = h.talk(a(), q1, 10);
    Checker& checker = h.of(h.stranger);
    checker.received_by_stranger(h.stranger, checker.examine(h.entry_of(message, q1), HandHistory::group),
                                 h.at(30));
    EXPECT_EQ(checker.live().leaked, 1u);
    h.audit({h.entry_of(message, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(accused(judgement), "leaked=1 ");
    EXPECT_EQ(judgement.evidence.at(0).receiver, "u" + std::to_string(h.stranger.value));
}

}  // namespace
}  // namespace hubbub
