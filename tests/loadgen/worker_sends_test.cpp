#include <gmock/gmock.h>

#include "loadgen/client/send_table.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr StreamIndex stream{10};
constexpr StreamIndex other{11};

class SendTableTest : public testing::Test {
  protected:
    void fall_due(LedgerRow row, StreamIndex where = stream) { table.add(device, where, row, 100); }
    /// Sends all that may leave; answers (row, number) of each.
    std::vector<std::pair<LedgerRow, std::uint32_t>> send(std::uint32_t window = 16,
                                                          StreamIndex where = stream) {
        std::vector<std::pair<LedgerRow, std::uint32_t>> out;
        while (const Outgoing* next = table.next_to_send(device, where, window, now))
            out.emplace_back(next->row, next->number);
        return out;
    }
    SendTable::Refused refuse(WireNumber number, Refusal kind) {
        return table.refused(device, stream, number, kind);
    }

    SendTable table{10, 20};
    DeviceSends device;
    Time now{5s};
};

using Sent = std::pair<LedgerRow, std::uint32_t>;

TEST_F(SendTableTest, NumbersAStreamFromOneInIntendedOrder) {
    fall_due(100);
    fall_due(101);
    fall_due(102, other);
    EXPECT_THAT(send(), ElementsAre(Sent{100, 1}, Sent{101, 2}));
    EXPECT_THAT(send(16, other), ElementsAre(Sent{102, 1}));
}

TEST_F(SendTableTest, KeepsTheWindow) {
    for (LedgerRow row = 0; row < 5; ++row) fall_due(row);
    EXPECT_THAT(send(2), ElementsAre(Sent{0, 1}, Sent{1, 2}));
    EXPECT_EQ(table.waiting(), 3U);
    EXPECT_EQ(table.in_flight(), 2U);
    EXPECT_EQ(table.acknowledged(device, stream, 1)->row, 0U);
    EXPECT_THAT(send(2), ElementsAre(Sent{2, 3}));
}

TEST_F(SendTableTest, KnowsWhichNumbersWereGivenAtRestAndUnderWay) {
    EXPECT_FALSE(table.was_given(stream, 1));
    fall_due(1);
    fall_due(2);
    send();
    for (const WireNumber given : {1U, 2U}) EXPECT_TRUE(table.was_given(stream, given));
    EXPECT_FALSE(table.was_given(stream, 3));
    EXPECT_FALSE(table.was_given(stream, 0));
    EXPECT_FALSE(table.was_given(other, 1));
    for (const WireNumber given : {1U, 2U}) ASSERT_TRUE(table.acknowledged(device, stream, given));
    EXPECT_TRUE(table.was_given(stream, 2));
    EXPECT_FALSE(table.was_given(stream, 3));
}

TEST_F(SendTableTest, GoesOnWithTheNextNumberAfterItRested) {
    fall_due(1);
    send();
    ASSERT_TRUE(table.acknowledged(device, stream, 1));
    EXPECT_EQ(device.first_stream, UINT32_MAX);
    fall_due(2);
    EXPECT_THAT(send(), ElementsAre(Sent{2, 2}));
}

TEST_F(SendTableTest, TakesAcknowledgementsInAnyOrder) {
    for (LedgerRow row = 0; row < 3; ++row) fall_due(row);
    send();
    EXPECT_EQ(table.acknowledged(device, stream, 2)->row, 1U);
    EXPECT_EQ(table.acknowledged(device, stream, 1)->row, 0U);
    EXPECT_EQ(table.acknowledged(device, stream, 3)->row, 2U);
    EXPECT_EQ(table.in_flight(), 0U);
}

TEST_F(SendTableTest, KnowsNothingOfANumberThatIsNotUnderWay) {
    fall_due(1);
    EXPECT_FALSE(table.acknowledged(device, stream, 1));  // not sent yet
    send();
    EXPECT_FALSE(table.acknowledged(device, stream, 2));
    EXPECT_FALSE(table.acknowledged(device, other, 1));
    EXPECT_FALSE(refuse(2, Refusal::final).known);
}

TEST_F(SendTableTest, ResendsUnansweredOnesInOrderUnderTheirOwnNumbersAndWithTheirOwnBytes) {
    for (LedgerRow row = 0; row < 4; ++row) fall_due(row);
    send(3);
    ASSERT_TRUE(table.acknowledged(device, stream, 2));
    table.disconnected(device);
    EXPECT_EQ(table.in_flight(), 2U);  // unsure, not waiting
    now += 7s;
    const Outgoing* first = table.next_to_send(device, stream, 16, now);
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->row, 0U);
    EXPECT_EQ(first->number, 1U);
    EXPECT_EQ(first->first_attempt, Time{5s});
    EXPECT_EQ(first->last_attempt, now);
    EXPECT_THAT(send(), ElementsAre(Sent{2, 3}, Sent{3, 4}));
    EXPECT_TRUE(table.acknowledged(device, stream, 3)->resend);
    EXPECT_FALSE(table.acknowledged(device, stream, 4)->resend);
}

TEST_F(SendTableTest, LetsAShownEntryStandForTheAckBeforeTheResend) {
    fall_due(1);
    send();
    table.disconnected(device);
    EXPECT_EQ(table.acknowledged(device, stream, 1)->row, 1U);
    EXPECT_THAT(send(), ElementsAre());
}

TEST_F(SendTableTest, UsesTheNumberOfADefinitelyRejectedSendAgain) {
    fall_due(1);
    send();
    const auto refused = refuse(1, Refusal::final);
    EXPECT_TRUE(refused.known);
    EXPECT_EQ(refused.over, LedgerRow{1});
    fall_due(2);
    EXPECT_THAT(send(), ElementsAre(Sent{2, 1}));
}

