#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/codec.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

const ConversationId room{0, 1};
#define ROOM "\"AAAAAAAAAAAAAAAAAAAAAQ\""

std::string encoded(const ClientMessage& message) {
    std::string out;
    make_json_codec()->encode(message, out);
    return out;
}
std::string encoded(const ServerMessage& message) {
    std::string out;
    make_json_codec()->encode(message, out);
    return out;
}

/// The message has exactly this form, and the form reads as the message.
void expect_form(const ClientMessage& message, const std::string& form) {
    EXPECT_EQ(encoded(message), form);
    const auto codec = make_json_codec();
    const auto back = codec->decode_client(form);
    ASSERT_TRUE(back) << back.error().detail;
    EXPECT_EQ(back->index(), message.index());
    EXPECT_EQ(encoded(*back), form);
}
void expect_form(const ServerMessage& message, const std::string& form) {
    EXPECT_EQ(encoded(message), form);
    const auto codec = make_json_codec();
    const auto back = codec->decode_server(form);
    ASSERT_TRUE(back) << back.error().detail;
    EXPECT_EQ(back->index(), message.index());
    EXPECT_EQ(encoded(*back), form);
}

Entry message_entry(std::string_view body) {
    Entry entry;
    entry.conversation = room;
    entry.sequence = 7;
    entry.user = "ann";
    entry.device = "phone";
    entry.number = 3;
    entry.body = body;
    return entry;
}

Entry member_entry(EntryKind kind) {
    Entry entry;
    entry.kind = kind;
    entry.conversation = room;
    entry.sequence = 1;
    entry.user = "ann";
    entry.members = {"ann", "bob"};
    return entry;
}

TEST(JsonCodec, NamesItsSubprotocol) {
    EXPECT_EQ(make_json_codec()->subprotocol(), "hubbub.v1.json");
    EXPECT_FALSE(make_json_codec()->binary());
}

TEST(JsonCodec, WritesAndReadsEveryClientMessage) {
    expect_form(Hello{"ann", "phone", "secret"},
                R"({"t":"hello","user":"ann","device":"phone","token":"secret"})");
    expect_form(Resume{{{room, 1, 42}, {room, 2, 0}}, true},
                R"({"t":"resume","at":[[)" ROOM R"(,1,42],[)" ROOM R"(,2,0]],"complete":true})");
    expect_form(Resume{{}, false}, R"({"t":"resume","at":[],"complete":false})");
    expect_form(Send{room, 3, "hi"}, R"({"t":"send","c":)" ROOM R"(,"n":3,"b":"hi"})");
    expect_form(Create{9, "k", ConversationClass::direct, {"ann", "bob"}},
                R"({"t":"create","id":9,"key":"k","class":"direct","members":["ann","bob"]})");
    expect_form(Create{9, "k", ConversationClass::channel, {}},
                R"({"t":"create","id":9,"key":"k","class":"channel","members":[]})");
    expect_form(Create{9, "k", ConversationClass::group, {}},
                R"({"t":"create","id":9,"key":"k","class":"group","members":[]})");
    expect_form(AddMembers{9, room, {"cem"}}, R"({"t":"add","id":9,"c":)" ROOM R"(,"members":["cem"]})");
    expect_form(ReadHistory{9, room, 5, 20}, R"({"t":"history","id":9,"c":)" ROOM R"(,"from":5,"limit":20})");
    expect_form(Beat{}, R"({"t":"beat"})");
}

