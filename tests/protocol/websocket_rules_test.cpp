// Every rule of RFC 6455 that the reader holds, broken; each reading is done whole and byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "tests/protocol/websocket_bytes.hpp"

namespace hubbub::websocket {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

constexpr std::size_t roomy = 1 << 20;

std::vector<std::string> from_client(const std::string& bytes, std::size_t bytes_max = roomy) {
    const auto found = read_whole(Role::server, bytes_max, bytes);
    EXPECT_EQ(read_bytewise(Role::server, bytes_max, bytes), found);
    return found;
}
std::vector<std::string> from_server(const std::string& bytes, std::size_t bytes_max = roomy) {
    const auto found = read_whole(Role::client, bytes_max, bytes);
    EXPECT_EQ(read_bytewise(Role::client, bytes_max, bytes), found);
    return found;
}
auto broken(const std::string& start) {
    return ElementsAre(StartsWith("error " + start));
}

TEST(Section51, RefusesAnUnmaskedFrameFromAClient) {
    EXPECT_THAT(from_client(raw({.payload = "x"})),
                broken("1002:unmasked frame from a client (section 5.1)"));
}
TEST(Section51, RefusesAMaskedFrameFromAServer) {
    EXPECT_THAT(from_server(raw({.masked = true, .payload = "x"})),
                broken("1002:masked frame from a server (section 5.1)"));
}

TEST(Section52, RefusesEachReservedBit) {
    for (const int bit : {1, 2, 4, 7}) {
        EXPECT_THAT(from_server(raw({.payload = "ok"}) + raw({.reserved = bit, .payload = "x"})),
                    ElementsAre("text:ok", StartsWith("error 1002:reserved bit")));
        EXPECT_THAT(from_server(raw({.reserved = bit, .opcode = 9})), broken("1002:reserved bit"));
    }
}
TEST(Section52, RefusesEachReservedOpcode) {
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15})
        EXPECT_THAT(from_server(raw({.opcode = opcode})), broken("1002:reserved opcode (section 5.2)"));
}
TEST(Section52, RefusesALengthNotInItsShortestForm) {
    const auto verdict = broken("1002:length not in its shortest form");
    for (const std::size_t size : {0U, 125U})
        EXPECT_THAT(from_server(raw({.payload = std::string(size, 'x'), .form = LengthForm::two_bytes})),
                    verdict);
    for (const std::size_t size : {0U, 126U, 65535U})
        EXPECT_THAT(from_server(raw({.payload = std::string(size, 'x'), .form = LengthForm::eight_bytes})),
                    verdict);
}
TEST(Section52, RefusesALengthOf64Bits) {
    EXPECT_THAT(from_server(raw({.form = LengthForm::eight_bytes, .claimed_length = 1ULL << 63}), SIZE_MAX),
                broken("1002:length of 64 bits (section 5.2)"));
}
TEST(Section52, WaitsForAFrameOf63BitsWhenNoLimitForbidsIt) {
    const RawFrame frame{.payload = "x", .form = LengthForm::eight_bytes, .claimed_length = INT64_MAX};
    EXPECT_THAT(from_server(raw(frame), SIZE_MAX), ElementsAre());
}
TEST(Section52, RefusesWhatIsNoFrameAtAll) {
    EXPECT_THAT(from_server("HTTP/1.1 400 Bad Request\r\n\r\n"), broken("1002:reserved bit"));
}

TEST(Section54, JoinsFragmentsWithControlFramesBetweenThem) {
    EXPECT_THAT(from_client(raw({.fin = false, .masked = true, .payload = "a"}) +
                            raw({.opcode = 9, .masked = true, .payload = "p"}) +
                            raw({.fin = false, .opcode = 0, .masked = true}) +
                            raw({.opcode = 10, .masked = true, .payload = "q"}) +
                            raw({.opcode = 0, .masked = true, .payload = "z"})),
                ElementsAre("ping:p", "pong:q", "text:az"));
}
TEST(Section54, RefusesAContinuationOfNothing) {
    const auto verdict = broken("1002:continuation of no message (section 5.4)");
    EXPECT_THAT(from_server(raw({.opcode = 0, .payload = "x"})), verdict);
    EXPECT_THAT(from_server(raw({.fin = false, .opcode = 0, .payload = "x"})), verdict);
    EXPECT_THAT(from_server(raw({.fin = false, .payload = "a"}) + raw({.opcode = 0, .payload = "b"}) +
                            raw({.opcode = 0, .payload = "c"})),
                ElementsAre("text:ab", StartsWith("error 1002:continuation of no message")));
}
TEST(Section54, RefusesANewMessageInsideAFragmentedOne) {
    for (const int opcode : {1, 2})
        EXPECT_THAT(
            from_server(raw({.fin = false, .payload = "a"}) + raw({.opcode = opcode, .payload = "b"})),
            broken("1002:new message inside a fragmented one (section 5.4)"));
}
TEST(Section54, CountsFragmentsUpToTheLimit) {
    std::string most = raw({.fin = false});
    for (std::size_t i = 2; i < limits::fragments_max; ++i) most += raw({.fin = false, .opcode = 0});
    EXPECT_THAT(from_server(most + raw({.opcode = 0})), ElementsAre("text:"));
    EXPECT_THAT(from_server(most + raw({.fin = false, .opcode = 0}) + raw({.opcode = 0})),
                broken("1009:message of too many fragments"));
}

