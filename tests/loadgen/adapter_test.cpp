#include "loadgen/adapters/adapter.hpp"

#include <gmock/gmock.h>

namespace hubbub {
namespace {

TEST(Adapters, ListTheReferenceServersDialect) {
    EXPECT_THAT(adapter_names(), testing::Contains("hubbub"));
}

TEST(Adapters, MakeEveryAdapterThatTheyList) {
    for (const std::string_view name : adapter_names()) {
        const auto adapter = make_adapter(name);
        ASSERT_NE(adapter, nullptr) << name;
        EXPECT_EQ(adapter->name(), name);
    }
}

TEST(Adapters, KnowNothingOfAStranger) {
    EXPECT_EQ(make_adapter("hubub"), nullptr);
}

TEST(HubbubAdapter, SpeaksTheCodecOfTheProtocol) {
    const auto adapter = make_adapter("hubbub");
    const auto codec = make_json_codec();
    EXPECT_EQ(adapter->subprotocol(), codec->subprotocol());
    std::string said;
    adapter->encode(Send{ConversationId{1, 2}, 3, "body"}, said);
    const auto heard = codec->decode_client(said);
    ASSERT_TRUE(heard.has_value());
    EXPECT_EQ(std::get<Send>(*heard).number, 3U);
    std::string answer;
    codec->encode(Ack{ConversationId{1, 2}, 3, 9}, answer);
    const auto decoded = adapter->decode(answer);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(std::get<Ack>(*decoded).sequence, 9U);
}

TEST(HubbubAdapter, SpeaksTheBinaryFormUnderANameOfItsOwn) {
    const auto adapter = make_adapter("hubbub-bin");
    EXPECT_EQ(adapter->subprotocol(), "hubbub.v1.bin");
    EXPECT_TRUE(adapter->binary());
}

TEST(HubbubAdapter, SaysWhatIsWrongWithAStrangersMessage) {
    const auto decoded = make_adapter("hubbub")->decode("{\"t\":42");
    ASSERT_FALSE(decoded.has_value());
    EXPECT_FALSE(decoded.error().detail.empty());
}

}  // namespace
}  // namespace hubbub
