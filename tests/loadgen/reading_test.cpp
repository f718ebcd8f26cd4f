// The habit of reading, held by a host that only writes down what it asks for.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "hand_history.hpp"
#include "loadgen/check/receipt_book.hpp"
#include "loadgen/habits/habit.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Sequence base = test::HandHistory::base, q1 = base + 1, q2 = base + 2, q3 = base + 3;

Habits after_five_seconds() {
    Habits habits;
    habits.read = ReadHabit{{5s, 5s}};
    return habits;
}

struct Said {
    DeviceIndex device;
    Receipt receipt;
    RequestId list = 0;  ///< not 0: a question instead
};
auto a_receipt(Sequence delivered, Sequence read) {
    return AllOf(Field(&Said::list, 0U), Field(&Said::receipt, AllOf(Field(&Receipt::delivered, delivered),
                                                                     Field(&Receipt::read, read))));
}

class Host final : public HabitHost {
  public:
    Host() : h(1, {}, after_five_seconds()), slice_(h.plan().slice(0, 1)) {
        for (std::uint32_t c = 0; c < h.plan().conversations.size(); ++c) ready_.push_back({{7, c}, 3, base});
        for (const DeviceIndex device : h.members) live_.insert(device);
        habits = make_habits(*this);
        for (const auto& one : habits)
            if (one->name() == "reading") habit = one.get();
    }
    [[nodiscard]] const Plan& plan() const override { return h.plan(); }
    [[nodiscard]] const Slice& slice() const override { return slice_; }
    [[nodiscard]] const BackendAbilities& abilities() const override { return abilities_; }
    [[nodiscard]] Checker& checker() override { return h.of(h.members[0]); }
    [[nodiscard]] bool live(DeviceIndex device) const override { return live_.contains(device); }
    [[nodiscard]] const ReadyConversation& ready(ConversationIndex c) const override {
        return ready_[c.index()];
    }
    [[nodiscard]] std::optional<StreamIndex> stream_of(DeviceIndex device,
                                                       const ConversationId& id) const override {
        return h.plan().stream_of(device, ConversationIndex{static_cast<std::uint32_t>(id.low)});
    }
    [[nodiscard]] std::optional<ConversationIndex> conversation_of(const ConversationId& id) const override {
        return ConversationIndex{static_cast<std::uint32_t>(id.low)};
    }
    void send(StreamIndex, const SendAbout&, std::uint32_t, Time, Time) override {}
    bool say(DeviceIndex device, const ClientMessage& message, Time) override {
        if (!live(device)) return false;
        if (const auto* receipt = std::get_if<Receipt>(&message)) said.push_back({device, *receipt, 0});
        if (const auto* list = std::get_if<ListReceipts>(&message)) said.push_back({device, {}, list->id});
        return true;
    }
    bool part(DeviceIndex, Time) override { return false; }
    [[nodiscard]] bool parted(DeviceIndex) const override { return false; }
    void open(DeviceIndex, Time) override {}
    void ping(DeviceIndex, std::uint64_t, Time) override {}
    [[nodiscard]] Time last_said(DeviceIndex) const override { return {}; }
    [[nodiscard]] Duration beat(DeviceIndex) const override { return {}; }
    RequestId request_id(const Habit&) override { return ++requests_; }
    bool plan_deed(Habit&, const Deed& deed) override {
        deeds.push_back(deed);
        return true;
    }
    void count_error(std::string_view) override {}

    /// A message of the first member's reaches another one.
    void deliver(DeviceIndex to, Sequence q, int ms) {
        const auto message = h.say(h.members[0], ms);
        h.ack(message, q, ms);
        h.deliver(to, message, q, ms);
        habit->saw(h.stream(to), h.of(to).examine(h.entry_of(message, q), h.group), h.at(ms));
    }
    void pass_until(int ms) {
        while (true) {
            const auto next = std::min_element(deeds.begin(), deeds.end(),
                                               [](const Deed& a, const Deed& b) { return a.at < b.at; });
            if (next == deeds.end() || next->at > h.at(ms)) return;
            const Deed deed = *next;
            deeds.erase(next);
            habit->due(deed, deed.at);
        }
    }
    void lose(DeviceIndex device, int ms) {
        live_.erase(device);
        habit->lost(device, h.at(ms));
    }
    void come_back(DeviceIndex device, int ms) {
        live_.insert(device);
        habit->went_live(device, h.at(ms));
    }
    /// Questions and their answers; what was said besides is left out.
    [[nodiscard]] std::vector<Said> questions() const {
        std::vector<Said> out;
        for (const Said& one : said)
            if (one.list != 0) out.push_back(one);
        return out;
    }

    test::HandHistory h;
    std::vector<std::unique_ptr<Habit>> habits;
    Habit* habit = nullptr;
    std::vector<Said> said;
    std::vector<Deed> deeds;

