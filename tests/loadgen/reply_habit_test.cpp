// Answers of one worker's users: once a message, after their delay, about what they saw.
#include "talk_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

constexpr DeviceIndex asker{0};
constexpr Time now = Time{} + 5s;

class ReplyHabitTest : public test::TalkTest {
  protected:
    void start_answering(double thread = 1) {
        Habits habits;
        habits.reply = ReplyHabit{0.89, {2s, 2s}, thread};
        start(make_reply_habit, habits);
        begin_load();
    }
    /// Shows messages of the asker until one is answered; its k.
    std::uint32_t answered_message() {
        for (std::uint32_t k = 1; k < 100; ++k) {
            show(message(asker, k, 10 + k), now);
            if (!host->deeds.empty()) return k;
        }
        ADD_FAILURE() << "nobody answers";
        return 0;
    }
};

TEST_F(ReplyHabitTest, AnswersAfterItsDelayAndHangsOnTheMessage) {
    start_answering();
    const std::uint32_t k = answered_message();
    host->play(*habit, now + 1999ms);
    EXPECT_TRUE(host->sent.empty());
    host->play(*habit, now + 2s);
    ASSERT_EQ(host->sent.size(), 1U);
    const auto& reply = host->sent[0];
    EXPECT_EQ(reply.about, (SendAbout{SendOp::reply, 10 + k, asker, k}));
    EXPECT_EQ(reply.intended, now + 2s);
    EXPECT_EQ(reply.body_bytes, 120U);
    EXPECT_NE(host->plan().stream_device[reply.stream.index()], asker);
}

TEST_F(ReplyHabitTest, AnswersOnceThoughTheMessageIsShownAgain) {
    start_answering();
    const std::uint32_t k = answered_message();
    show(message(asker, k, 10 + k), now + 1s);
    host->play(*habit, now + 10s);
    show(message(asker, k, 10 + k), now + 11s);
    host->play(*habit, now + 20s);
    EXPECT_EQ(host->sent.size(), 1U);
}

TEST_F(ReplyHabitTest, AnswersReplies) {
    start_answering();
    std::size_t answered = 0;
    for (std::uint32_t k = 1; k <= 50; ++k) {
        SeenEntry reply = message(asker, k, 10 + k);
        reply.op = SendOp::reply;
        reply.target = 3;
        show(reply, now);
        answered = host->deeds.size();
    }
    EXPECT_GT(answered, 30U);
}

TEST_F(ReplyHabitTest, AnswersNothingThatIsNoMessageOfTheRun) {
    start_answering();
    const auto shown_50_times = [&](auto alter) {
        for (std::uint32_t k = 1; k <= 50; ++k) {
            SeenEntry entry = message(asker, k, 10 + k);
            alter(entry);
            show(entry, now);
        }
        return host->deeds.size();
    };
    EXPECT_EQ(shown_50_times([](SeenEntry& e) { e.op = SendOp::edit; }), 0U);
    EXPECT_EQ(shown_50_times([](SeenEntry& e) { e.op = SendOp::erase; }), 0U);
    EXPECT_EQ(shown_50_times([](SeenEntry& e) { e.kind = EntryKind::joined; }), 0U);
    EXPECT_EQ(shown_50_times([](SeenEntry& e) { e.stamp.state = StampState::foreign; }), 0U);
    EXPECT_EQ(shown_50_times([](SeenEntry& e) { e.stamp.state = StampState::corrupt; }), 0U);
    EXPECT_EQ(shown_50_times([](SeenEntry& e) { e.sender = DeviceIndex{1}; }), 0U);
    EXPECT_EQ(shown_50_times([](SeenEntry& e) { e.stamp.stamp.conversation = ConversationIndex{9}; }), 0U);
    EXPECT_GT(shown_50_times([](SeenEntry&) {}), 0U);
}

TEST_F(ReplyHabitTest, BeginsNothingOnceTheLoadIsOver) {
    start_answering();
    (void)answered_message();
    habit->settle(now + 1s);
    host->play(*habit, now + 10s);
    EXPECT_TRUE(host->sent.empty()) << "due behind the end of the load";
    for (std::uint32_t k = 200; k <= 250; ++k) show(message(asker, k, 10 + k), now + 2s);
    EXPECT_TRUE(host->deeds.empty());
}

TEST_F(ReplyHabitTest, OfWhoLeftMeanwhileComesAfterTheReturn) {
    start_answering();
    (void)answered_message();
    host->away.assign(host->away.size(), true);
    host->play(*habit, now + 5s);
    EXPECT_TRUE(host->sent.empty());
    host->away.assign(host->away.size(), false);
    host->play(*habit, now + 6s);
    ASSERT_EQ(host->sent.size(), 1U);
    EXPECT_GT(host->sent[0].intended, now + 5s) << "nobody could have sent it before";
}

TEST_F(ReplyHabitTest, WithoutThreadsNamesItsParentInTheStampAlone) {
    start_answering(0);
    const std::uint32_t k = answered_message();
    host->play(*habit, now + 2s);
    ASSERT_EQ(host->sent.size(), 1U);
    EXPECT_EQ(host->sent[0].about, (SendAbout{SendOp::text, 0, asker, k}));
}

TEST(ReplyHabit, IsNotMadeForUsersWithoutIt) {
    test::NotingHost host(test::plan_of(test::small_scenario()));
    EXPECT_EQ(make_reply_habit(host), nullptr);
}

}  // namespace
}  // namespace hubbub