TEST_F(SendTableTest, RequeuesTheSuccessorsOfARejectedSendWithFreshNumbers) {
    for (LedgerRow row = 0; row < 4; ++row) fall_due(row);
    send();
    EXPECT_EQ(refuse(2, Refusal::final).over, LedgerRow{1});
    EXPECT_THAT(send(), ElementsAre());  // answers about 3 and 4 are still on their way
    ASSERT_TRUE(table.acknowledged(device, stream, 1));
    EXPECT_FALSE(refuse(3, Refusal::out_of_order).over);
    EXPECT_THAT(send(), ElementsAre());
    EXPECT_FALSE(refuse(4, Refusal::out_of_order).over);
    EXPECT_THAT(send(), ElementsAre(Sent{2, 2}, Sent{3, 3}));
}

TEST_F(SendTableTest, RequeuesTheSuccessorsWhenTheConnectionEndsBeforeTheirAnswers) {
    for (LedgerRow row = 0; row < 3; ++row) fall_due(row);
    send();
    refuse(1, Refusal::final);
    table.disconnected(device);
    EXPECT_EQ(table.in_flight(), 0U);  // behind a refused one nothing can have been taken
    EXPECT_THAT(send(), ElementsAre(Sent{1, 1}, Sent{2, 2}));
}

TEST_F(SendTableTest, KeepsAnOverloadedSendAndGoesOnAfterThePause) {
    for (LedgerRow row = 0; row < 2; ++row) fall_due(row);
    send();
    EXPECT_TRUE(refuse(1, Refusal::later).paused);
    EXPECT_FALSE(refuse(2, Refusal::out_of_order).over);
    EXPECT_THAT(send(), ElementsAre());
    EXPECT_EQ(table.waiting(), 2U);
    table.unpause(device);
    EXPECT_THAT(send(), ElementsAre(Sent{0, 1}, Sent{1, 2}));
}

TEST_F(SendTableTest, DoesNotTrustARejectionOfAResend) {
    fall_due(1);
    send();
    table.disconnected(device);  // the first attempt may yet be taken
    send();
    const auto refused = refuse(1, Refusal::final);
    EXPECT_FALSE(refused.over);
    EXPECT_TRUE(refused.paused);
    EXPECT_EQ(table.in_flight(), 1U);
    fall_due(2);
    table.unpause(device);
    EXPECT_THAT(send(), ElementsAre(Sent{1, 1}, Sent{2, 2}));  // the number is not given away
}

TEST_F(SendTableTest, RejectsASendThatIsOutOfOrderWithoutCause) {
    fall_due(1);
    send();
    EXPECT_EQ(refuse(1, Refusal::out_of_order).over, LedgerRow{1});
}

TEST_F(SendTableTest, KeepsASendThatIsOutOfOrderBehindOneThatGotLost) {
    fall_due(1);
    fall_due(2);
    send();
    const auto refused = refuse(2, Refusal::out_of_order);
    EXPECT_FALSE(refused.over);
    EXPECT_EQ(refused.not_taken, LedgerRow{2});
    table.disconnected(device);
    EXPECT_THAT(send(), ElementsAre(Sent{1, 1}, Sent{2, 2}));
}

TEST_F(SendTableTest, LearnsItsNumbersAgainFromALogThatLostSome) {
    for (LedgerRow row = 0; row < 6; ++row) fall_due(row);
    send(4);
    for (WireNumber n = 1; n <= 2; ++n) ASSERT_TRUE(table.acknowledged(device, stream, n));
    table.disconnected(device);  // 3 and 4 unsure
    table.renumber_from_log(device, stream);
    EXPECT_THAT(send(), ElementsAre());
    table.own_in_log(stream, 1);  // 2 was acknowledged and is lost
    table.log_read(device, stream);
    EXPECT_THAT(send(), ElementsAre(Sent{2, 2}, Sent{3, 3}, Sent{4, 4}, Sent{5, 5}));
}

TEST_F(SendTableTest, LearnsNumbersThoughNothingIsUnderWay) {
    fall_due(1);
    send();
    ASSERT_TRUE(table.acknowledged(device, stream, 1));
    table.disconnected(device);
    table.renumber_from_log(device, stream);
    EXPECT_TRUE(table.reading_log(stream));
    table.log_read(device, stream);
    EXPECT_FALSE(table.reading_log(stream));
    fall_due(2);
    EXPECT_THAT(send(), ElementsAre(Sent{2, 1}));
}

TEST_F(SendTableTest, KnowsTheOldestUnansweredAttempt) {
    EXPECT_EQ(table.oldest_attempt(device), never);
    fall_due(1);
    send();
    now += 1s;
    fall_due(2);
    fall_due(3, other);
    send();
    send(16, other);
    EXPECT_EQ(table.oldest_attempt(device), Time{5s});
    table.acknowledged(device, stream, 1);
    EXPECT_EQ(table.oldest_attempt(device), Time{6s});
    table.disconnected(device);
    EXPECT_EQ(table.oldest_attempt(device), never);
}

TEST_F(SendTableTest, ForgetsADeviceThatIsGone) {
    for (LedgerRow row = 0; row < 3; ++row) fall_due(row, row == 0 ? other : stream);
    send(1);
    table.abandon(device);
    EXPECT_EQ(table.waiting() + table.in_flight(), 0U);
    EXPECT_EQ(device.waiting, 0U);
    EXPECT_EQ(device.first_stream, UINT32_MAX);
}

}  // namespace
}  // namespace hubbub