  private:
    Slice slice_;
    BackendAbilities abilities_;
    std::vector<ReadyConversation> ready_;
    std::set<DeviceIndex> live_;
    RequestId requests_ = 0;
};

struct Reading : testing::Test {
    Host host;
    DeviceIndex reader() { return host.h.members[1]; }
    void SetUp() override { ASSERT_NE(host.habit, nullptr); }
};

TEST_F(Reading, SaysWhatCameTogetherAsOne) {
    host.deliver(reader(), q1, 10);
    host.deliver(reader(), q2, 100);
    host.deliver(reader(), q3, 200);
    host.pass_until(1000);
    EXPECT_THAT(host.said, ElementsAre(a_receipt(q3, 0)));
}

TEST_F(Reading, SaysThatItReadAfterTheDelay) {
    host.deliver(reader(), q1, 10);
    host.pass_until(2999);
    host.deliver(reader(), q2, 3000);
    host.pass_until(5005);
    EXPECT_THAT(host.said, ElementsAre(a_receipt(q1, 0), a_receipt(q2, 0)));
    host.pass_until(6000);
    EXPECT_THAT(host.said, ElementsAre(a_receipt(q1, 0), a_receipt(q2, 0), a_receipt(q2, q1)));
    host.pass_until(9000);
    EXPECT_THAT(host.said.back(), a_receipt(q2, q2));
}

TEST_F(Reading, TellsTheCheckerWhatItSaid) {
    host.deliver(reader(), q1, 10);
    host.pass_until(9000);
    const auto said = host.checker().receipts()->said_by(host.plan().user_of(reader()), host.h.group);
    EXPECT_EQ(said, (ReadMarks{static_cast<Seq32>(q1), static_cast<Seq32>(q1)}));
}

TEST_F(Reading, KeepsWhatItReadWhileItIsAwayAndSaysTheLastOfIt) {
    host.deliver(reader(), q1, 10);
    host.deliver(reader(), q2, 100);
    host.pass_until(1000);
    host.said.clear();
    host.lose(reader(), 2000);
    host.pass_until(9000);
    EXPECT_THAT(host.said, IsEmpty());
    host.come_back(reader(), 9000);
    host.pass_until(9999);
    EXPECT_THAT(host.said, ElementsAre(a_receipt(q2, q2)));
}

TEST_F(Reading, SaysAgainWhatADeadLinkMayHaveLost) {
    host.deliver(reader(), q1, 10);
    host.pass_until(9000);
    host.said.clear();
    host.lose(reader(), 9000);
    host.come_back(reader(), 9100);
    host.pass_until(9999);
    EXPECT_THAT(host.said, ElementsAre(a_receipt(q1, q1)));
}

TEST_F(Reading, WhoSaidNothingHasNothingToSayAgain) {
    host.lose(reader(), 10);
    host.come_back(reader(), 20);
    host.pass_until(9999);
    EXPECT_THAT(host.said, IsEmpty());
}

