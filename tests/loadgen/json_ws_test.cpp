// The json-ws adapter: each verb said, each answer heard, and strangers' bytes refused with a reason.
#include <gmock/gmock.h>

#include "loadgen/adapters/adapter.hpp"
#include "plan_fixture.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;

class JsonWs : public testing::Test {
  protected:
    void SetUp() override {
        Target target;
        target.adapter = "json-ws";
        target.mapping = "my-chat.yaml";
        target.mapping_text = test::read_file(HUBBUB_SOURCE_DIR "/scenarios/mappings/my-chat.yaml");
        auto made = make_adapter(target);
        ASSERT_TRUE(made.has_value()) << made.error().message;
        adapter = std::move(*made);
        Scenario scenario;
        scenario.users = scenario.online = 4;
        scenario.topology = {{ConversationClass::group, 2, 3, 3, {}}};
        plan = test::plan_of(std::move(scenario));
        ready = adapter->existing(*plan, 99);
        ASSERT_EQ(ready.size(), 2U);
        adapter->know(ready);
    }

    [[nodiscard]] Speaker speaker() { return {*plan, 99, DeviceIndex{2}, {}, memory}; }
    std::vector<std::string> say(const ClientMessage& message) {
        Payloads out;
        spoken = adapter->encode(message, speaker(), out);
        if (out.ends.empty()) return {out.bytes};
        std::vector<std::string> all;
        std::size_t begin = 0;
        for (const std::uint32_t end : out.ends) {
            all.push_back(out.bytes.substr(begin, end - begin));
            begin = end;
        }
        return all;
    }
    template <class Message>
    Message hear(const std::string& payload) {
        heard_payload = payload;
        const auto heard = adapter->decode(heard_payload, speaker());
        if (!heard || *heard == nullptr || !std::holds_alternative<Message>(**heard)) {
            ADD_FAILURE() << "not understood: " << payload;
            return {};
        }
        return std::get<Message>(**heard);
    }
    std::string refused(const std::string& payload) {
        const auto heard = adapter->decode(payload, speaker());
        return heard ? "" : heard.error().detail;
    }

    std::unique_ptr<Adapter> adapter;
    std::shared_ptr<const Plan> plan;
    std::vector<ReadyConversation> ready;
    std::uint64_t memory = 0;
    Spoken spoken = Spoken::nothing;
    std::string heard_payload;
};

TEST_F(JsonWs, NamesARoomForEveryConversationOfTheRun) {
    EXPECT_EQ(ready[0].name, "room-99-0");
    EXPECT_EQ(ready[1].name, "room-99-1");
    EXPECT_NE(ready[0].id, ready[1].id);
}

TEST_F(JsonWs, GreetsByTheUsersName) {
    EXPECT_THAT(say(Hello{"u2", "d0", {}}), testing::ElementsAre(R"({"type": "hello", "user": "u2"})"));
    EXPECT_EQ(spoken, Spoken::said);
    hear<Welcome>(R"({"type":"welcome"})");
}

TEST_F(JsonWs, JoinsEveryRoomAndIsThroughWhenAllAreAnswered) {
    EXPECT_THAT(say(Resume{{{ready[0].id, 0, 0}, {ready[1].id, 0, 6}}}),
                testing::ElementsAre(R"({"type": "join", "room": "room-99-0", "after": 0})",
                                     R"({"type": "join", "room": "room-99-1", "after": 6})"));
    const auto first = hear<Resumed>(R"({"type":"joined","room":"room-99-1","head":8})");
    EXPECT_EQ(first.pending, 1U);
    ASSERT_EQ(first.positions.size(), 1U);
    EXPECT_EQ(first.positions[0].conversation, ready[1].id);
    EXPECT_EQ(first.positions[0].head, 8U);
    EXPECT_EQ(hear<Resumed>(R"({"type":"joined","room":"room-99-0","head":0})").pending, 0U);
    const auto third = adapter->decode(R"({"type":"joined","room":"room-99-0","head":0})", speaker());
    ASSERT_TRUE(third.has_value());
    EXPECT_EQ(*third, nullptr) << "somebody else's join is no answer to ours";
}

