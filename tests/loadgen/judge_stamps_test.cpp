// Backends without sequence numbers: loss, repetition and order by stamps, each condemned and each left
// alone.
#include <gmock/gmock.h>

#include "hand_history.hpp"
#include "loadgen/check/unchecked.hpp"

namespace hubbub {
namespace {

using test::HandHistory;
using Message = HandHistory::Message;

BackendAbilities without_numbers() {
    BackendAbilities out;
    out.sequence = out.history = out.membership = out.numbers = out.resend = false;
    return out;
}

class StampJudging : public testing::TestWithParam<std::uint32_t> {
  protected:
    HandHistory h{GetParam(), without_numbers()};

    StampJudging() {
        for (std::uint32_t d = 0; d < h.plan().devices; ++d)
            h.of(DeviceIndex{d}).went_live(DeviceIndex{d}, HandHistory::at(-100));
    }
    Message talk(std::size_t sender, int ms) {
        const Message message = h.say(h.members[sender], ms);
        h.of(message.sender).acked_unknown(message.row, HandHistory::at(ms + 5));
        return message;
    }
    void hear(std::size_t receiver, const Message& message, int ms) {
        h.deliver(h.members[receiver], message, 0, ms);
    }
    std::string accused() {
        std::string out;
        for (const auto& [name, count] : by_name((judged = h.judge()).violations))
            if (count > 0) out += name + "=" + std::to_string(count) + " ";
        return out;
    }
    Judgement judged;
};

TEST_P(StampJudging, HoldsNothingAgainstAChatThatDelivers) {
    for (int i = 0; i < 5; ++i) {
        const Message message = talk(static_cast<std::size_t>(i % 3), 10 * i);
        for (std::size_t to = 0; to < 3; ++to)
            if (h.members[to] != message.sender) hear(to, message, 10 * i + 20);
    }
    EXPECT_EQ(accused(), "");
    EXPECT_EQ(judged.totals.expected, 10U);
    EXPECT_EQ(judged.totals.delivered, 10U);
    EXPECT_EQ(judged.totals.unverified, 0U);
    ASSERT_EQ(judged.sampled.size(), 1U);
    EXPECT_EQ(judged.sampled[0].first, "order");
}

TEST_P(StampJudging, FindsALossAtOneReceiver) {
    const Message message = talk(0, 10);
    hear(1, message, 30);
    EXPECT_EQ(accused(), "lost=1 ");
    EXPECT_EQ(judged.totals.missing, 1U);
    ASSERT_EQ(judged.evidence.size(), 1U);
    EXPECT_EQ(judged.evidence[0].receiver, h.plan().user_name(h.plan().user_of(h.members[2])));
}

TEST_P(StampJudging, CallsNothingLostThatNobodyAcknowledged) {
    hear(1, h.say(h.members[0], 10), 30);
    EXPECT_EQ(accused(), "");
    EXPECT_EQ(judged.totals.indeterminate, 1U);
    EXPECT_EQ(judged.totals.missing, 0U);
}

TEST_P(StampJudging, CallsALossUnverifiedWhereTheReceiverWasAway) {
    const Message message = talk(0, 10);
    hear(1, message, 30);
    h.of(h.members[2]).went_live(h.members[2], HandHistory::at(500));  // it came back later
    EXPECT_EQ(accused(), "");
    EXPECT_EQ(judged.totals.unverified, 1U);
    EXPECT_EQ(judged.totals.missing, 1U);
}

TEST_P(StampJudging, CallsALossUnverifiedWhereTheReceiverNeverCameBack) {
    const Message message = talk(0, 10);
    hear(1, message, 30);
    h.of(h.members[2]).unreachable(h.members[2]);
    EXPECT_EQ(accused(), "");
    EXPECT_EQ(judged.totals.unverified, 1U);
}

TEST_P(StampJudging, CallsALossUnverifiedThatNobodyWaitedForAnyMore) {
    const Message message = h.say(h.members[0], 10);
    hear(1, message, 30);
    h.expect_heads();
    h.of(message.sender).acked_unknown(message.row, HandHistory::at(60'000));
    EXPECT_EQ(accused(), "");
    EXPECT_EQ(judged.totals.unverified, 1U);
}

TEST_P(StampJudging, FindsARepetition) {
    const Message message = talk(0, 10);
    hear(1, message, 30);
    hear(2, message, 30);
    hear(2, message, 40);
    EXPECT_EQ(accused(), "duplicate=1 ");
}

TEST_P(StampJudging, LetsABackendShowWhatWasSentBeforeTheSession) {
    const Message message = talk(0, 10);
    hear(1, message, 30);
    hear(2, message, 30);
    h.of(h.members[2]).went_live(h.members[2], HandHistory::at(500));
    hear(2, message, 510);
    EXPECT_EQ(accused(), "");
}

TEST_P(StampJudging, FindsTwoMessagesOfOneSenderSwapped) {
    const Message first = talk(0, 10);
    const Message second = talk(0, 20);
    hear(1, first, 30);
    hear(1, second, 31);
    hear(2, second, 30);
    hear(2, first, 31);
    EXPECT_EQ(accused(), "order=1 ");
}

TEST_P(StampJudging, ComparesNoOrderBetweenSenders) {
    const Message early = talk(0, 5);
    const Message first = talk(0, 10);
    const Message second = talk(1, 20);
    for (const std::size_t to : {1U, 2U}) hear(to, early, 25);
    // The other sender's first message behind the second one of this sender.
    hear(2, first, 30);
    hear(2, second, 31);
    hear(1, first, 30);
    hear(0, second, 31);
    EXPECT_EQ(accused(), "");
}

TEST_P(StampJudging, TellsAlteredFromInvented) {
    Message altered = talk(0, 10);
    hear(1, altered, 30);
    hear(2, altered, 30);
    altered.body[50] = altered.body[50] == 'A' ? 'B' : 'A';
    hear(1, altered, 40);
    Message invented = altered;
    invented.body = "who said this?";
    hear(1, invented, 50);
    hear(2, invented, 50);
    EXPECT_EQ(accused(), "phantom=1 corrupt=1 ");
}

TEST_P(StampJudging, FindsAMessageUnderAnothersName) {
    const Message message = talk(0, 10);
    hear(1, message, 30);
    Entry entry = h.entry_of(message, 0);
    const std::string other = h.plan().user_name(h.plan().user_of(h.members[1]));
    entry.user = other;
    h.deliver(h.members[2], entry, 30);
    EXPECT_EQ(accused(), "lost=1 corrupt=1 ");
}

TEST_P(StampJudging, FindsARefusedMessageThatIsThereAllTheSame) {
    const Message message = h.say(h.members[0], 10);
    h.of(message.sender).rejected(message.row, ErrorCode::forbidden);
    hear(1, message, 30);
    EXPECT_EQ(accused(), "phantom=1 ");
}

INSTANTIATE_TEST_SUITE_P(Workers, StampJudging, testing::Values(1U, 2U, 4U));

TEST(Expectations, ThatCannotBeCheckedAreNamedWithTheirPlace) {
    Scenario scenario;
    scenario.file = "s.yaml";
    scenario.target.adapter = "json-ws";
    scenario.expect.order_at = {7, 3};
    Slo gap;
    gap.text = "gap_live == 0";
    gap.metric = "gap_live";
    gap.at = {9, 5};
    scenario.expect.slo = {gap};
    BackendAbilities silent = without_numbers();
    silent.acks = false;
    EXPECT_THAT(cannot_expect(scenario, silent),
                testing::ElementsAre(testing::HasSubstr("s.yaml:1:1: expect.delivery"),
                                     testing::HasSubstr("s.yaml:7:3: expect.order"),
                                     testing::HasSubstr("s.yaml:9:5: gap_live == 0")));
    EXPECT_THAT(cannot_expect(scenario, BackendAbilities{}), testing::IsEmpty());
    scenario.expect.order = OrderMode::sender;
    scenario.expect.slo.clear();
    EXPECT_THAT(cannot_expect(scenario, without_numbers()), testing::IsEmpty());
}

TEST(Expectations, SessionsNeedABackendThatShowsWhatWasMissed) {
    Scenario scenario;
    scenario.file = "s.yaml";
    scenario.behaviors.emplace_back().name = "commuter";
    scenario.behaviors.back().habits.session.emplace();
    scenario.behaviors.back().place = {4, 3};
    EXPECT_THAT(cannot_expect(scenario, BackendAbilities{}), testing::IsEmpty());
    BackendAbilities forgetful;
    forgetful.resume = false;
    EXPECT_THAT(cannot_expect(scenario, forgetful),
                testing::ElementsAre(testing::HasSubstr("s.yaml:4:3: behaviors.commuter.session")));
}

}  // namespace
}  // namespace hubbub
