// What the JSON codec refuses, with which code and which words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/codec.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;

const ConversationId room{0, 1};
#define ROOM "\"AAAAAAAAAAAAAAAAAAAAAQ\""

DecodeError client_error(const std::string& json) {
    const auto codec = make_json_codec();
    auto found = codec->decode_client(json);
    EXPECT_FALSE(found) << json;
    return found ? DecodeError{} : found.error();
}
DecodeError server_error(const std::string& json) {
    const auto codec = make_json_codec();
    auto found = codec->decode_server(json);
    EXPECT_FALSE(found) << json;
    return found ? DecodeError{} : found.error();
}

void expect_client_error(const std::string& json, ErrorCode code, const std::string& detail) {
    const DecodeError error = client_error(json);
    EXPECT_EQ(name(error.code), name(code)) << json;
    EXPECT_THAT(error.detail, HasSubstr(detail)) << json;
}
void expect_server_error(const std::string& json, ErrorCode code, const std::string& detail) {
    const DecodeError error = server_error(json);
    EXPECT_EQ(name(error.code), name(code)) << json;
    EXPECT_THAT(error.detail, HasSubstr(detail)) << json;
}
constexpr auto bad = ErrorCode::bad_message;
constexpr auto large = ErrorCode::too_large;

std::string names(std::size_t count) {
    std::string out = "[";
    for (std::size_t i = 0; i < count; ++i) out += i == 0 ? "\"m\"" : ",\"m\"";
    return out + "]";
}

TEST(JsonRules, RefusesWhatIsNotOneJsonObject) {
    for (const char* json :
         {"", " ", "{", "}", "{\"t\":\"beat\"", "{\"t\":\"beat\"}}", "{\"t\":\"beat\"} x", "nul",
          "{\"t\":\"beat\",}", "{'t':'beat'}", "{\"t\":\"beat\",\"x\":tru}", "{\"t\":\"beat\",\"x\":01}",
          "{\"t\":\"beat\",\"x\":[}", "{\"t\":\"beat\",\"x\":\"\n\"}", "\xEF\xBB\xBF{\"t\":\"beat\"}"})
        expect_client_error(json, bad, "not JSON");
    for (const char* json : {"1", "[]", "\"beat\"", "null", "[{\"t\":\"beat\"}]"})
        expect_client_error(json, bad, "one JSON object");
}

TEST(JsonRules, RefusesTextThatIsNotUtf8) {
    expect_client_error("{\"t\":\"beat\",\"x\":\"\xFF\"}", bad, "not JSON");
    expect_client_error(R"({"t":"hello","user":"\ud800","device":"b"})", bad, "not JSON");
}

