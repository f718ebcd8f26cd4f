// Token buckets: their arithmetic against a plain count, and what a server with limits answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "refserver/core/connect_gate.hpp"
#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(RateBucket, GivesABurstAndThenTheRate) {
    RateBucket bucket;
    const Rate rate{10, 3};
    Time now = Time{} + 5s;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.take(rate, now), Duration::zero());
    EXPECT_EQ(bucket.take(rate, now), 100ms);
    now += 99ms;
    EXPECT_EQ(bucket.take(rate, now), 1ms);
    now += 1ms;
    EXPECT_EQ(bucket.take(rate, now), Duration::zero());
    EXPECT_EQ(bucket.take(rate, now), 100ms);
}

TEST(RateBucket, NeverGivesMoreThanItsRateInAnyWindowAndNothingLess) {
    Random random(7);
    RateBucket bucket;
    const Rate rate{50, 5};
    std::vector<Time> taken;
    Time now = Time{} + 1s;
    for (int i = 0; i < 20'000; ++i) {
        now += Duration(static_cast<Duration::rep>(random.below(10'000'000)));
        const Duration wait = bucket.take(rate, now);
        if (wait != Duration::zero()) {
            RateBucket copy = bucket;
            EXPECT_EQ(copy.take(rate, now + wait), Duration::zero()) << "as promised";
            continue;
        }
        taken.push_back(now);
        // Any 6 in a row span at least one step of the rate: 5 at once, then one each 20 ms.
        if (taken.size() > 5) {
            EXPECT_GE(taken.back() - taken[taken.size() - 6], 20ms);
        }
        if (taken.size() > 105) {
            EXPECT_GE(taken.back() - taken[taken.size() - 106], 101 * 20ms);
        }
    }
    EXPECT_GT(taken.size(), 4000U) << "100 s at 50 a second";
}

TEST(RateTable, ForgetsWhoHasAFullBucketAgain) {
    RateTable table;
    const Rate rate{100, 1};
    Time now = Time{} + 1s;
    for (int i = 0; i < 100'000; ++i) {
        now += 1ms;
        EXPECT_EQ(table.take("user " + std::to_string(i), rate, now), Duration::zero());
    }
    EXPECT_LE(table.size(), 1024U) << "10 ms later each of them is full";
}

TEST(ConnectGate, LimitsAnAddressWithoutTakingFromTheOthers) {
    ServerLimits limits;
    limits.address_connects = {1, 2};
    limits.connects = {1, 3};
    ConnectGate gate(limits);
    const Time now = Time{} + 1s;
    EXPECT_TRUE(gate.enter("10.0.0.1", now).admitted);
    EXPECT_TRUE(gate.enter("10.0.0.1", now).admitted);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(gate.enter("10.0.0.1", now).retry_after, 1s);
    EXPECT_TRUE(gate.enter("10.0.0.2", now).admitted);
    const auto third = gate.enter("10.0.0.3", now);
    EXPECT_FALSE(third.admitted) << "the server as a whole";
    EXPECT_FALSE(third.full);
    EXPECT_TRUE(gate.enter("10.0.0.3", now + 1s).admitted);
}

TEST(ConnectGate, CountsThoseWhoAreHere) {
    ServerLimits limits;
    limits.connections_max = 2;
    ConnectGate gate(limits);
    EXPECT_TRUE(gate.enter("a", Time{}).admitted);
    EXPECT_TRUE(gate.enter("b", Time{}).admitted);
    EXPECT_TRUE(gate.enter("c", Time{}).full);
    gate.left();
    EXPECT_TRUE(gate.enter("c", Time{}).admitted);
    EXPECT_EQ(gate.here(), 2U);
}

struct LimitedServer : ::testing::Test {
    WorldOptions options;
    std::unique_ptr<World> world;
    ConversationId room;
    Client* ann = nullptr;

    void open() {
        world = std::make_unique<World>(options);
        room = world->conversation("room", {"ann", "bob"});
        ann = &world->client("ann");
        ann->connect(0);
        ann->resume({});
        world->settle();
    }
    [[nodiscard]] std::size_t acks(const Client& client) const {
        return static_cast<std::size_t>(
            std::count_if(client.said.begin(), client.said.end(), [](const Said& s) { return s.ack; }));
    }
};

TEST_F(LimitedServer, RefusesASendAboveTheUsersRateAndItsNumberIsStillFree) {
    options.server.limits.user_sends = {10, 2};
    open();
    for (WireNumber n = 1; n <= 3; ++n) ann->send(room, n, "text");
    world->settle(1ms);
    ASSERT_THAT(ann->rejected, SizeIs(1));
    EXPECT_EQ(ann->rejected[0].code, ErrorCode::rate_limited);
    EXPECT_EQ(ann->rejected[0].number, 3U);
    const auto wait = std::chrono::milliseconds(ann->rejected[0].retry_after_ms);
    EXPECT_GT(wait, 0ms);
    EXPECT_LE(wait, 100ms);
    world->pass(wait);
    ann->send(room, 3, "text");
    world->settle();
    EXPECT_EQ(acks(*ann), 3U);
    EXPECT_THAT(ann->rejected, SizeIs(1));
}

TEST_F(LimitedServer, AnswersARepeatedSendAsBeforeThoughTheUserSendsTooOften) {
    options.server.limits.user_sends = {0.001, 1};
    open();
    ann->send(room, 1, "text");
    world->settle();
    for (int i = 0; i < 5; ++i) ann->send(room, 1, "text");
    world->settle();
    EXPECT_EQ(acks(*ann), 6U) << "a refusal would be definite, and the message is in the log";
    EXPECT_THAT(ann->rejected, IsEmpty());
}

TEST_F(LimitedServer, LimitsAConversationWhoeverSends) {
    options.server.limits.conversation_sends = {1, 3};
    open();
    Client& bob = world->client("bob");
    bob.connect(0);
    bob.resume({});
    world->settle();
    for (WireNumber n = 1; n <= 2; ++n) {
        ann->send(room, n, "text");
        bob.send(room, n, "text");
    }
    world->settle(1ms);
    EXPECT_EQ(acks(*ann) + acks(bob), 3U);
    EXPECT_EQ(ann->rejected.size() + bob.rejected.size(), 1U);
}

TEST_F(LimitedServer, TellsAStrangerNothingOfAConversationsRate) {
    options.server.limits.conversation_sends = {0.001, 1};
    open();
    ann->send(room, 1, "text");
    Client& eve = world->client("eve");
    eve.connect(0);
    world->settle();
    eve.send(room, 1, "text");
    world->settle();
    ASSERT_THAT(eve.rejected, SizeIs(1));
    EXPECT_EQ(eve.rejected[0].code, ErrorCode::forbidden);
}

TEST(HalfSentMessage, EndsTheConnectionThoughBytesKeepComing) {
    World world;
    Client& ann = world.client("ann");
    ann.connect(0);
    world.settle();
    std::string frame;
    websocket::append_masked_frame(frame, websocket::Opcode::text, std::string(500, ' '), 0xA1B2C3D4U);
    std::size_t said = 0;
    for (Duration waited{}; waited < 60s && ann.connected(); waited += 1s) {
        ann.say_raw(frame.substr(said++, 1));
        world.pass(1s);
    }
    EXPECT_EQ(ann.close_code, traits(ErrorCode::silent).close_code);
}

}  // namespace
}  // namespace hubbub::testing
