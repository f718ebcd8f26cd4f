// Mapping files: what they may say, and where and how a wrong one is refused.
#include "loadgen/adapters/json_mapping.hpp"

#include <gmock/gmock.h>

#include "base/random.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;

const std::string sound = R"(mapping: 1
shows: {acks: yes, sequence: no, history: no, echo: none}
rooms: {name: "room-{conversation}"}
join: {say: '{"join": {room}}'}
send: {say: '{"to": {room}, "text": {body}, "ref": {ref}}'}
acknowledge: {when: '/type == "ok"', ref: /ref}
receive: {when: '/type == "message"', room: /to, body: /text}
)";

/// The sound mapping with one text replaced by another.
std::string with(const std::string& what, const std::string& instead) {
    std::string text = sound;
    const std::size_t at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), instead);
}

std::string refusal(const std::string& text) {
    const auto mapping = load_json_mapping(text, "chat.yaml");
    return mapping ? "" : mapping.error().message;
}

TEST(JsonMapping, TakesASoundOne) {
    const auto mapping = load_json_mapping(sound, "chat.yaml");
    ASSERT_TRUE(mapping.has_value()) << mapping.error().message;
    EXPECT_TRUE(mapping->shows.acks);
    EXPECT_FALSE(mapping->shows.sequence);
    EXPECT_FALSE(mapping->shows.resend)
        << "a second send may be a second message unless the file says otherwise";
    EXPECT_EQ(mapping->grace, std::chrono::seconds{1});
}

TEST(JsonMapping, TakesTheShippedOne) {
    EXPECT_EQ(refusal(test::read_file(HUBBUB_SOURCE_DIR "/scenarios/mappings/my-chat.yaml")), "");
}

TEST(JsonMapping, RefusesAnUnknownKeyWithItsPlaceAndTheNearestKnownOne) {
    EXPECT_EQ(refusal(with("acknowledge:", "acknowlege:")),
              "chat.yaml:2:8: shows: acks: yes and acknowledge: {when: ...} belong together\n"
              "chat.yaml:6:1: unknown key 'acknowlege' (did you mean 'acknowledge'?)");
}

TEST(JsonMapping, RefusesAnUnknownVariableAndNamesTheKnownOnes) {
    const std::string why = refusal(with("{body}", "{boddy}"));
    EXPECT_THAT(why, HasSubstr("chat.yaml:5:13: send.say: no variable {boddy} here (did you mean 'body'?)"));
}

TEST(JsonMapping, RefusesATemplateThatIsNoJson) {
    EXPECT_THAT(refusal(with("\"text\": {body}", "\"text\" {body}")),
                HasSubstr("chat.yaml:5:13: send.say: not JSON"));
}

TEST(JsonMapping, RefusesPointersAndConditionsOfAnotherForm) {
    EXPECT_THAT(refusal(with("ref: /ref", "ref: ref")),
                HasSubstr("acknowledge.ref: expected a JSON pointer"));
    EXPECT_THAT(refusal(with("room: /to", "room: /to~2")),
                HasSubstr("chat.yaml:7:45: receive.room: in a JSON pointer ~"));
    EXPECT_THAT(refusal(with("/type == \"ok\"", "/type = \"ok\"")),
                HasSubstr("acknowledge.when: expected a condition"));
    EXPECT_THAT(refusal(with("/type == \"ok\"", "/type == ok")),
                HasSubstr("must be JSON; a text has double quotes"));
}

TEST(JsonMapping, RefusesWhatCannotBeJudged) {
    EXPECT_THAT(refusal(with("acks: yes", "acks: no")), HasSubstr("acks: yes and acknowledge"));
    EXPECT_THAT(refusal(with("room-{conversation}", "lobby")), HasSubstr("all conversations are one room"));
    EXPECT_THAT(refusal(with("history: no", "history: yes")),
                HasSubstr("a history without sequence numbers"));
    EXPECT_THAT(refusal(with("sequence: no", "sequence: yes")), HasSubstr("put {run} into it"));
    EXPECT_THAT(refusal(with("echo: none", "membership: yes")), HasSubstr("not built in this version"));
    EXPECT_THAT(refusal(with("echo: none", "echo: some")), HasSubstr("expected one of none, devices, all"));
    EXPECT_THAT(refusal(with("\"text\": {body}, ", "")),
                HasSubstr("without {body} nothing can be recognized"));
}

TEST(JsonMapping, RefusesWhatIsNoMappingAtAll) {
    for (const char* const text :
         {"", "[]", "x", "mapping: 2\n", "mapping: 1\nshows: 5\n", "{", "&a b: *a\n"})
        EXPECT_NE(refusal(text), "") << text;
}

TEST(JsonMapping, AnswersWhateverTheBytesAre) {
    const std::string shipped = test::read_file(HUBBUB_SOURCE_DIR "/scenarios/mappings/my-chat.yaml");
    Random random(11);
    for (int round = 0; round < 2000; ++round) {
        std::string text = shipped;
        for (std::uint64_t edits = 1 + random.next() % 4; edits > 0; --edits) {
            const std::size_t at = random.next() % text.size();
            if (random.next() % 2 == 0)
                text[at] = static_cast<char>(random.next());
            else
                text.erase(at, random.next() % 20);
        }
        const std::string why = refusal(text);
        if (!why.empty()) {
            EXPECT_THAT(why, testing::StartsWith("chat.yaml:")) << text;
        }
    }
}

TEST(JsonTemplate, WritesWholeValuesAndPartsOfTexts) {
    const std::array allowed = {Variable::body, Variable::after, Variable::room};
    const auto made =
        JsonTemplate::compile(R"({"a": {body}, "b": "to {room}!", "c": [{after}], "d{after}": {}})", allowed);
    ASSERT_TRUE(made.has_value()) << made.error().message;
    VariableValues values;
    values.body = "say \"hi\"";
    values.room = "a\\b";
    values.after = 7;
    std::string out;
    made->append(values, out);
    EXPECT_EQ(out, R"({"a": "say \"hi\"", "b": "to a\\b!", "c": [7], "d7": {}})");
}

TEST(JsonCondition, ComparesValuesAndNotSpellings) {
    simdjson::dom::parser parser;
    const simdjson::dom::element in =
        parser.parse(R"({"a": [1, {"b": "x"}], "n": null, "t/~": true})"_padded).value();
    const auto holds = [&](std::string_view text) {
        const auto made = JsonCondition::make(text);
        return made && made->holds(in);
    };
    EXPECT_TRUE(holds(R"(/a/1/b == "x")"));
    EXPECT_TRUE(holds(R"(/a/0 == 1)"));
    EXPECT_TRUE(holds(R"(/a/1 == { "b" : "x" })"));
    EXPECT_TRUE(holds("/n == null"));
    EXPECT_TRUE(holds("/t~1~0 == true"));
    EXPECT_TRUE(holds("/a/2 absent"));
    EXPECT_TRUE(holds("/n exists"));
    EXPECT_TRUE(holds(R"(/a/0 != "1")"));
    EXPECT_FALSE(holds(R"(/a/0 == "1")"));
    EXPECT_FALSE(holds("/missing == 1"));
    EXPECT_FALSE(holds("/n absent"));
}

}  // namespace
}  // namespace hubbub
