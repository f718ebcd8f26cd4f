#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "protocol/codec.hpp"

namespace hubbub {
namespace {

TEST(ConversationIdText, IsBase64urlOfTheSixteenBytesHighFirst) {
    EXPECT_EQ(to_string({0, 0}), "AAAAAAAAAAAAAAAAAAAAAA");
    EXPECT_EQ(to_string({0, 1}), "AAAAAAAAAAAAAAAAAAAAAQ");
    EXPECT_EQ(to_string({1ULL << 63, 0}), "gAAAAAAAAAAAAAAAAAAAAA");
    EXPECT_EQ(to_string({~0ULL, ~0ULL}), "_____________________w");
}

TEST(ConversationIdText, RefusesEveryOtherForm) {
    ConversationId id;
    for (const char* text :
         {"", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA==",
          "AAAAAAAAAAAAAAAAAAAAAB",  // bits below the last byte
          "AAAAAAAAAAAAAAAAAAAA+A", "AAAAAAAAAAAAAAAAAAAA/A", "AAAAAAAAAA AAAAAAAAAAA"})
        EXPECT_FALSE(parse_conversation_id(text, id)) << text;
}

RC_GTEST_PROP(ConversationIdProperty, IsReadBack, (std::uint64_t high, std::uint64_t low)) {
    const ConversationId id{high, low};
    ConversationId back;
    RC_ASSERT(parse_conversation_id(to_string(id), back));
    RC_ASSERT(back == id);
}

}  // namespace
}  // namespace hubbub