TEST_F(JsonWs, RecognizesTheAckOfASend) {
    EXPECT_THAT(
        say(Send{ready[1].id, 5, "a \"body\""}),
        testing::ElementsAre(R"({"type": "say", "room": "room-99-1", "ref": "1.5", "text": "a \"body\""})"));
    const Ack ack = hear<Ack>(R"({"type":"ok","ref":"1.5","seq":17})");
    EXPECT_EQ(ack.conversation, ready[1].id);
    EXPECT_EQ(ack.number, 5U);
    EXPECT_EQ(ack.sequence, 17U);
    EXPECT_EQ(hear<Ack>(R"({"type":"ok","ref":"1.5","seq":"17"})").sequence, 17U) << "a number may be a text";
}

TEST_F(JsonWs, ReadsAMessage) {
    const auto entry =
        hear<Entry>(R"({"type":"message","room":"room-99-0","from":"u1","text":"hi","seq":3})");
    EXPECT_EQ(entry.conversation, ready[0].id);
    EXPECT_EQ(entry.user, "u1");
    EXPECT_EQ(entry.body, "hi");
    EXPECT_EQ(entry.sequence, 3U);
}

TEST_F(JsonWs, KeepsAForeignRoomApartFromTheRunsOwn) {
    const auto entry = hear<Entry>(R"({"type":"message","room":"lobby","from":"u1","text":"hi","seq":3})");
    EXPECT_NE(entry.conversation, ready[0].id);
    EXPECT_NE(entry.conversation, ready[1].id);
    EXPECT_NE(entry.conversation, ConversationId{});
}

TEST_F(JsonWs, PagesTheHistory) {
    EXPECT_THAT(say(ReadHistory{4, ready[0].id, 11, 200}),
                testing::ElementsAre(
                    R"({"type": "history", "room": "room-99-0", "request": 4, "after": 10, "limit": 200})"));
    const auto page = hear<HistoryPage>(
        R"({"type":"page","request":4,"head":12,"items":[{"from":"u0","text":"a","seq":11},{"from":"u1","text":"b","seq":12}]})");
    EXPECT_EQ(page.id, 4U);
    EXPECT_EQ(page.head, 12U);
    ASSERT_EQ(page.entries.size(), 2U);
    EXPECT_EQ(page.entries[1].body, "b");
    EXPECT_EQ(page.entries[1].sequence, 12U);
}

TEST_F(JsonWs, PassesOverWhatTheMappingDoesNotKnow) {
    const auto heard = adapter->decode(R"({"type":"typing","who":"u1"})", speaker());
    ASSERT_TRUE(heard.has_value());
    EXPECT_EQ(*heard, nullptr);
}

TEST_F(JsonWs, SaysWhatIsWrongWithAStrangersBytes) {
    EXPECT_THAT(refused("{\"type\":"), HasSubstr("not JSON"));
    EXPECT_THAT(refused(R"({"type":"message","room":"r","from":"u1","seq":3})"),
                HasSubstr("without its body at /text"));
    EXPECT_THAT(refused(R"({"type":"message","room":5,"text":"x"})"), HasSubstr("without its room"));
    EXPECT_THAT(refused(R"({"type":"message","room":"r","from":"u1","text":"x","seq":-1})"),
                HasSubstr("sequence number"));
    EXPECT_THAT(refused(R"({"type":"ok","ref":"7.1","seq":1})"), HasSubstr("never made"));
    EXPECT_THAT(refused(R"({"type":"ok","ref":"x","seq":1})"), HasSubstr("without its {ref}"));
    EXPECT_THAT(refused(R"({"type":"page","request":1,"items":7})"), HasSubstr("page of history"));
    EXPECT_THAT(refused(""), HasSubstr("not JSON"));
}

}  // namespace
}  // namespace hubbub
