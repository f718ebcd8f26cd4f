// One connection: frames, the closing handshake, deadlines, the bound of its outbox.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string masked(websocket::Opcode opcode, std::string_view payload) {
    std::string frame;
    websocket::append_masked_frame(frame, opcode, payload, 0xA1B2C3D4U);
    return frame;
}

struct OneClient : ::testing::Test {
    World world;
    Client& ann = world.client("ann");
    void open() {
        ann.connect(0);
        world.settle();
    }
};
using Connection = OneClient;

TEST_F(Connection, AnswersAPingWithItsPayload) {
    open();
    ann.say_raw(masked(websocket::Opcode::ping, "are you there"));
    world.settle();
    EXPECT_EQ(ann.pongs, 1U);
    EXPECT_TRUE(ann.connected());
}

TEST_F(Connection, AnswersACloseFrameWithItsCodeAndEndsTheLink) {
    open();
    ann.say_raw(masked(websocket::Opcode::close, websocket::close_payload(1001, "bye")));
    world.settle();
    EXPECT_EQ(ann.close_code, 1001);
    EXPECT_FALSE(ann.connected());
    EXPECT_EQ(world.counters().connections.get(), 0U);
    EXPECT_EQ(world.counters().sessions.get(), 0U);
}

TEST_F(Connection, AnswersACloseFrameWithoutACodeWithoutOne) {
    open();
    ann.say_raw(masked(websocket::Opcode::close, ""));
    world.settle();
    EXPECT_EQ(ann.close_code, 1005);
    EXPECT_FALSE(ann.connected());
}

TEST_F(Connection, ClosesWith1002WhenTheFramingIsBroken) {
    open();
    ann.say_raw(std::string("\x81\x05hello", 7));  // not masked
    world.settle();
    EXPECT_EQ(ann.close_code, 1002);
    world.pass(limits::close_grace + 1ms);
    EXPECT_FALSE(ann.connected());
}

TEST_F(Connection, ClosesWith3500OnWhatIsNoMessage) {
    open();
    ann.say_raw(masked(websocket::Opcode::text, "{\"t\":\"dance\"}"));
    world.settle();
    EXPECT_EQ(ann.close_code, 3500);
    ASSERT_THAT(ann.rejected, SizeIs(1));
    EXPECT_EQ(ann.rejected[0].code, ErrorCode::bad_message);
    EXPECT_FALSE(ann.connected());
}

TEST_F(Connection, ClosesWith3500OnABinaryMessage) {
    open();
    ann.say_raw(masked(websocket::Opcode::binary, "{\"t\":\"beat\"}"));
    world.settle();
    EXPECT_EQ(ann.close_code, 3500);
}

TEST_F(Connection, ClosesWith1009OnAFrameThatIsTooLong) {
    open();
    ann.say_raw(masked(websocket::Opcode::text, std::string(limits::client_message_bytes_max + 1, ' ')));
    world.settle();
    EXPECT_EQ(ann.close_code, 1009);
}

TEST_F(Connection, TakesFramesInAnyPieces) {
    open();
    std::string bytes = masked(websocket::Opcode::ping, "one") + masked(websocket::Opcode::ping, "two");
    for (const char c : bytes) ann.say_raw(std::string(1, c));
    world.settle();
    EXPECT_EQ(ann.pongs, 2U);
}

TEST_F(Connection, WithoutAHelloInTimeIsClosedWith3501) {
    ann.connect_silently(0);
    world.pass(limits::handshake_max - 1ms);
    EXPECT_TRUE(ann.connected());
    EXPECT_EQ(ann.close_code, 0);
    world.pass(2ms);
    EXPECT_EQ(ann.close_code, 3501);
    EXPECT_FALSE(ann.connected());
}

TEST_F(Connection, PingsDoNotReplaceTheHello) {
    ann.connect_silently(0);
    for (int second = 0; second < 9; ++second) {
        ann.say_raw(masked(websocket::Opcode::ping, ""));
        world.pass(1s);
    }
    EXPECT_TRUE(ann.connected());
    world.pass(1s + 1ms);
    EXPECT_FALSE(ann.connected());
}

TEST_F(Connection, IsGivenUpAfterTheTtlOfSilence) {
    open();
    world.pass(limits::silence_max - 1ms);
    EXPECT_TRUE(ann.connected());
    world.pass(2ms);
    EXPECT_EQ(ann.close_code, 3006);
    EXPECT_FALSE(ann.connected());
    EXPECT_EQ(world.counters().silent.get(), 1U);
}

