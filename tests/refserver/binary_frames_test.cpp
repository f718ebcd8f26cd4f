#include "refserver/core/binary_frames.hpp"

#include <gtest/gtest.h>

#include "protocol/websocket.hpp"

namespace hubbub {
namespace {

SharedBytes json_frame(const ServerMessage& message) {
    std::string payload;
    make_json_codec()->encode(message, payload);
    return websocket::make_frame(websocket::Opcode::text, payload);
}

ServerMessage read(const SharedBytes& frame, Codec& codec) {
    websocket::Reader reader(websocket::Role::client, 1 << 20);
    std::string bytes(frame.view());
    reader.set_input({bytes.data(), bytes.size()});
    const auto event = reader.next();
    EXPECT_TRUE(event.has_value() && event->binary);
    return codec.decode_server(event->payload).value();
}

TEST(BinaryFrames, SayTheSameAsTheFramesTheyStandFor) {
    BinaryFrames frames;
    const auto codec = make_binary_codec();
    for (const std::size_t size : {1U, 200U, 5'000U}) {  // the three lengths of a frame, or two of them
        const std::string body(size, 'x');
        const SharedBytes frame = json_frame(Entry{
            .conversation = {1, 2}, .sequence = 7, .user = "ann", .device = "d", .number = 3, .body = body});
        const ServerMessage back = read(frames.of(frame), *codec);
        EXPECT_EQ(std::get<Entry>(back).sequence, 7U);
    }
}

TEST(BinaryFrames, AreMadeOnceForAllRecipientsOfAFanOut) {
    BinaryFrames frames;
    const SharedBytes one = json_frame(Ack{{1, 2}, 3, 4});
    const SharedBytes first = frames.of(one), second = frames.of(one);
    EXPECT_EQ(first.view().data(), second.view().data());
}

TEST(BinaryFrames, AreNotMistakenForALaterFrameAtTheSamePlace) {
    BinaryFrames frames;
    const auto codec = make_binary_codec();
    for (Sequence q = 1; q <= 1'000; ++q) {
        const ServerMessage back = read(frames.of(json_frame(Ack{{1, 2}, 3, q})), *codec);
        ASSERT_EQ(std::get<Ack>(back).sequence, q);
    }
}

TEST(BinaryFrames, LeaveControlFramesAsTheyAre) {
    BinaryFrames frames;
    const SharedBytes close =
        websocket::make_frame(websocket::Opcode::close, websocket::close_payload(1000, {}));
    EXPECT_EQ(frames.of(close).view().data(), close.view().data());
}

}  // namespace
}  // namespace hubbub
