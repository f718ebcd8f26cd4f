// Receipts as counts, as samples, with several devices and in crowds, against what was said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/loadgen/judged.hpp"
#include "tests/loadgen/receipts_story.hpp"

namespace hubbub {
namespace {

using testing::Contains;

class JudgeOfReceiptCounts : public JudgeOfReceipts {};
INSTANTIATE_TEST_SUITE_P(Workers, JudgeOfReceiptCounts, testing::Values(1U, 4U));

TEST_P(JudgeOfReceiptCounts, OnANewConnectionCountsMayBeLower) {
    const Message message = h.talk(a(), q1, 10);
    h.says(b(), q1, q1, 50);
    h.says(c(), q1, q1, 50);
    h.counts(a(), q1, 2, 2, 1000);
    h.book(a()).connected(a());
    h.counts(a(), q1, 2, 1, 2000);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(h.accused(), "");
}

TEST_P(JudgeOfReceiptCounts, CountsOfAnOwnEntryMayRise) {
    const Message message = h.talk(a(), q1, 10);
    h.says(b(), q1, 0, 50);
    h.says(c(), q1, q1, 50);
    h.counts(a(), q1, 1, 0, 1000);
    h.counts(a(), q1, 2, 1, 2000);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(h.accused(), "");
}

TEST_P(JudgeOfReceiptCounts, CountsThatFallAreAccused) {
    const Message message = h.talk(a(), q1, 10);
    h.says(b(), q1, q1, 50);
    h.says(c(), q1, q1, 50);
    h.counts(a(), q1, 2, 2, 1000);
    h.counts(a(), q1, 2, 1, 2000);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceiptCounts, CountsBeyondWhoEverSaidSoAreAccused) {
    const Message message = h.talk(a(), q1, 10);
    h.says(b(), q1, 0, 50);
    h.counts(a(), q1, 1, 1, 1000);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceiptCounts, MoreThanAllOthersCannotHaveIt) {
    const Message message = h.talk(a(), q1, 10);
    h.counts(a(), q1, 3, 0, 1000);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

// Also where all have said so: the sender of an entry is no receiver of it.
TEST_P(JudgeOfReceiptCounts, TheSenderIsNotCounted) {
    const Message message = h.talk(a(), q1, 10);
    h.says(a(), q1, q1, 50);
    h.says(b(), q1, q1, 50);
    h.says(c(), q1, q1, 50);
    h.counts(a(), q1, 3, 0, 1000);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceiptCounts, NoMoreCanHaveReadItThanHaveIt) {
    const Message message = h.talk(a(), q1, 10);
    h.says(b(), q1, q1, 50);
    h.says(c(), q1, q1, 50);
    h.counts(a(), q1, 1, 2, 1000);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceiptCounts, CountsGoToTheSenderAlone) {
    const Message message = h.talk(a(), q1, 10);
    h.says(b(), q1, q1, 50);
    h.counts(c(), q1, 1, 1, 1000);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_P(JudgeOfReceiptCounts, ASendWithoutAnAnswerMayBeWhatIsCounted) {
    const Message message = h.say(a(), 10);
    h.deliver_to_all(message, q1, 30);
    h.says(b(), q1, q1, 50);
    h.counts(a(), q1, 1, 1, 1000);
    h.audit({h.entry_of(message, q1)}, q1);
    EXPECT_EQ(h.judge().violations.receipts, 0U);
}

TEST_P(JudgeOfReceiptCounts, WithoutAnyAnswerTheEndIsUnverified) {
    h.says(a(), q1, q1, 10);
    h.book(a()).asked(h.stream(a()));
    const Judgement judgement = h.judge();
    EXPECT_EQ(judgement.totals.unverified, 1U);
    EXPECT_EQ(accused(judgement), "");
}

TEST_P(JudgeOfReceiptCounts, OneAnswerIsEnough) {
    h.says(a(), q1, q1, 10);
    h.book(a()).asked(h.stream(a()));
    h.book(b()).asked(h.stream(b()));
    h.reads_list(b(), {{a(), q1, q1}}, {}, 900);
    EXPECT_EQ(h.judge().totals.unverified, 0U);
}

// ---- what only one worker's order of events can tell

class JudgeOfReceiptsTogether : public testing::Test {
  protected:
    DeviceIndex a() { return h.members[0]; }
    DeviceIndex b() { return h.members[1]; }
    DeviceIndex c() { return h.members[2]; }
    ReceiptsStory h{1};
};

TEST_F(JudgeOfReceiptsTogether, WhatIsToldBeforeItIsSaidIsAccused) {
    h.says(a(), q2, q1, 10);
    h.hears(b(), a(), q2, q2, 200);
    h.says(a(), q2, q2, 300);
    h.hears(b(), a(), q2, q2, 500);
    EXPECT_EQ(h.accused(), "receipts=1 ");
}

TEST_F(JudgeOfReceiptsTogether, AReadIsTimedFromItsSayingToItsFirstNotice) {
    h.says(a(), q1, q1, 10);
    h.says(a(), q2, q2, 60);  // while the first is on its way it is not timed
    h.hears(b(), a(), q2, q2, 210);
    h.hears(c(), a(), q2, q2, 260);
    h.says(a(), q3, q2, 300);  // nothing new was read
    h.hears(b(), a(), q3, q2, 500);
    const Judgement judgement = h.judge();
    const Histogram& timed = judgement.latency.at({"receipt", ""});
    EXPECT_EQ(timed.count(), 1U);
    EXPECT_NEAR(static_cast<double>(timed.max()), 200'000, 2'000);
}

TEST(JudgeOfReceiptsApart, OfAnotherWorkersUserAreNotTimed) {
    ReceiptsStory h{4};
    h.says(h.members[0], q1, q1, 10);
    h.hears(h.members[1], h.members[0], q1, q1, 210);
    EXPECT_FALSE(h.judge().latency.contains({"receipt", ""}));
}

// ---- several devices, and large conversations

struct Crowd {
    explicit Crowd(std::uint32_t users, std::vector<DeviceShare> devices = {}) {
        Scenario scenario;
        scenario.seed = 3;
        scenario.text_hash = "0123456789abcdef";
        scenario.users = scenario.online = users;
        scenario.population.devices_per_user = std::move(devices);
        scenario.topology = {{ConversationClass::channel, 1, users, users, {}}};
        scenario.behaviors = {test::everyone_sends(0, 0, 1)};
        scenario.behaviors[0].habits = reading();
        scenario.phases = {test::connect_phase(50),
                           test::load_phase(1s, {test::stream_of_law(ArrivalLaw::constant, 10)})};
        plan = test::plan_of(std::move(scenario));
        checker = std::make_unique<Checker>(*plan, plan->slice(0, 1), HandHistory::key(), BackendAbilities{});
        checker->conversation_ready(all, 1, HandHistory::base);
    }
    StreamIndex stream(std::uint32_t user, std::uint32_t device = 0) const {
        const auto first = plan->stream_of(plan->device_of(UserIndex{user}), all);
        return plan->on_device(*first, device);
    }
    void hears(std::uint32_t to, std::uint32_t about, Sequence delivered, Sequence read) {
        checker->receipts()->noticed(stream(to), "u" + std::to_string(about), delivered, read,
                                     HandHistory::at(100));
    }
    [[nodiscard]] Judgement judge() const {
        return test::judged(*plan, HandHistory::key(), {}, {checker.get()});
    }
    static constexpr ConversationIndex all{0};
    std::shared_ptr<const Plan> plan;
    std::unique_ptr<Checker> checker;
};

TEST(JudgeOfReceiptsOfDevices, AUserHasReadWhatAnyOfItsDevicesSaid) {
    Crowd crowd(4, {{3, 1.0}});
    crowd.checker->receipts()->said(crowd.stream(1, 2), q3, q1, HandHistory::at(10));
    crowd.checker->receipts()->said(crowd.stream(1, 1), q2, q2, HandHistory::at(20));
    crowd.hears(0, 1, q3, q2);
    EXPECT_EQ(accused(crowd.judge()), "");
    crowd.hears(0, 1, q3, q3);
    EXPECT_EQ(crowd.checker->live().receipts, 1U);
}

TEST(JudgeOfReceiptsOfCrowds, NobodyIsNamedInALargeConversation) {
    Crowd crowd(257);
    crowd.checker->receipts()->said(crowd.stream(1), q1, q1, HandHistory::at(10));
    crowd.hears(0, 1, q1, q1);
    EXPECT_EQ(accused(crowd.judge()), "receipts=1 ");
}

TEST(JudgeOfReceiptsOfCrowds, OnlyTheOwnLineIsListedInALargeConversation) {
    Crowd crowd(257);
    ReceiptBook& book = *crowd.checker->receipts();
    book.said(crowd.stream(1), q1, q1, HandHistory::at(10));
    ReceiptList list;
    list.items = {{"u1", q1, q1}};
    book.listed(crowd.stream(1), list, {q1, q1}, HandHistory::at(100));
    EXPECT_EQ(crowd.checker->live().receipts, 0U);
    book.listed(crowd.stream(0), list, {}, HandHistory::at(100));
    EXPECT_EQ(crowd.checker->live().receipts, 1U);
}

TEST(JudgeOfReceiptsOfCrowds, OfSixtyFourReceiversAllKeepWhatTheyHearOfMoreASample) {
    for (const std::uint32_t users : {64U, 256U}) {
        Crowd crowd(users);
        ReceiptBook& book = *crowd.checker->receipts();
        book.said(crowd.stream(0), q3, q3, HandHistory::at(10));
        for (std::uint32_t user = 1; user < users; ++user) {
            crowd.hears(user, 0, q3, q3);
            crowd.hears(user, 0, q2, q2);
        }
        const Judgement judgement = crowd.judge();
        if (users == 64) {
            EXPECT_EQ(judgement.violations.receipts, 63U);
            EXPECT_TRUE(judgement.sampled.empty());
        } else {
            EXPECT_GT(judgement.violations.receipts, 32U);
            EXPECT_LT(judgement.violations.receipts, 128U);
            ASSERT_EQ(judgement.sampled.size(), 1U);
            EXPECT_EQ(judgement.sampled[0].first, "receipts");
        }
    }
}

// ---- what is not checked

TEST(JudgeOfReceiptsUnchecked, WhereNobodyReadsOrTheBackendTellsNothing) {
    HandHistory nobody_reads(1);
    EXPECT_EQ(nobody_reads.of(nobody_reads.members[0]).receipts(), nullptr);
    EXPECT_THAT(nobody_reads.judge().not_checked, Contains("receipts"));
    BackendAbilities without;
    without.receipts = false;
    HandHistory nothing_told(1, without, reading());
    EXPECT_EQ(nothing_told.of(nothing_told.members[0]).receipts(), nullptr);
    EXPECT_THAT(nothing_told.judge().not_checked, Contains("receipts"));
}

TEST(JudgeOfReceiptsUnchecked, NothingCanBeExpectedOfIt) {
    Scenario scenario;
    scenario.file = "x.yaml";
    scenario.target.adapter = "json-ws";
    scenario.behaviors = {test::everyone_sends(1, 0, 0)};
    scenario.behaviors[0].place = {4, 3, 0};
    scenario.expect.slo = {*parse_slo("receipts == 0"), *parse_slo("receipt.p99 < 1s")};
    EXPECT_THAT(cannot_expect(scenario, {}),
                testing::ElementsAre(testing::HasSubstr("receipts == 0: nobody reads"),
                                     testing::HasSubstr("receipt.p99 < 1s: nobody reads")));
    scenario.behaviors[0].habits = reading();
    EXPECT_THAT(cannot_expect(scenario, {}), testing::IsEmpty());
    BackendAbilities without;
    without.receipts = false;
    EXPECT_THAT(cannot_expect(scenario, without),
                testing::ElementsAre(testing::HasSubstr("receipts == 0: the backend tells nobody"),
                                     testing::HasSubstr("receipt.p99 < 1s: the backend tells nobody"),
                                     testing::HasSubstr("x.yaml:4:3: behaviors.everyone.read")));
}

}  // namespace
}  // namespace hubbub