TEST_F(Connection, AnyFrameCountsAsABeat) {
    open();
    for (int i = 0; i < 3; ++i) {
        world.pass(10s);
        ann.say(Beat{});
        world.pass(10s);
        ann.say_raw(masked(websocket::Opcode::pong, ""));
    }
    world.pass(limits::silence_max - 1ms);
    EXPECT_TRUE(ann.connected());
    world.pass(2ms);
    EXPECT_FALSE(ann.connected());
}

TEST_F(Connection, IsCutAfterTheGraceWhenTheCloseIsNotAnswered) {
    ann.answers_close = false;
    open();
    ann.say_raw(masked(websocket::Opcode::text, "nonsense"));
    world.pass(limits::close_grace - 1ms);
    EXPECT_EQ(ann.close_code, 3500);
    EXPECT_TRUE(ann.connected());
    world.pass(2ms);
    EXPECT_FALSE(ann.connected());
    EXPECT_EQ(ann.cuts, 1U);
}

TEST_F(Connection, IsCutAfterTheGraceThoughAPeerThatWasQuietBeginsToTalk) {
    ann.answers_close = false;
    open();
    world.pass(2 * limits::beat_interval + 1ms);
    world.shard(0).drain(1s, world.now());
    world.pass(limits::close_grace / 2);
    ann.say(Beat{});
    world.pass(limits::close_grace / 2 - 1ms);
    EXPECT_TRUE(ann.connected());
    world.pass(2ms);
    EXPECT_FALSE(ann.connected());
}

TEST_F(Connection, SaysNothingAfterItsCloseFrame) {
    ann.answers_close = false;
    const ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& bob = world.client("bob");
    open();
    ann.resume({});
    bob.connect(0);
    world.settle();
    ann.say_raw(masked(websocket::Opcode::text, "nonsense"));
    bob.send(c, 1, "x");
    ann.say(Beat{});
    world.settle();
    EXPECT_EQ(ann.order.back(), "close");
}

TEST_F(Connection, ASlowReaderIsCutWhenItsOutboxIsFullAndTheOthersAreNot) {
    const ConversationId c = world.conversation("k", {"ann", "bob", "cem"});
    Client& bob = world.client("bob");
    Client& cem = world.client("cem");
    open();
    bob.connect(0);
    cem.connect(0);
    for (Client* one : {&ann, &bob, &cem}) one->resume({});
    world.settle();
    bob.reads = false;
    const std::string body(16'000, 'x');
    WireNumber n = 0;
    while (bob.connected() && n < 200) {
        ann.send(c, ++n, body);
        world.settle();
    }
    // 16,000 bytes each into 1 MiB: the 66th does not fit any more.
    EXPECT_EQ(n, 66U);
    EXPECT_EQ(bob.cuts, 1U);
    EXPECT_EQ(world.counters().outbox_overflows.get(), 1U);
    EXPECT_EQ(world.counters().rejected(ErrorCode::slow_reader), 1U);
    EXPECT_THAT(cem.bodies(c), SizeIs(66));
    EXPECT_EQ(ann.stream(c).size(), 66U);
}

TEST_F(Connection, DrainSendsEverybodyAwayWithAHintAndNewOnesToo) {
    open();
    Client& bob = world.client("bob");
    bob.connect(0);
    world.settle();
    world.shard(0).drain(5s, world.now());
    world.settle();
    for (const Client* one : {&ann, &bob}) {
        EXPECT_EQ(one->close_code, 3004);
        ASSERT_THAT(one->rejected, SizeIs(1));
        EXPECT_GE(one->rejected[0].retry_after_ms, 1U) << "0 is no hint";
        EXPECT_LE(one->rejected[0].retry_after_ms, 5'000U);
    }
    Client& cem = world.client("cem");
    cem.connect(0);
    world.settle();
    EXPECT_EQ(cem.close_code, 3004);
    ASSERT_THAT(cem.rejected, SizeIs(1));
    EXPECT_GE(cem.rejected[0].retry_after_ms, 1U);
    EXPECT_THAT(cem.welcomes, IsEmpty());
}

}  // namespace
}  // namespace hubbub::testing