TEST(JsonCodec, WritesAndReadsEveryServerMessage) {
    expect_form(Welcome{"hubbub", 5000, 15000, 16},
                R"({"t":"welcome","server":"hubbub","beat":5000,"ttl":15000,"in_flight":16})");
    expect_form(Resumed{2, {{room, 1, 8, 12, ResumeStatus::ok}}},
                R"({"t":"resumed","pending":2,"at":[{"c":)" ROOM
                R"(,"epoch":1,"from":8,"head":12,"status":"ok"}]})");
    expect_form(Ack{room, 3, 7}, R"({"t":"ack","c":)" ROOM R"(,"n":3,"q":7})");
    expect_form(message_entry("hi"),
                R"({"t":"msg","c":)" ROOM R"(,"q":7,"u":"ann","d":"phone","n":3,"b":"hi"})");
    expect_form(member_entry(EntryKind::joined),
                R"({"t":"joined","c":)" ROOM R"(,"q":1,"u":"ann","members":["ann","bob"]})");
    expect_form(member_entry(EntryKind::left),
                R"({"t":"left","c":)" ROOM R"(,"q":1,"u":"ann","members":["ann","bob"]})");
    expect_form(Created{9, room, 1, 1}, R"({"t":"created","id":9,"c":)" ROOM R"(,"epoch":1,"head":1})");
    expect_form(Added{9, room, 4}, R"({"t":"added","id":9,"c":)" ROOM R"(,"q":4})");
    expect_form(HistoryPage{9, room, 1, 7, {member_entry(EntryKind::joined), message_entry("hi")}},
                R"({"t":"page","id":9,"c":)" ROOM R"(,"epoch":1,"head":7,"entries":[{"t":"joined","c":)" ROOM
                R"(,"q":1,"u":"ann","members":["ann","bob"]},{"t":"msg","c":)" ROOM
                R"(,"q":7,"u":"ann","d":"phone","n":3,"b":"hi"}]})");
    expect_form(HistoryPage{9, room, 1, 0, {}},
                R"({"t":"page","id":9,"c":)" ROOM R"(,"epoch":1,"head":0,"entries":[]})");
}

TEST(JsonCodec, WritesEveryResumeStatus) {
    for (const auto& [status, name] : {std::pair{ResumeStatus::ok, "ok"},
                                       {ResumeStatus::too_old, "too_old"},
                                       {ResumeStatus::reset, "reset"},
                                       {ResumeStatus::forbidden, "forbidden"},
                                       {ResumeStatus::gone, "gone"}})
        expect_form(Resumed{0, {{room, 1, 2, 3, status}}}, R"({"t":"resumed","pending":0,"at":[{"c":)" ROOM
                                                           R"(,"epoch":1,"from":2,"head":3,"status":")" +
                                                               std::string(name) + "\"}]}");
}

TEST(JsonCodec, NamesWhatAnErrorRefuses) {
    expect_form(Rejected{.code = ErrorCode::forbidden, .id = 9},
                R"({"t":"error","code":"forbidden","id":9,"definite":true})");
    expect_form(Rejected{.code = ErrorCode::unknown_outcome, .conversation = room, .number = 3},
                R"({"t":"error","code":"unknown_outcome","c":)" ROOM R"(,"n":3,"definite":false})");
    expect_form(
        Rejected{.code = ErrorCode::overloaded, .conversation = room, .number = 3, .retry_after_ms = 250},
        R"({"t":"error","code":"overloaded","c":)" ROOM R"(,"n":3,"retry_after":250,"definite":true})");
    expect_form(Rejected{.code = ErrorCode::going_away, .retry_after_ms = 10},
                R"({"t":"error","code":"going_away","retry_after":10,"definite":true})");
}

TEST(JsonCodec, WritesAndReadsEveryErrorCode) {
    for (const auto& row : error_table)
        expect_form(Rejected{.code = row.code, .id = 1}, R"({"t":"error","code":")" + std::string(row.name) +
                                                             R"(","id":1,"definite":)" +
                                                             (row.definite ? "true}" : "false}"));
}

TEST(JsonCodec, ReadsNumbersOf64Bits) {
    expect_form(Ack{room, UINT64_MAX, UINT64_MAX},
                R"({"t":"ack","c":)" ROOM R"(,"n":18446744073709551615,"q":18446744073709551615})");
}