TEST_F(Reading, AwaitsFewMessagesOfAConversationAtOnceAndReadsAllInTheEnd) {
    for (int i = 1; i <= 20; ++i) host.deliver(reader(), base + static_cast<Sequence>(i), 300 * i);
    const auto awaited =
        std::count_if(host.deeds.begin(), host.deeds.end(), [](const Deed& deed) { return deed.b != 0; });
    EXPECT_EQ(awaited, 4);
    host.pass_until(30'000);
    EXPECT_THAT(host.said.back(), a_receipt(base + 20, base + 20));
}

TEST_F(Reading, AsksAtTheEndRightBehindWhatItSays) {
    host.deliver(reader(), q1, 10);
    host.habit->audit({}, host.h.at(100));
    ASSERT_THAT(host.said, SizeIs(3));
    EXPECT_THAT(host.said[0], a_receipt(q1, 0));
    EXPECT_THAT(host.said[1], a_receipt(q1, 0));
    EXPECT_NE(host.said[2].list, 0U);
    EXPECT_EQ(host.habit->pending(), 1U);
    const std::string name = host.plan().user_name(host.plan().user_of(reader()));
    host.habit->answered(reader(), host.said[2].list,
                         ReceiptList{host.said[2].list, host.ready(host.h.group).id, {{name, q1, 0}}},
                         host.h.at(200));
    EXPECT_EQ(host.habit->pending(), 0U);
    EXPECT_EQ(host.checker().live().receipts, 0U);
}

TEST_F(Reading, AnAnswerThatDeniesWhatWasSaidIsAccused) {
    host.deliver(reader(), q1, 10);
    host.habit->audit({}, host.h.at(100));
    const RequestId id = host.questions().at(0).list;
    host.habit->answered(reader(), id, ReceiptList{id, host.ready(host.h.group).id, {}}, host.h.at(200));
    EXPECT_EQ(host.checker().live().receipts, 1U);
}

TEST_F(Reading, AsksAgainAfterARefusalAndSaysItAgainFirst) {
    host.deliver(reader(), q1, 10);
    host.habit->audit({}, host.h.at(100));
    const RequestId id = host.questions().at(0).list;
    host.said.clear();
    Rejected refused;
    refused.code = ErrorCode::overloaded;
    refused.id = id;
    host.habit->answered(reader(), id, refused, host.h.at(200));
    EXPECT_THAT(host.said, IsEmpty());
    host.pass_until(1000);
    ASSERT_THAT(host.said, SizeIs(2));
    EXPECT_THAT(host.said[0], a_receipt(q1, 0));
    EXPECT_NE(host.said[1].list, id);
}

TEST_F(Reading, AsksNoSoonerThanTheTargetSays) {
    host.deliver(reader(), q1, 10);
    host.habit->audit({}, host.h.at(100));
    Rejected refused;
    refused.code = ErrorCode::overloaded;
    refused.id = host.questions().at(0).list;
    refused.retry_after_ms = 700;
    host.habit->answered(reader(), refused.id, refused, host.h.at(200));
    host.pass_until(899);
    EXPECT_THAT(host.questions(), SizeIs(1));
    EXPECT_EQ(host.habit->pending(), 1U) << "the run waits for it";
    host.pass_until(900);
    EXPECT_THAT(host.questions(), SizeIs(2));
}

TEST_F(Reading, AQuestionThatMayComeSoonerDoesNotTakeALaterOneAlong) {
    const DeviceIndex other = host.h.members[2];
    host.deliver(reader(), q1, 10);
    host.deliver(other, q2, 20);
    host.habit->audit({}, host.h.at(100));
    ASSERT_THAT(host.questions(), SizeIs(2));
    for (const Said& one : host.questions()) {
        Rejected refused;
        refused.code = ErrorCode::overloaded;
        refused.id = one.list;
        refused.retry_after_ms = one.device == reader() ? 700 : 0;
        host.habit->answered(one.device, one.list, refused, host.h.at(200));
    }
    host.pass_until(899);
    ASSERT_THAT(host.questions(), SizeIs(3));
    EXPECT_EQ(host.questions()[2].device, other);
    host.pass_until(900);
    ASSERT_THAT(host.questions(), SizeIs(4));
    EXPECT_EQ(host.questions()[3].device, reader());
}

TEST_F(Reading, GivesUpAQuestionThatIsAlwaysRefused) {
    host.deliver(reader(), q1, 10);
    host.habit->audit({}, host.h.at(100));
    int asked = 0;
    for (int ms = 200; host.habit->pending() > 0 && asked < 100; ms += 1000) {
        const RequestId id = host.questions().back().list;
        ++asked;
        Rejected refused;
        refused.code = ErrorCode::read_only;
        refused.id = id;
        host.habit->answered(reader(), id, refused, host.h.at(ms));
        host.pass_until(ms + 500);
    }
    EXPECT_EQ(asked, 10);
}

TEST_F(Reading, AsksAgainWhenItsDeviceIsBack) {
    host.deliver(reader(), q1, 10);
    host.habit->audit({}, host.h.at(100));
    host.lose(reader(), 200);
    EXPECT_EQ(host.habit->pending(), 1U);
    host.said.clear();
    host.come_back(reader(), 300);
    EXPECT_THAT(host.questions(), SizeIs(1));
    EXPECT_EQ(host.habit->pending(), 1U);
    host.lose(reader(), 400);
    host.habit->gone(reader());
    EXPECT_EQ(host.habit->pending(), 0U);
}

TEST_F(Reading, BelievesNothingBeforeItsResumeIsAnswered) {
    const std::string name = host.plan().user_name(host.plan().user_of(host.h.members[0]));
    const ReceiptNotice invented{host.ready(host.h.group).id, name, q1, q1};
    host.lose(reader(), 10);
    EXPECT_TRUE(host.habit->heard(reader(), invented, host.h.at(20)));
    EXPECT_EQ(host.checker().live().receipts, 0U);
    host.come_back(reader(), 30);
    EXPECT_TRUE(host.habit->heard(reader(), invented, host.h.at(40)));
    EXPECT_EQ(host.checker().live().receipts, 1U);
}

TEST_F(Reading, ANoticeOfAConversationOfOthersIsALeak) {
    const ReceiptNotice notice{host.ready(host.h.group).id, "u0", q1, q1};
    host.come_back(host.h.stranger, 10);
    EXPECT_TRUE(host.habit->heard(host.h.stranger, notice, host.h.at(20)));
    EXPECT_EQ(host.checker().live().leaked, 1U);
    EXPECT_FALSE(
        host.habit->heard(reader(), TypingNotice{host.ready(host.h.group).id, "u0", true}, host.h.at(30)));
}

}  // namespace
}  // namespace hubbub