TEST(Section55, TakesControlFramesOfUpTo125Bytes) {
    const std::string longest(125, 'x');
    EXPECT_THAT(from_server(raw({.opcode = 9, .payload = longest})), ElementsAre("ping:" + longest));
    for (const int opcode : {8, 9, 10})
        EXPECT_THAT(from_server(raw({.opcode = opcode, .payload = longest + "x"})),
                    broken("1002:control frame of more than 125 bytes (section 5.5)"));
}
TEST(Section55, RefusesAFragmentedControlFrame) {
    for (const int opcode : {8, 9, 10})
        EXPECT_THAT(from_server(raw({.fin = false, .opcode = opcode})),
                    broken("1002:fragmented control frame (section 5.5)"));
}

TEST(Section551, ReadsCodeAndReasonOfAClose) {
    EXPECT_THAT(from_server(raw({.opcode = 8, .payload = "\x03\xE8 bye \xC3\xBC"})),
                ElementsAre("close 1000: bye \xC3\xBC"));
    EXPECT_THAT(from_server(raw({.opcode = 8, .payload = "\x0B\xB9"})), ElementsAre("close 3001:"));
    const std::string longest(123, 'r');
    EXPECT_THAT(from_server(raw({.opcode = 8, .payload = "\x03\xE8" + longest})),
                ElementsAre("close 1000:" + longest));
}
TEST(Section551, CallsACloseWithoutCode1005) {
    EXPECT_THAT(from_server(raw({.opcode = 8})), ElementsAre("close 1005:"));
}
TEST(Section551, RefusesHalfACloseCode) {
    EXPECT_THAT(from_server(raw({.opcode = 8, .payload = "\x03"})),
                broken("1002:close frame with half a code (section 5.5.1)"));
}
TEST(Section551, RefusesACloseReasonThatIsNotUtf8) {
    EXPECT_THAT(from_server(raw({.opcode = 8, .payload = "\x03\xE8\xC3"})), broken("1007:close reason"));
}
TEST(Section551, RefusesDataAfterTheCloseAndPassesOverControlFrames) {
    const std::string close = raw({.opcode = 8, .payload = "\x03\xE8"});
    const auto verdict = ElementsAre("close 1000:", "error 1002:data after the close frame (section 5.5.1)");
    EXPECT_THAT(from_server(close + raw({.opcode = 9, .payload = "late"}) + close),
                ElementsAre("close 1000:"));
    EXPECT_THAT(from_server(close + raw({.payload = "late"})), verdict);
    EXPECT_THAT(from_server(raw({.fin = false, .payload = "a"}) + close + raw({.opcode = 0})), verdict);
}

TEST(Section74, KnowsWhichCloseCodesMayBeSent) {
    const auto found = [](int code) {
        return from_server(
            raw({.opcode = 8, .payload = {static_cast<char>(code >> 8), static_cast<char>(code)}}));
    };
    for (const int code :
         {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
        EXPECT_THAT(found(code), ElementsAre("close " + std::to_string(code) + ":"));
    for (const int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
        EXPECT_THAT(found(code), broken("1002:close code that must not be sent (section 7.4)")) << code;
}
TEST(Section74, JudgesTheSizeFromTheHeaderAlone) {
    EXPECT_THAT(from_server(raw({.claimed_length = 1001}), 1000),
                broken("1009:message above the size limit (section 7.4.1)"));
    EXPECT_THAT(from_server(raw({.payload = std::string(1000, 'x')}), 1000),
                ElementsAre("text:" + std::string(1000, 'x')));
}
TEST(Section74, AddsUpTheSizesOfFragments) {
    const std::string most = raw({.fin = false, .payload = std::string(600, 'x')});
    EXPECT_THAT(from_server(most + raw({.opcode = 0, .payload = std::string(400, 'x')}), 1000),
                ElementsAre("text:" + std::string(1000, 'x')));
    EXPECT_THAT(from_server(most + raw({.opcode = 0, .claimed_length = 401}), 1000),
                broken("1009:message above the size limit"));
    EXPECT_THAT(from_server(most + raw({.opcode = 9, .payload = std::string(125, 'p')}), 600),
                ElementsAre("ping:" + std::string(125, 'p')));
}

TEST(Section81, RefusesTextThatIsNotUtf8ButNotBinary) {
    EXPECT_THAT(from_server(raw({.payload = "a\xFF"})), broken("1007:text that is not UTF-8 (section 8.1)"));
    EXPECT_THAT(from_server(raw({.opcode = 2, .payload = "a\xFF"})), ElementsAre("binary:a\xFF"));
    EXPECT_THAT(from_server(raw({.fin = false, .opcode = 2, .payload = "\xFF"}) +
                            raw({.opcode = 0, .payload = "\xC3"})),
                ElementsAre("binary:\xFF\xC3"));
}
TEST(Section81, AcceptsACharacterCutBetweenFragments) {
    EXPECT_THAT(from_server(raw({.fin = false, .payload = "\xE2\x82"}) + raw({.opcode = 9}) +
                            raw({.opcode = 0, .payload = "\xAC"})),
                ElementsAre("ping:", "text:\xE2\x82\xAC"));
}
TEST(Section81, RefusesTextThatEndsInsideACharacter) {
    EXPECT_THAT(from_server(raw({.payload = "\xE2\x82"})), broken("1007:"));
    EXPECT_THAT(from_server(raw({.fin = false, .payload = "\xE2"}) + raw({.opcode = 0, .payload = "\x82"})),
                broken("1007:text that ends inside a character (section 8.1)"));
}
TEST(Section81, RefusesWrongTextBeforeItsFrameIsWhole) {
    EXPECT_THAT(from_server(raw({.payload = "abc\xED\xA0", .claimed_length = 500})),
                broken("1007:text that is not UTF-8 (section 8.1)"));
}

}  // namespace
}  // namespace hubbub::websocket
