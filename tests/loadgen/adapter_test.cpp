#include "loadgen/adapters/adapter.hpp"

#include <gmock/gmock.h>

#include "scenario_text.hpp"

namespace hubbub {
namespace {

TEST(Adapters, ListTheReferenceServersDialect) {
    EXPECT_THAT(adapter_names(), testing::Contains("hubbub"));
}

TEST(Adapters, MakeEveryAdapterThatTheyList) {
    for (const std::string_view name : adapter_names()) {
        Target target;
        target.adapter = name;
        target.mapping_text = test::read_file(HUBBUB_SOURCE_DIR "/scenarios/mappings/my-chat.yaml");
        const auto adapter = make_adapter(target);
        ASSERT_TRUE(adapter.has_value()) << adapter.error().message;
        EXPECT_EQ((*adapter)->name(), name);
    }
}

TEST(Adapters, KnowNothingOfAStranger) {
    EXPECT_EQ(make_adapter("hubub"), nullptr);
    Target target;
    target.adapter = "hubub";
    EXPECT_FALSE(make_adapter(target).has_value());
}

TEST(HubbubAdapter, SpeaksTheCodecOfTheProtocol) {
    const auto adapter = make_adapter("hubbub");
    const auto codec = make_json_codec();
    EXPECT_EQ(adapter->subprotocol(), codec->subprotocol());
    std::uint64_t memory = 0;
    const Plan plan;
    const Speaker speaker{plan, 1, DeviceIndex{0}, {}, memory};
    Payloads said;
    EXPECT_EQ(adapter->encode(Send{ConversationId{1, 2}, 3, "body"}, speaker, said), Spoken::said);
    const auto heard = codec->decode_client(said.bytes);
    ASSERT_TRUE(heard.has_value());
    EXPECT_EQ(std::get<Send>(*heard).number, 3U);
    std::string answer;
    codec->encode(Ack{ConversationId{1, 2}, 3, 9}, answer);
    const auto decoded = adapter->decode(answer, speaker);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(std::get<Ack>(**decoded).sequence, 9U);
}

TEST(HubbubAdapter, SpeaksTheBinaryFormUnderANameOfItsOwn) {
    const auto adapter = make_adapter("hubbub-bin");
    EXPECT_EQ(adapter->subprotocol(), "hubbub.v1.bin");
    EXPECT_TRUE(adapter->binary());
}

TEST(HubbubAdapter, SaysWhatIsWrongWithAStrangersMessage) {
    const Plan plan;
    std::uint64_t memory = 0;
    const auto decoded = make_adapter("hubbub")->decode("{\"t\":42", {plan, 1, DeviceIndex{0}, {}, memory});
    ASSERT_FALSE(decoded.has_value());
    EXPECT_FALSE(decoded.error().detail.empty());
}

}  // namespace
}  // namespace hubbub
