// What a URL may hold that nobody is to read in a report.
#include "transport/shown_url.hpp"

#include <gtest/gtest.h>

#include "transport/address.hpp"

namespace hubbub {
namespace {

TEST(ShownUrl, HasNeitherUserNorQuery) {
    EXPECT_EQ(without_secrets("ws://127.0.0.1:8080/chat"), "ws://127.0.0.1:8080/chat");
    EXPECT_EQ(without_secrets("ws://ann:planted@host:1/chat?key=planted"), "ws://***@host:1/chat?***");
    EXPECT_EQ(without_secrets("ws://host/a@b"), "ws://host/a@b");
    EXPECT_EQ(without_secrets("ws://ann:p@nted@host"), "ws://***@host");
    EXPECT_EQ(without_secrets("host?planted"), "host?***");
}

TEST(ShownUrl, IsWhatErrorsShow) {
    const auto refused = resolve("ws://ann:planted@127.0.0.1:1/chat?key=planted");
    ASSERT_TRUE(refused.has_error());
    EXPECT_EQ(refused.error().message.find("planted"), std::string::npos) << refused.error().message;
    EXPECT_NE(refused.error().message.find("user names in a URL"), std::string::npos);
}

}  // namespace
}  // namespace hubbub
