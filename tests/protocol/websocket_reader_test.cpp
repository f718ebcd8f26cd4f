#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/protocol/websocket_bytes.hpp"

namespace hubbub::websocket {
namespace {

using testing::ElementsAre;

constexpr std::size_t roomy = 1 << 20;

TEST(Reader, HandsOutAWholeMessageWithoutACopy) {
    std::string bytes = raw({.payload = "hello"});
    Reader reader(Role::client, roomy);
    reader.set_input(bytes);
    const auto event = reader.next();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->payload, "hello");
    EXPECT_EQ(event->payload.data(), bytes.data() + 2);
    EXPECT_EQ(reader.buffered_bytes(), 0U);
}

TEST(Reader, UnmasksInPlace) {
    std::string bytes = raw({.masked = true, .payload = "seventeen bytes!!"});
    Reader reader(Role::server, roomy);
    reader.set_input(bytes);
    const auto event = reader.next();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->payload, "seventeen bytes!!");
    EXPECT_EQ(event->payload.data(), bytes.data() + 6);
}

TEST(Reader, FindsAllMessagesOfOneRead) {
    EXPECT_THAT(read_whole(Role::client, roomy,
                           raw({.payload = "a"}) + raw({.opcode = 2, .payload = "b"}) + raw({.payload = ""})),
                ElementsAre("text:a", "binary:b", "text:"));
}

TEST(Reader, KeepsAPartialHeaderUntilTheNextRead) {
    const std::string bytes = raw({.masked = true, .payload = std::string(300, 'x')});
    Reader reader(Role::server, roomy);
    std::vector<std::string> found;
    EXPECT_TRUE(read_into(reader, bytes.substr(0, 3), found));
    EXPECT_TRUE(reader.partial());
    EXPECT_TRUE(read_into(reader, bytes.substr(3), found));
    EXPECT_THAT(found, ElementsAre("text:" + std::string(300, 'x')));
    EXPECT_FALSE(reader.partial());
}

TEST(Reader, OwnsNothingBetweenMessages) {
    const std::string bytes =
        raw({.fin = false, .payload = "one "}) + raw({.opcode = 0, .payload = "message"});
    Reader reader(Role::client, roomy);
    std::vector<std::string> found;
    EXPECT_TRUE(read_into(reader, bytes.substr(0, 8), found));
    EXPECT_GT(reader.buffered_bytes(), 0U);
    EXPECT_TRUE(reader.partial());
    EXPECT_TRUE(read_into(reader, bytes.substr(8), found));
    EXPECT_EQ(reader.buffered_bytes(), 0U);
    EXPECT_FALSE(reader.partial());
    EXPECT_THAT(found, ElementsAre("text:one message"));
}

TEST(Reader, KeepsOnlyWhatArrivedOfAFrameThatClaimsMore) {
    Reader reader(Role::client, roomy);
    std::vector<std::string> found;
    EXPECT_TRUE(read_into(reader, raw({.opcode = 2, .payload = "ab", .claimed_length = roomy}), found));
    EXPECT_EQ(reader.buffered_bytes(), 2U);
}

TEST(Reader, ReadsEveryLengthForm) {
    for (const std::size_t size : {0U, 1U, 125U, 126U, 127U, 65535U, 65536U, 65537U}) {
        const std::string payload(size, 'p');
        const std::vector<std::string> expected{"text:" + payload};
        EXPECT_EQ(read_whole(Role::client, roomy, raw({.payload = payload})), expected);
        EXPECT_EQ(read_whole(Role::server, roomy, raw({.masked = true, .payload = payload})), expected);
    }
}

TEST(Reader, MayBeMovedInTheMiddleOfAMessage) {
    const std::string bytes = raw({.fin = false, .payload = "a"}) + raw({.opcode = 0, .payload = "b"});
    std::vector<std::string> found;
    Reader first(Role::client, roomy);
    EXPECT_TRUE(read_into(first, bytes.substr(0, 4), found));
    Reader second(std::move(first));
    EXPECT_TRUE(read_into(second, bytes.substr(4), found));
    EXPECT_THAT(found, ElementsAre("text:ab"));
}

TEST(Reader, RepeatsItsError) {
    Reader reader(Role::client, roomy);
    std::vector<std::string> found;
    EXPECT_FALSE(read_into(reader, raw({.opcode = 3}), found));
    EXPECT_FALSE(read_into(reader, raw({.payload = "fine"}), found));
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0], found[1]);
    EXPECT_EQ(reader.buffered_bytes(), 0U);
}

}  // namespace
}  // namespace hubbub::websocket