TEST(JsonRules, RefusesDepth) {
    const auto nested = [](std::size_t depth) {
        return "{\"t\":\"beat\",\"x\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
    };
    EXPECT_TRUE(make_json_codec()->decode_client(nested(limits::json_depth_max)));
    expect_client_error(nested(limits::json_depth_max + 1), bad, "not JSON");
    expect_client_error(nested(20'000), bad, "not JSON");
}

TEST(JsonRules, KeepsTheDepthWhenTheParserHasGrown) {
    const auto codec = make_json_codec();
    const std::string padding(60'000, ' ');
    EXPECT_TRUE(codec->decode_client("{\"t\":\"beat\"}" + padding));
    EXPECT_FALSE(
        codec->decode_client("{\"t\":\"beat\",\"x\":" + std::string(100, '[') + std::string(100, ']') + "}"));
}

TEST(JsonRules, RefusesAKnownFieldTwice) {
    expect_client_error(R"({"t":"beat","t":"beat"})", bad, "\"t\" stands twice");
    expect_client_error(R"({"t":"send","c":)" ROOM R"(,"n":1,"b":"x","n":2})", bad, "\"n\" stands twice");
}

TEST(JsonRules, NamesTheFieldThatIsMissing) {
    expect_client_error("{}", bad, "\"t\" is missing");
    expect_client_error(R"({"t":"hello","device":"b"})", bad, "hello: \"user\" is missing");
    expect_client_error(R"({"t":"hello","user":"b"})", bad, "hello: \"device\" is missing");
    expect_client_error(R"({"t":"resume"})", bad, "resume: \"at\" is missing");
    expect_client_error(R"({"t":"send","n":1,"b":"x"})", bad, "send: \"c\" is missing");
    expect_client_error(R"({"t":"send","c":)" ROOM R"(,"b":"x"})", bad, "send: \"n\" is missing");
    expect_client_error(R"({"t":"send","c":)" ROOM R"(,"n":1})", bad, "send: \"b\" is missing");
    expect_client_error(R"({"t":"create","key":"k","class":"group","members":[]})", bad, "\"id\" is missing");
    expect_client_error(R"({"t":"create","id":1,"class":"group","members":[]})", bad, "\"key\" is missing");
    expect_client_error(R"({"t":"create","id":1,"key":"k","members":[]})", bad, "\"class\" is missing");
    expect_client_error(R"({"t":"create","id":1,"key":"k","class":"group"})", bad, "\"members\" is missing");
    expect_client_error(R"({"t":"add","id":1,"c":)" ROOM "}", bad, "\"members\" is missing");
    expect_client_error(R"({"t":"history","id":1})", bad, "\"c\" is missing");
    expect_server_error(R"({"t":"ack","c":)" ROOM R"(,"n":1})", bad, "ack: \"q\" is missing");
    expect_server_error(R"({"t":"error","code":"forbidden"})", bad, "error: \"definite\" is missing");
}

TEST(JsonRules, RefusesUnknownTypesAndThoseOfTheOtherDirection) {
    expect_client_error(R"({"t":"shout"})", bad, "is none of this protocol");
    expect_client_error(R"({"t":7})", bad, "must be a string");
    expect_client_error(R"({"t":"ack","c":)" ROOM R"(,"n":1,"q":1})", bad, "is none of this protocol");
    expect_server_error(R"({"t":"beat"})", bad, "is none of this protocol");
}

TEST(JsonRules, WantsIntegersInTheirRange) {
    for (const char* n : {"0", "-1", "1.0", "1e3", "\"1\"", "true", "null", "[1]"})
        expect_client_error(R"({"t":"send","c":)" ROOM R"(,"b":"x","n":)" + std::string(n) + "}", bad,
                            "\"n\" must be an integer from 1 to 18446744073709551615");
    expect_client_error(R"({"t":"send","c":)" ROOM R"(,"b":"x","n":18446744073709551616})", bad, "not JSON");
    expect_client_error(R"({"t":"history","id":1,"c":)" ROOM R"(,"limit":4294967296})", bad,
                        "\"limit\" must be an integer from 1 to 4294967295");
    expect_client_error(R"({"t":"history","id":1,"c":)" ROOM R"(,"from":0})", bad,
                        "\"from\" must be an integer from 1");
    expect_client_error(R"({"t":"history","id":0,"c":)" ROOM "}", bad, "\"id\" must be an integer from 1");
    expect_server_error(R"({"t":"ack","c":)" ROOM R"(,"n":1,"q":0})", bad, "\"q\" must be an integer from 1");
    expect_server_error(R"({"t":"welcome","server":"s","beat":0,"ttl":1,"in_flight":1})", bad,
                        "\"beat\" must be");
}

TEST(JsonRules, WantsCanonicalConversationIds) {
    for (const char* id : {"\"\"", "\"AAAAAAAAAAAAAAAAAAAAAB\"", "\"AAAAAAAAAAAAAAAAAAAAAA==\"", "1", "null"})
        expect_client_error(R"({"t":"send","n":1,"b":"x","c":)" + std::string(id) + "}", bad,
                            "\"c\" must be a conversation id: 22 base64url characters");
}

TEST(JsonRules, WantsPositionsOfThree) {
    for (const char* position : {"1", "[]", "[" ROOM ",1]", "[" ROOM ",1,2,3]", "[\"x\",1,2]",
                                 "[" ROOM ",-1,2]", "[" ROOM ",4294967296,2]", "[" ROOM ",1,-2]", "[1,1,2]"})
        expect_client_error(R"({"t":"resume","at":[)" + std::string(position) + "]}", bad,
                            "\"at\" must hold [conversation id, epoch, q]");
    expect_client_error(R"({"t":"resume","at":{}})", bad, "\"at\" must be an array");
    expect_client_error(R"({"t":"resume","at":[],"complete":1})", bad, "\"complete\" must be true or false");
}

TEST(JsonRules, WantsNamesOfOneTo64Bytes) {
    const std::string longest(limits::name_bytes_max, 'n');
    EXPECT_TRUE(
        make_json_codec()->decode_client(R"({"t":"hello","user":")" + longest + R"(","device":"b"})"));
    expect_client_error(R"({"t":"hello","user":")" + longest + R"(n","device":"b"})", large,
                        "\"user\" has 65 bytes, at most 64 are allowed");
    expect_client_error(R"({"t":"hello","user":"","device":"b"})", bad, "\"user\" must not be empty");
    // 33 characters of two bytes.
    std::string wide;
    for (int i = 0; i < 33; ++i) wide += "\xC3\xBC";
    expect_client_error(R"({"t":"hello","user":"a","device":")" + wide + "\"}", large,
                        "\"device\" has 66 bytes");
    const std::string add = R"({"t":"add","id":1,"c":)" ROOM R"(,"members":[)";
    expect_client_error(add + "\"\"]}", bad, "\"members\" must hold names");
    expect_client_error(add + "1]}", bad, "\"members\" must hold names");
    expect_client_error(add + "\"" + longest + "n\"]}", large, "\"members\" has 65 bytes in one name");
}

TEST(JsonRules, WantsNamesWithoutControlCharacters) {
    for (const char* escape : {"\\u0000", "\\n", "\\u001f", "\\u007f"}) {
        const std::string name = "\"a" + std::string(escape) + "b\"";
        expect_client_error(R"({"t":"hello","device":"d","user":)" + name + "}", bad,
                            "\"user\" must not hold control characters");
        expect_client_error(R"({"t":"add","id":1,"c":)" ROOM R"(,"members":[)" + name + "]}", bad,
                            "\"members\" must not hold control characters");
        expect_client_error(R"({"t":"create","id":1,"class":"group","members":[],"key":)" + name + "}", bad,
                            "\"key\" must not hold control characters");
    }
}

TEST(JsonRules, BoundsKeysBodiesAndLists) {
    const std::string key(limits::key_bytes_max + 1, 'k');
    expect_client_error(R"({"t":"create","id":1,"class":"group","members":[],"key":")" + key + "\"}", large,
                        "\"key\" has 129 bytes, at most 128");
    expect_client_error(R"({"t":"create","id":1,"class":"group","members":[],"key":""})", bad,
                        "must not be empty");
    const std::string body(limits::body_bytes_max, 'b');
    const std::string send = R"({"t":"send","c":)" ROOM R"(,"n":1,"b":")";
    EXPECT_TRUE(make_json_codec()->decode_client(send + body + "\"}"));
    expect_client_error(send + body + "b\"}", large, "\"b\" has 16385 bytes, at most 16384 are allowed");
    const std::string add = R"({"t":"add","id":1,"c":)" ROOM R"(,"members":)";
    EXPECT_TRUE(make_json_codec()->decode_client(add + names(limits::members_per_frame_max) + "}"));
    expect_client_error(add + names(limits::members_per_frame_max + 1) + "}", large,
                        "\"members\" has 1001 elements, at most 1000 are allowed");
}

