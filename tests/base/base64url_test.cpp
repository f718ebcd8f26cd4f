#include "base/base64url.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace hubbub {
namespace {

// RFC 4648 section 10 and the examples of section 9, without the padding; then values 62 and 63 of table 2.
const std::vector<std::pair<std::string, std::string>> vectors = {
    {"", ""},
    {"f", "Zg"},
    {"fo", "Zm8"},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg"},
    {"fooba", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy"},
    {"\x14\xfb\x9c\x03\xd9\x7e", "FPucA9l-"},
    {"\x14\xfb\x9c\x03\xd9", "FPucA9k"},
    {"\x14\xfb\x9c\x03", "FPucAw"},
    {"\xff\xff\xff", "____"},
    {"\xfb\xef\xbe", "----"},
};

TEST(Base64Url, EncodesTheVectorsOfTheRfc) {
    for (const auto& [bytes, text] : vectors) EXPECT_EQ(base64url_encode(bytes), text);
}

TEST(Base64Url, DecodesTheVectorsOfTheRfc) {
    for (const auto& [bytes, text] : vectors) EXPECT_EQ(base64url_decode(text), bytes);
}

TEST(Base64Url, KnowsItsLengths) {
    EXPECT_EQ(base64url_length(16), 22u);
    EXPECT_EQ(base64url_length(36), 48u);
    EXPECT_EQ(base64url_decoded_length(22), 16u);
    EXPECT_EQ(base64url_decoded_length(48), 36u);
    EXPECT_EQ(base64url_decoded_length(5), std::nullopt);
}

TEST(Base64Url, RefusesPaddingAndForeignCharacters) {
    for (const char* text :
         {"Zg==", "Zm8=", "Zm9 ", "+m9v", "Zm/v", "Zm9v\n", "Z.9v", "Zm9vZ.", "\xc3\xa9", "="})
        EXPECT_EQ(base64url_decode(text), std::nullopt) << text;
}

TEST(Base64Url, RefusesAnImpossibleLength) {
    EXPECT_EQ(base64url_decode("Z"), std::nullopt);
    EXPECT_EQ(base64url_decode("Zm9vY"), std::nullopt);
}

TEST(Base64Url, RefusesTextsWhoseUnusedBitsAreSet) {
    EXPECT_EQ(base64url_decode("Zh"), std::nullopt);   // "Zg" is the one text of "f"
    EXPECT_EQ(base64url_decode("Zm9"), std::nullopt);  // "Zm8" is the one text of "fo"
}

RC_GTEST_PROP(Base64Url, ComesBackWhole, (const std::string& bytes)) {
    const std::string text = base64url_encode(bytes);
    RC_ASSERT(text.size() == base64url_length(bytes.size()));
    RC_ASSERT(base64url_decode(text) == bytes);
}

RC_GTEST_PROP(Base64Url, HasOneTextForEachRunOfBytes, (const std::string& bytes)) {
    std::string text = base64url_encode(bytes + "x");
    const auto place = *rc::gen::inRange<std::size_t>(0, text.size());
    text[place] = *rc::gen::elementOf(std::string("AZaz09-_gQ4w=."));
    const auto decoded = base64url_decode(text);
    if (decoded) RC_ASSERT(base64url_encode(*decoded) == text);
}

}  // namespace
}  // namespace hubbub
