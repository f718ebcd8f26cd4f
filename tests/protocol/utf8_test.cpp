#include "protocol/utf8.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "protocol/websocket.hpp"

namespace hubbub {
namespace {

using websocket::valid_utf8;

/// RFC 3629 section 3: the one encoding of a code point.
std::string encoded(std::uint32_t point) {
    const auto byte = [](std::uint32_t value) { return static_cast<char>(value); };
    if (point < 0x80) return {byte(point)};
    if (point < 0x800) return {byte(0xC0 | point >> 6), byte(0x80 | (point & 0x3F))};
    if (point < 0x10000)
        return {byte(0xE0 | point >> 12), byte(0x80 | (point >> 6 & 0x3F)), byte(0x80 | (point & 0x3F))};
    return {byte(0xF0 | point >> 18), byte(0x80 | (point >> 12 & 0x3F)), byte(0x80 | (point >> 6 & 0x3F)),
            byte(0x80 | (point & 0x3F))};
}

/// The definition: reads the bits of one character as its lead byte says, and demands that encoding the point
/// gives the same bytes back.
bool defined_valid(std::string_view text) {
    while (!text.empty()) {
        const auto lead = static_cast<unsigned char>(text[0]);
        std::size_t size = 0;
        if (lead < 0x80) size = 1;
        if (lead >> 5 == 0b110) size = 2;
        if (lead >> 4 == 0b1110) size = 3;
        if (lead >> 3 == 0b11110) size = 4;
        if (size == 0 || text.size() < size) return false;
        std::uint32_t point = size == 1 ? lead : lead & (0x7FU >> size);
        for (std::size_t i = 1; i < size; ++i)
            point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
        if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
        if (encoded(point) != text.substr(0, size)) return false;
        text.remove_prefix(size);
    }
    return true;
}

TEST(Utf8, AcceptsEveryCodePointAndNoSurrogate) {
    for (std::uint32_t point = 0; point <= 0x110400; ++point) {
        const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        ASSERT_EQ(valid_utf8(encoded(point)), !surrogate && point <= 0x10FFFF) << std::hex << point;
    }
}

TEST(Utf8, AgreesWithTheDefinitionOnEveryOneAndTwoByteText) {
    for (int a = 0; a < 256; ++a) {
        ASSERT_EQ(valid_utf8(std::string{static_cast<char>(a)}), a < 0x80);
        for (int b = 0; b < 256; ++b) {
            const std::string text{static_cast<char>(a), static_cast<char>(b)};
            ASSERT_EQ(valid_utf8(text), defined_valid(text)) << std::hex << a << ' ' << b;
        }
    }
}

TEST(Utf8, AgreesWithTheDefinitionOnEveryEdgeOfThreeAndFourBytes) {
    // Every lead byte, followed by the bytes on both sides of every bound of the table in RFC 3629 section 4.
    constexpr std::array edges = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xFF};
    for (int lead = 0x80; lead < 256; ++lead)
        for (const int b : edges)
            for (const int c : edges) {
                const std::string three{static_cast<char>(lead), static_cast<char>(b), static_cast<char>(c)};
                ASSERT_EQ(valid_utf8(three), defined_valid(three))
                    << std::hex << lead << ' ' << b << ' ' << c;
                for (const int d : edges) {
                    const std::string four = three + static_cast<char>(d);
                    ASSERT_EQ(valid_utf8(four), defined_valid(four))
                        << std::hex << lead << ' ' << b << ' ' << c << ' ' << d;
                }
            }
}

TEST(Utf8, FindsAWrongByteAtEveryOffsetOfALongText) {
    for (std::size_t size = 1; size < 70; ++size)
        for (std::size_t at = 0; at < size; ++at) {
            std::string text(size, 'a');
            EXPECT_TRUE(valid_utf8(text));
            text[at] = '\xFF';
            EXPECT_FALSE(valid_utf8(text)) << size << ' ' << at;
        }
}

TEST(Utf8Checker, FailsAtTheFirstByteThatNoTextCanHave) {
    Utf8Checker surrogate;
    EXPECT_TRUE(surrogate.feed("abc\xED"));
    EXPECT_FALSE(surrogate.feed("\xA0"));
    Utf8Checker overlong;
    EXPECT_TRUE(overlong.feed("\xF0"));
    EXPECT_FALSE(overlong.feed("\x8F"));
    Utf8Checker beyond;
    EXPECT_TRUE(beyond.feed("\xF4"));
    EXPECT_FALSE(beyond.feed("\x90"));
}

TEST(Utf8Checker, RemembersACharacterCutBetweenPieces) {
    Utf8Checker checker;
    for (const char* piece : {"\xF0", "\x9F", "\x98"}) {
        EXPECT_TRUE(checker.feed(piece));
        EXPECT_FALSE(checker.complete());
    }
    EXPECT_TRUE(checker.feed("\x80 and on"));
    EXPECT_TRUE(checker.complete());
}

}  // namespace
}  // namespace hubbub
