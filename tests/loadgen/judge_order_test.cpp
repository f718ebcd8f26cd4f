// Order of one device, and cause before effect.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfOrder = test::JudgeCase;

TEST_F(JudgeOfOrder, AnUnansweredMessageThatShowsUpCountsForTheOrder) {
    const Message first = h.say(a(), 10), second = h.say(a(), 20);
    h.ack(second, q1, 30);
    h.deliver_to_all(second, q1, 40);
    h.deliver_to_all(first, q2, 50);
    EXPECT_EQ(h.judge().violations.order, 1u);
}

TEST_F(JudgeOfOrder, OneSwapIsOneInversion) {
    const Message first = h.say(a(), 10), second = h.say(a(), 20), third = h.say(a(), 30);
    h.ack(second, q1, 40);
    h.ack(first, q2, 40);
    h.ack(third, q3, 40);
    h.deliver_to_all(second, q1, 50);
    h.deliver_to_all(first, q2, 50);
    h.deliver_to_all(third, q3, 50);
    h.audit({h.entry_of(second, q1), h.entry_of(first, q2), h.entry_of(third, q3)}, q3);
    EXPECT_EQ(accused(h.judge()), "order=1 ");
}

TEST_F(JudgeOfOrder, TwoDevicesHaveNoOrderBetweenThem) {
    const Message early = h.say(b(), 10), late = h.say(a(), 20);
    h.ack(late, q1, 30);
    h.deliver_to_all(late, q1, 40);
    h.ack(early, q2, 50);
    h.deliver_to_all(early, q2, 60);
    h.audit({h.entry_of(late, q1), h.entry_of(early, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "");
}

TEST_F(JudgeOfOrder, AnAnswerBeforeItsQuestionBreaksCausality) {
    for (const bool answered_first : {true, false}) {
        HandHistory one{2};
        const DeviceIndex asker = one.members[0], answerer = one.members[1];
        const Message question = one.say(asker, 10);
        Message answer = one.say(answerer, 20);
        Stamp stamp = read_stamp(answer.body, HandHistory::key().run, HandHistory::key().hash_key).stamp;
        stamp.parent_device = asker;
        stamp.parent_k = 1;
        answer.body.clear();
        append_stamped_body(answer.body, stamp, 60, HandHistory::key().hash_key);
        const Sequence question_at = answered_first ? q2 : q1, answer_at = answered_first ? q1 : q2;
        for (const Sequence q : {q1, q2})
            for (const DeviceIndex to : one.members)
                one.deliver(to, q == question_at ? question : answer, q, 30);
        EXPECT_EQ(one.judge().violations.causality, answered_first ? 1u : 0u);
        EXPECT_EQ(question_at < answer_at, !answered_first);
    }
}

}  // namespace
}  // namespace hubbub
