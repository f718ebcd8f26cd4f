// Strategies of delivery as the judge sees them: what a server says it will never tell, and messages that it
// took a second time.
#include "judge_case.hpp"

namespace hubbub {
namespace {

using namespace test::judge_case;
using JudgeOfDelivery = test::JudgeCase;

TEST_F(JudgeOfDelivery, WhatIsGoneIsLostAndNothingElse) {
    const Message first = h.say(a(), 10), second = h.say(a(), 20);
    h.ack(first, q1, 15);
    h.ack(second, q2, 25);
    h.deliver(c(), first, q1, 30);
    h.deliver(c(), second, q2, 40);
    h.resumed(b(), HandHistory::base, ResumeStatus::gone, q1, q2);
    const Message third = h.talk(c(), q3, 2100);
    h.audit({h.entry_of(first, q1), h.entry_of(second, q2), h.entry_of(third, q3)}, q3);
    EXPECT_EQ(accused(h.judge()), "lost=2 ");
}

TEST_F(JudgeOfDelivery, NobodyWaitsForWhatIsGoneNorAsksForIt) {
    const Message message = h.say(a(), 10);
    h.ack(message, q1, 15);
    h.deliver(c(), message, q1, 20);
    h.resumed(b(), HandHistory::base, ResumeStatus::gone, q1, q1);
    h.expect_heads();
    EXPECT_EQ(h.of(b()).owed(), 0U);
    EXPECT_EQ(h.of(b()).missing_from(h.stream(b())), q2);
    EXPECT_EQ(h.of(b()).position(h.stream(b())).sequence, q1) << "the next resume goes on behind it";
}

TEST_F(JudgeOfDelivery, WhatIsGoneAndPushedAllTheSameIsDisorder) {
    const Message message = h.say(a(), 10);
    h.ack(message, q1, 15);
    h.deliver(c(), message, q1, 20);
    h.resumed(b(), HandHistory::base, ResumeStatus::gone, q1, q1);
    h.deliver(b(), message, q1, 2050);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "gap_live=1 gap_healed=1 ");
}

TEST_F(JudgeOfDelivery, WhatIsSentBehindItMustComeAsEver) {
    const Message message = h.say(a(), 10);
    h.ack(message, q1, 15);
    h.deliver(c(), message, q1, 20);
    h.resumed(b(), HandHistory::base, ResumeStatus::gone, q1, q1);
    const Message second = h.say(a(), 2100), third = h.say(a(), 2200);
    h.ack(second, q2, 2105);
    h.ack(third, q3, 2205);
    for (const auto& [one, q] : {std::pair{second, q2}, {third, q3}}) h.deliver(c(), one, q, 2300);
    h.deliver(b(), third, q3, 2300);  // q2 never comes
    h.audit({h.entry_of(message, q1), h.entry_of(second, q2), h.entry_of(third, q3)}, q3);
    EXPECT_EQ(accused(h.judge()), "lost=2 gap_live=1 ");
}

TEST_F(JudgeOfDelivery, TheOwnSendInItIsFoundByTheAnswerToItsResend) {
    const Message message = h.say(b(), 10);  // its ack is lost with the connection
    h.deliver(a(), message, q1, 20);
    h.deliver(c(), message, q1, 20);
    h.resumed(b(), HandHistory::base, ResumeStatus::gone, q1, q1);
    h.resend(message, 2010);
    h.ack(message, q1, 2020, true);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "");
}

TEST_F(JudgeOfDelivery, WhoIsToldToKeepWhatItHasUnderAnotherEpochIsToldWrongly) {
    const Message message = h.say(a(), 10);
    h.ack(message, q1, 15);
    h.deliver(c(), message, q1, 20);
    h.resumed(b(), HandHistory::base, ResumeStatus::gone, q1, q1, HandHistory::epoch + 1);
    h.audit({h.entry_of(message, q1)}, q1);
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.violations.resume, 1U);
    EXPECT_EQ(judgement.violations.lost, 1U);
}

TEST_F(JudgeOfDelivery, ASendThatWasTakenTwiceIsADuplicateAndItsSecondPlaceNoGap) {
    const Message message = h.talk(a(), q1, 10);
    h.deliver_to_all(message, q2, 40);
    h.of(a()).acked_again(h.stream(a()), message.number, q2, HandHistory::at(45));
    const Message next = h.talk(b(), q3, 60);
    h.audit({h.entry_of(message, q1), h.entry_of(message, q2), h.entry_of(next, q3)}, q3);
    EXPECT_EQ(accused(h.judge()), "duplicate=1 ");
}

TEST_F(JudgeOfDelivery, ARepeatedAckOfTheSamePlaceSaysNothingNew) {
    const Message message = h.talk(a(), q1, 10);
    h.of(a()).acked_again(h.stream(a()), message.number, q1, HandHistory::at(45));
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(accused(h.judge()), "");
}

TEST_F(JudgeOfDelivery, ASecondAckInAnothersPlaceExcusesNothing) {
    const Message message = h.talk(a(), q1, 10), others = h.say(b(), 40);
    h.ack(others, q2, 45);
    h.deliver(c(), others, q2, 50);
    h.of(a()).acked_again(h.stream(a()), message.number, q2, HandHistory::at(55));  // and never has the other
    h.audit({h.entry_of(message, q1), h.entry_of(others, q2)}, q2);
    EXPECT_EQ(accused(h.judge()), "duplicate=1 history=1 ");
}

}  // namespace
}  // namespace hubbub
