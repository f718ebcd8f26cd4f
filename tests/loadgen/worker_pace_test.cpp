// Senders that meet a limit: they learn how fast they may, and lose neither order nor the time at which a
// message was meant to leave.
#include <gmock/gmock.h>

#include <map>

#include "judged.hpp"
#include "loadgen/client/send_pace.hpp"
#include "refserver/core/rate_limit.hpp"
#include "worker_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::FakeServer;

Time at(int ms) {
    return Time{} + std::chrono::milliseconds{ms};
}

TEST(SendPace, TriesAgainAsFarApartAsTheLastTwoThatWereTaken) {
    SendPace pace(StreamIndex{3}, at(1100), at(1000));
    EXPECT_EQ(pace.next(), at(1100));
    pace.sent(at(1100));
    pace.acked();
    EXPECT_EQ(pace.next(), at(1200)) << "all that is known is the pause";
    pace.sent(at(1200));
    pace.refused(StreamIndex{3}, at(1600));
    pace.sent(at(1600));
    pace.acked();
    EXPECT_EQ(pace.next(), at(2100)) << "500 ms lay between the two that were taken";
}

TEST(SendPace, ComesCloserAfterARowOfTries) {
    SendPace pace(StreamIndex{3}, at(400), at(0));
    int now = 400;
    for (std::uint32_t i = 0; i <= SendPace::row_before_faster; ++i) {
        pace.sent(at(now));
        pace.acked();
        now += 400;
    }
    EXPECT_EQ(pace.next(), at(now - 50)) << "an eighth of 400 ms";
    EXPECT_FALSE(pace.over());
}

TEST(SendPace, IsOverWhenNothingComesTooFast) {
    SendPace pace(StreamIndex{3}, at(1000), at(0));
    Time now = at(1000);
    int tries = 0;
    while (!pace.over()) {
        now = std::max(now, pace.next());
        pace.sent(now);
        pace.acked();
        ASSERT_LT(++tries, 1000);
    }
    EXPECT_GT(tries, 100) << "from one a second to two hundred";
}

TEST(SendPace, HoldsOneStreamUntilASecondOneIsRefused) {
    SendPace pace(StreamIndex{3}, at(100), at(0));
    EXPECT_TRUE(pace.holds(StreamIndex{3}));
    EXPECT_FALSE(pace.holds(StreamIndex{4}));
    pace.refused(StreamIndex{3}, at(200));
    EXPECT_FALSE(pace.holds(StreamIndex{4}));
    pace.refused(StreamIndex{4}, at(300));
    EXPECT_TRUE(pace.holds(StreamIndex{5}));
}

TEST(SendPace, BelievesNoDistanceAcrossAnythingElse) {
    SendPace pace(StreamIndex{3}, at(300), at(0));
    pace.sent(at(300));
    pace.acked();
    pace.refused(StreamIndex{3}, at(60'000));
    pace.sent(at(60'000));
    pace.acked();
    EXPECT_EQ(pace.next(), at(60'300));
}

/// u0 alone is online and writes into five conversations, more than the server takes from it.
class WorkerPace : public test::WorkerTest {
  protected:
    static constexpr std::uint32_t messages_in_all = 60;

    static Scenario flood() {
        Scenario scenario = test::lonely_sender(messages_in_all);
        scenario.users = 6;
        scenario.topology = {{ConversationClass::direct, 15, 2, 2, {}}};
        return scenario;
    }
    void limit(bool by_conversation) {
        server.intercept = [this, by_conversation](FakeServer::Session& session,
                                                   const ClientMessage& message) {
            if (!is_send(message)) return false;
            const auto& send = std::get<Send>(message);
            RateBucket& bucket = by_conversation ? buckets_[send.conversation] : user_;
            if (by_conversation && send.conversation != limited_) return false;
            const Duration wait = bucket.take({5, 4}, world.now());
            if (wait == Duration{}) return false;
            ++refusals;
            refused_in.insert(send.conversation);
            server.refuse(session, send, ErrorCode::rate_limited, retry_after_ms(wait));
            return true;
        };
    }

    std::uint32_t refusals = 0;
    std::set<ConversationId> refused_in;
    ConversationId limited_;

  private:
    RateBucket user_;
    std::map<ConversationId, RateBucket> buckets_;
};

TEST_F(WorkerPace, ALimitedUserIsHardlyEverRefusedTwice) {
    start(flood());
    ASSERT_TRUE(connect());
    limit(false);
    const Time begin = begin_load();
    world.run_for(1200ms);
    const std::uint32_t first = refusals;
    EXPECT_GT(first, 10U) << "what left before the limit was known";
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().live.acked, messages_in_all);
    // 5 a second, and each row of eight is followed by one try that came too early.
    EXPECT_LT(refusals - first, messages_in_all / 4);
    EXPECT_LT(world.now() - begin, 1s + 12s * 3 / 2) << "and the limit is used";
    EXPECT_EQ(status().reconnects, 0U);
    expect_no_accusation();
}

TEST_F(WorkerPace, LatencyCountsFromTheIntendedTimeAllTheSame) {
    start(flood());
    ASSERT_TRUE(connect());
    limit(false);
    begin_load();
    ASSERT_TRUE(settle());
    expect_heads();
    const Judgement judgement =
        test::judged(*plan, key, make_adapter("hubbub")->abilities(), {&workers[0]->checker()});
    // All were meant to leave at once: the last one waited for as long as the limit made it.
    EXPECT_GT(judgement.latency.at({"ack", ""}).max(), 10'000'000);
    EXPECT_EQ(judgement.latency.at({"ack", ""}).count(), messages_in_all);
}

TEST_F(WorkerPace, ALimitOfOneConversationHoldsBackThatOneOnly) {
    start(flood());
    ASSERT_TRUE(connect());
    for (std::uint32_t c = 0; c < plan->conversations.size(); ++c)
        if (plan->stream_of(DeviceIndex{0}, ConversationIndex{c})) limited_ = (*ready)[c].id;
    limit(true);
    begin_load();
    world.run_for(1500ms);
    EXPECT_THAT(refused_in, testing::ElementsAre(limited_));
    std::map<std::uint32_t, std::size_t> intended;
    Arrivals arrivals(*plan, 1);
    while (const auto one = arrivals.next()) ++intended[plan->stream_conversation[one->stream.index()].value];
    ASSERT_EQ(intended.size(), 5U);
    for (const auto& [c, count] : intended) {
        if (conversation(c) == limited_)
            EXPECT_LT(messages(c).size(), count);
        else
            EXPECT_EQ(messages(c).size(), count);
    }
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().live.acked, messages_in_all);
    expect_no_accusation();
}

}  // namespace
}  // namespace hubbub
