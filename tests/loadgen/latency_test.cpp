// Latencies of a told history: from the intended time, in the right class, phase and second, what is missing
// at +infinity.
#include <gmock/gmock.h>

#include <cmath>

#include "hand_history.hpp"

namespace hubbub {
namespace {

using test::HandHistory;
using Message = HandHistory::Message;

constexpr Sequence q1 = HandHistory::base + 1, q2 = q1 + 1, q3 = q1 + 2;

void expect_only(const Histogram& histogram, std::initializer_list<int> millis) {
    ASSERT_EQ(histogram.count(), millis.size());
    Histogram wanted;
    for (const int ms : millis) wanted.record(ms * 1000);
    EXPECT_EQ(histogram.buckets(), wanted.buckets());
}

class LatencyCase : public testing::Test {
  protected:
    const Histogram& of(const char* kind, const char* label = "") { return judged.latency.at({kind, label}); }
    HandHistory h{2};
    Judgement judged;
};

TEST_F(LatencyCase, CountsFromTheIntendedTime) {
    Message message = h.intend(h.members[0], 100);
    message.number = 1;
    h.of(message.sender).body(message.row, 60, h.at(130), message.body);  // 30 ms late already
    h.of(message.sender).attempted(message.row, 1, h.at(130));
    h.ack(message, q1, 140);
    h.deliver(h.members[1], message, q1, 150);
    h.deliver(h.members[2], message, q1, 190);
    judged = h.judge();
    expect_only(of("ack"), {40});
    expect_only(of("delivery"), {50, 90});
    expect_only(of("delivery_first"), {50});
    expect_only(of("delivery_last"), {90});
    for (const char* const label : {"class=group", "phase=steady", "class=group,phase=steady"})
        expect_only(of("delivery", label), {50, 90});
    EXPECT_FALSE(judged.latency.contains({"delivery", "class=channel"}));
}

// Sent in the first phase, its reader planned back in the second: it counts from the return, in the phase of
// the message.
TEST(LatencyOfCatchUps, CountsFromTheReturnInThePhaseOfTheMessage) {
    Scenario scenario;
    for (const char* const name : {"first", "second"}) scenario.phases.emplace_back().name = name;
    LatencyBook book(scenario);
    book.begin_phase(0, 0);
    book.begin_phase(1, 1'000'000);
    book.caught_up(ConversationClass::group, 500'000, 2'000'000, 2'030'000);
    const LatencySeries& series = book.of(Latency::catch_up);
    expect_only(series.cell(static_cast<std::size_t>(ConversationClass::group), 0), {30});
    expect_only(series.cell(static_cast<std::size_t>(ConversationClass::group), 1), {});
    expect_only(book.of(Latency::delivery).cell(static_cast<std::size_t>(ConversationClass::group), 0), {});
}

TEST_F(LatencyCase, FirstAndLastAreThoseOverAllWorkers) {
    for (const std::uint32_t workers : {1u, 2u, 4u}) {
        HandHistory one{workers};
        const Message message = one.say(one.members[1], 100);
        one.ack(message, q1, 105);
        one.deliver(one.members[2], message, q1, 170);
        one.deliver(one.members[0], message, q1, 120);
        judged = one.judge();
        expect_only(of("delivery_first"), {20});
        expect_only(of("delivery_last"), {70});
    }
}

TEST_F(LatencyCase, UnmeasuredPhasesLeaveNoTraceButCountEverywhereElse) {
    h.talk(h.members[0], q1, 100, 1);
    h.talk(h.members[0], q2, 1100, 2);
    const Message lost = h.say(h.members[0], 1200, 2);
    h.ack(lost, q3, 1210);
    h.intend(h.members[0], 1300, 2);
    judged = h.judge();
    EXPECT_EQ(of("delivery").count(), 2u);
    EXPECT_EQ(of("delivery").missing(), 0u);
    EXPECT_EQ(of("ack").count(), 1u);
    EXPECT_EQ(of("ack").missing(), 0u);
    EXPECT_EQ(of("delivery_last").count(), 1u);
    EXPECT_FALSE(judged.latency.contains({"delivery", "phase=late"}));
    EXPECT_EQ(judged.delivery_by_second.count(1), 0u);
    EXPECT_EQ(judged.totals.expected, 6u);
    EXPECT_EQ(judged.violations.lost, 2u);
    EXPECT_EQ(judged.sent_by_phase[1], 1u);
    EXPECT_EQ(judged.sent_by_phase[2], 2u);
}

TEST_F(LatencyCase, ADeliveryBelongsToThePhaseOfItsIntendedTime) {
    h.talk(h.members[0], q1, 990, 1);  // arrives in the second phase
    judged = h.judge();
    EXPECT_EQ(of("delivery", "phase=steady").count(), 2u);
}

TEST_F(LatencyCase, WhatIsLostIsInfinitelyLate) {
    const Message message = h.say(h.members[0], 100);
    h.ack(message, q1, 105);
    h.deliver(h.members[1], message, q1, 120);
    judged = h.judge();
    EXPECT_EQ(of("delivery").count(), 1u);
    EXPECT_EQ(of("delivery").missing(), 1u);
    EXPECT_TRUE(std::isinf(of("delivery").percentile(99)));
    EXPECT_EQ(of("delivery", "class=group").missing(), 1u);
    EXPECT_EQ(of("delivery_first").count(), 1u);
    EXPECT_EQ(of("delivery_last").missing(), 1u);
    EXPECT_EQ(judged.delivery_by_second.at(0).missing(), 1u);
}

TEST_F(LatencyCase, NobodyGotItMeansNoFirstEither) {
    h.ack(h.say(h.members[0], 100), q1, 105);
    judged = h.judge();
    EXPECT_EQ(of("delivery_first").missing(), 1u);
    EXPECT_EQ(of("delivery_first").count(), 0u);
}

TEST_F(LatencyCase, UnansweredAndUnsentAreMissingAcks) {
    h.say(h.members[0], 100);      // never answered
    h.intend(h.members[0], 2100);  // never sent
    const Message refused = h.say(h.members[1], 200);
    h.of(refused.sender).rejected(refused.row, ErrorCode::forbidden);  // refused: no ack to wait for
    judged = h.judge();
    EXPECT_EQ(of("ack").count(), 0u);
    EXPECT_EQ(of("ack").missing(), 2u);
    EXPECT_EQ(judged.ack_by_second.at(0).missing(), 1u);
    EXPECT_EQ(judged.ack_by_second.at(2).missing(), 1u);
    EXPECT_EQ(judged.totals.unsent, 1u);
    EXPECT_EQ(judged.totals.indeterminate, 1u);
    EXPECT_EQ(judged.totals.rejected, 1u);
}

TEST_F(LatencyCase, SecondsAreThoseOfTheIntendedTime) {
    h.talk(h.members[0], q1, 995);  // delivered at 1015 ms
    judged = h.judge();
    EXPECT_EQ(judged.delivery_by_second.at(0).count(), 2u);
    EXPECT_EQ(judged.delivery_by_second.count(1), 0u);
    EXPECT_EQ(judged.ack_by_second.at(0).count(), 1u);
}

TEST_F(LatencyCase, CopiesCountOnce) {
    const Message message = h.talk(h.members[0], q1, 100);
    h.deliver(h.members[1], message, q1, 900);
    judged = h.judge();
    EXPECT_EQ(of("delivery").count(), 2u);
    expect_only(of("delivery_last"), {20});
}

TEST_F(LatencyCase, LiveFiguresMoveAtOnce) {
    const Message message = h.say(h.members[0], 100);
    Checker& receiver = h.of(h.members[2]);
    EXPECT_EQ(receiver.live().delivered, 0u);
    h.deliver(h.members[2], message, q2, 130);
    EXPECT_EQ(receiver.live().delivered, 1u);
    EXPECT_EQ(receiver.live().gap_live, 1u);
    h.deliver(h.members[2], message, q2, 140);
    EXPECT_EQ(receiver.live().duplicate_raw, 1u);
    EXPECT_EQ(receiver.delivery_latency().count(), 1u);
    EXPECT_EQ(h.of(h.members[0]).live().sent, 1u);
}

}  // namespace
}  // namespace hubbub