TEST(JsonCodec, EscapesOnlyWhatItMust) {
    expect_form(Send{room, 1, "\"quoted\" \\ \n\r\t \b\x1F \x7F \xC3\xBC \xF0\x9F\x98\x80 /"},
                R"({"t":"send","c":)" ROOM R"(,"n":1,"b":"\"quoted\" \\ \n\r\t \u0008\u001f )"
                "\x7F \xC3\xBC \xF0\x9F\x98\x80 /\"}");
    expect_form(Send{room, 1, std::string_view("\0", 1)},
                R"({"t":"send","c":)" ROOM R"(,"n":1,"b":"\u0000"})");
}

TEST(JsonCodec, EscapesAtEveryOffset) {
    for (std::size_t size = 1; size < 40; ++size)
        for (std::size_t at = 0; at < size; ++at)
            for (const auto& [byte, escape] : {std::pair{'"', "\\\""}, {'\\', "\\\\"}, {'\x1F', "\\u001f"}}) {
                std::string body(size, '!');
                std::string escaped = body;
                body[at] = byte;
                escaped.replace(at, 1, escape);
                EXPECT_EQ(encoded(Send{room, 1, body}),
                          R"({"t":"send","c":)" ROOM R"(,"n":1,"b":")" + escaped + "\"}");
            }
}

TEST(JsonCodec, ReadsEscapesOfOthers) {
    const auto codec = make_json_codec();
    const auto found =
        codec->decode_client(R"({"t":"send","c":)" ROOM R"(,"n":1,"b":"\u00fc\ud83d\ude00\/\b\f"})");
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(std::get<Send>(*found).body, "\xC3\xBC\xF0\x9F\x98\x80/\b\f");
}

TEST(JsonCodec, ReadsFieldsInAnyOrderWithSpacesAndUnknownOnes) {
    const auto codec = make_json_codec();
    const auto found = codec->decode_client(
        R"( { "b" : "hi", "x":{"deep":[1,2,{}]}, "n" : 3 , "x":null, "y":1.5e3, "c":)" ROOM
        R"(, "t":"send"} )");
    ASSERT_TRUE(found) << found.error().detail;
    const auto& send = std::get<Send>(*found);
    EXPECT_EQ(send.conversation, room);
    EXPECT_EQ(send.number, 3U);
    EXPECT_EQ(send.body, "hi");
}

TEST(JsonCodec, FillsInWhatMayBeLeftOut) {
    const auto codec = make_json_codec();
    const auto hello = codec->decode_client(R"({"t":"hello","user":"a","device":"b"})");
    ASSERT_TRUE(hello);
    EXPECT_EQ(std::get<Hello>(*hello).token, "");
    const auto resume = codec->decode_client(R"({"t":"resume","at":[]})");
    ASSERT_TRUE(resume);
    EXPECT_FALSE(std::get<Resume>(*resume).complete);
    const auto history = codec->decode_client(R"({"t":"history","id":1,"c":)" ROOM "}");
    ASSERT_TRUE(history);
    EXPECT_EQ(std::get<ReadHistory>(*history).from, 1U);
    EXPECT_EQ(std::get<ReadHistory>(*history).limit, 50U);
}

TEST(JsonCodec, AppendsToWhatIsThere) {
    std::string out = "before";
    make_json_codec()->encode(ClientMessage{Beat{}}, out);
    EXPECT_EQ(out, R"(before{"t":"beat"})");
}

TEST(JsonCodec, ReadsFromBytesThatEndWhereTheBufferEnds) {
    // An exact heap block: a read behind it is an error under ASan.
    const std::string_view json = R"({"t":"beat"})";
    const std::vector<char> exact(json.begin(), json.end());
    EXPECT_TRUE(make_json_codec()->decode_client({exact.data(), exact.size()}));
}

TEST(JsonCodec, IsAsGoodAfterAnErrorAsBefore) {
    const auto codec = make_json_codec();
    EXPECT_FALSE(codec->decode_client(R"({"t":"send","n":0})"));
    EXPECT_FALSE(codec->decode_client("{"));
    const auto found = codec->decode_client(R"({"t":"beat"})");
    EXPECT_TRUE(found);
}

}  // namespace
}  // namespace hubbub
