#include <gtest/gtest.h>

#include "tests/protocol/websocket_bytes.hpp"

namespace hubbub::websocket {
namespace {

TEST(Writer, WritesTheExamplesOfSection57) {
    std::string plain;
    append_frame(plain, Opcode::text, "Hello");
    EXPECT_EQ(plain, "\x81\x05Hello");
    std::string masked;
    append_masked_frame(masked, Opcode::text, "Hello", 0x3d21fa37);  // bytes 37 fa 21 3d
    EXPECT_EQ(masked, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    std::string long_form;
    append_frame(long_form, Opcode::binary, std::string(256, 'x'));
    EXPECT_EQ(long_form.substr(0, 4), std::string("\x82\x7E\x01\x00", 4));
    long_form.clear();
    append_frame(long_form, Opcode::binary, std::string(65536, 'x'));
    EXPECT_EQ(long_form.substr(0, 10), std::string("\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10));
}

TEST(Writer, UsesTheShortestLengthForm) {
    for (const std::size_t size : {0U, 125U, 126U, 65535U, 65536U}) {
        const std::string payload(size, 'x');
        EXPECT_EQ(make_frame(Opcode::text, payload).view(), raw({.payload = payload})) << size;
    }
}

TEST(Writer, AppendsBehindWhatIsThere) {
    std::string out = "before";
    append_frame(out, Opcode::pong, "p");
    append_masked_frame(out, Opcode::text, "", 1);
    EXPECT_EQ(out, std::string("before\x8A\x01p\x81\x80\x01\0\0\0", 15));
}

TEST(Writer, MakesTheBytesThatAppendAppends) {
    for (const std::size_t size : {0U, 7U, 8U, 300U}) {
        const std::string payload(size, 'x');
        std::string plain;
        std::string masked;
        append_frame(plain, Opcode::text, payload);
        append_masked_frame(masked, Opcode::text, payload, 77);
        EXPECT_EQ(make_frame(Opcode::text, payload).view(), plain);
        EXPECT_EQ(make_masked_frame(Opcode::text, payload, 77).view(), masked);
    }
}

TEST(WriterDeathTest, RefusesAControlFrameThatIsTooLong) {
    std::string out;
    EXPECT_DEATH(append_frame(out, Opcode::ping, std::string(126, 'x')), "125 bytes");
}

TEST(ClosePayload, IsReadBack) {
    std::string frame;
    append_frame(frame, Opcode::close, close_payload(3004, "drain"));
    EXPECT_EQ(read_whole(Role::client, 1000, frame), std::vector<std::string>{"close 3004:drain"});
}

TEST(ClosePayload, IsCutAtACharacter) {
    EXPECT_EQ(close_payload(1000, std::string(200, 'x')).size(), 125U);
    const std::string reason = std::string(121, 'x') + "\xE2\x82\xAC";  // 124 bytes: one too many
    EXPECT_EQ(close_payload(1000, reason), "\x03\xE8" + std::string(121, 'x'));
    EXPECT_EQ(close_payload(1000, reason.substr(1)), "\x03\xE8" + reason.substr(1));
}

TEST(ClosePayload, IsEmptyForTheCodesThatMeanNone) {
    EXPECT_EQ(close_payload(1005, "x"), "");
    EXPECT_EQ(close_payload(1006, ""), "");
}

}  // namespace
}  // namespace hubbub::websocket