TEST(JsonRules, BoundsResumesAndHoldsTheLongestInOneFrame) {
    const auto resume = [](std::size_t positions) {
        Resume message;
        message.positions.assign(positions, {{~0ULL, ~0ULL}, UINT32_MAX, 1ULL << 53});
        std::string out;
        make_json_codec()->encode(ClientMessage{message}, out);
        return out;
    };
    const std::string longest = resume(limits::resume_positions_max);
    EXPECT_LE(longest.size(), limits::client_message_bytes_max);
    EXPECT_TRUE(make_json_codec()->decode_client(longest));
    expect_client_error(resume(limits::resume_positions_max + 1), large, "\"at\" has 1001 elements");
}

TEST(JsonRules, BoundsWholeMessages) {
    const std::string client(limits::client_message_bytes_max, ' ');
    expect_client_error(client + " ", large, "a message of 65537 bytes, at most 65536");
    const std::string server(limits::server_message_bytes_max, ' ');
    expect_server_error(server + " ", large, "a message of 262145 bytes, at most 262144");
}

TEST(JsonRules, SaysWhichSendOrRequestAnErrorRefuses) {
    const std::string body(limits::body_bytes_max + 1, 'b');
    // Whatever the order: the body stands first here.
    const DecodeError send = client_error(R"({"t":"send","b":")" + body + R"(","n":5,"c":)" ROOM "}");
    EXPECT_TRUE(send.refused_alone());
    EXPECT_EQ(send.conversation, room);
    EXPECT_EQ(send.number, 5U);
    const DecodeError add = client_error(R"({"t":"add","id":8,"c":)" ROOM R"(,"members":)" +
                                         names(limits::members_per_frame_max + 1) + "}");
    EXPECT_TRUE(add.refused_alone());
    EXPECT_EQ(add.id, 8U);
    EXPECT_FALSE(client_error(R"({"t":"send","n":5,"c":)" ROOM "}").refused_alone());
    EXPECT_FALSE(client_error(std::string(limits::client_message_bytes_max + 1, ' ')).refused_alone());
    EXPECT_FALSE(client_error(R"({"t":"hello","device":"d","user":")" + body + "\"}").refused_alone());
}

TEST(JsonRules, HoldsServersToTheErrorTable) {
    expect_server_error(R"({"t":"error","code":"nonsense","definite":true})", bad, "\"code\" is no code");
    expect_server_error(R"({"t":"error","code":"forbidden","definite":false})", bad,
                        "\"definite\" contradicts");
    expect_server_error(R"({"t":"error","code":"forbidden","definite":true,"id":1,"c":)" ROOM R"(,"n":1})",
                        bad, "one answer names one thing");
    expect_server_error(R"({"t":"error","code":"forbidden","definite":true,"c":)" ROOM "}", bad,
                        "\"n\" is missing");
}

TEST(JsonRules, HoldsPagesToTheirConversationAndLength) {
    const std::string entry = R"({"t":"joined","c":)" ROOM R"(,"q":1,"u":"a","members":[]})";
    const std::string other = R"({"t":"joined","c":"AAAAAAAAAAAAAAAAAAAAAA","q":1,"u":"a","members":[]})";
    const std::string page = R"({"t":"page","id":1,"c":)" ROOM R"(,"epoch":1,"head":1,"entries":[)";
    EXPECT_TRUE(make_json_codec()->decode_server(page + entry + "]}"));
    expect_server_error(page + other + "]}", bad, "page entry: \"c\" is not that of the page");
    expect_server_error(page + R"({"t":"ack"})" + "]}", bad, "page entry: \"t\" must be msg, joined, left or role");
    expect_server_error(page + "1]}", bad, "one JSON object");
    std::string many = entry;
    for (std::size_t i = 0; i < limits::history_page_entries_max; ++i) many += "," + entry;
    expect_server_error(page + many + "]}", large, "\"entries\" has 201 elements");
}

}  // namespace
}  // namespace hubbub
