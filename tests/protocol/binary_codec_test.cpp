// The binary form against the JSON form, which was there before: every message of the protocol's page says
// the same in both; and what is no message is refused.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "protocol/codec.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

std::string page() {
    std::ifstream stream(HUBBUB_SOURCE_DIR "/docs/PROTOCOL.md");
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

/// The JSON of every example `> {...}` or `< {...}` of docs/PROTOCOL.md.
std::vector<std::string> examples(char direction) {
    std::vector<std::string> found;
    std::istringstream lines(page());
    for (std::string line; std::getline(lines, line);)
        if (line.size() > 3 && line[0] == direction && line.substr(1, 2) == " {")
            found.push_back(line.substr(2));
    return found;
}

std::string in(Codec& codec, const auto& message) {
    std::string out;
    codec.encode(message, out);
    return out;
}

/// Strings of one decoded message live until the codec's next call, so each form has its own codec.
struct Forms {
    std::unique_ptr<Codec> json = make_json_codec(), binary = make_binary_codec();
};

TEST(BinaryCodec, SaysWhatEveryExampleOfAClientSays) {
    Forms forms;
    for (const std::string& example : examples('>')) {
        const auto message = forms.json->decode_client(example);
        ASSERT_TRUE(message) << example;
        const std::string bytes = in(*forms.binary, *message), json = in(*forms.json, *message);
        const auto back = forms.binary->decode_client(bytes);
        ASSERT_TRUE(back) << example << "\n" << back.error().detail;
        EXPECT_EQ(in(*forms.json, *back), json);
        EXPECT_LT(bytes.size(), json.size());
    }
}

TEST(BinaryCodec, SaysWhatEveryExampleOfTheServerSays) {
    Forms forms;
    for (const std::string& example : examples('<')) {
        const auto message = forms.json->decode_server(example);
        ASSERT_TRUE(message) << example;
        const std::string bytes = in(*forms.binary, *message);
        const auto back = forms.binary->decode_server(bytes);
        ASSERT_TRUE(back) << example << "\n" << back.error().detail;
        EXPECT_EQ(in(*forms.json, *back), example);
        EXPECT_LT(bytes.size(), example.size());
    }
}

TEST(BinaryCodec, RefusesEveryExampleThatIsCutShort) {
    Forms forms;
    for (const std::string& example : examples('<')) {
        const std::string bytes = in(*forms.binary, *forms.json->decode_server(example));
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            const auto cut = forms.binary->decode_server(std::string_view(bytes).substr(0, size));
            ASSERT_FALSE(cut) << example << " cut to " << size << " bytes";
            EXPECT_EQ(cut.error().code, ErrorCode::bad_message);
            EXPECT_FALSE(cut.error().detail.empty());
        }
    }
}

TEST(BinaryCodec, WritesAnAckAsThePageSays) {
    std::string expected("\x03", 1);
    for (char byte = 1; byte <= 16; ++byte) expected.push_back(byte);
    expected += std::string("\x05\xAC\x02", 3);
    EXPECT_EQ(in(*make_binary_codec(), ServerMessage{Ack{{0x0102030405060708, 0x090A0B0C0D0E0F10}, 5, 300}}),
              expected);
}

/// The table of types in docs/PROTOCOL.md: by the JSON type of each example and the first byte of its binary
/// form.
TEST(BinaryCodec, NumbersTheTypesAsThePageSays) {
    Forms forms;
    const std::string text = page();
    const auto listed = [&](const std::string& example, std::size_t number, std::string_view direction) {
        const auto from = example.find(R"("t":")") + 5;
        const std::string type = example.substr(from, example.find('"', from) - from);
        const std::string row = "| " + std::to_string(number) + " | " + std::string(direction) + " |";
        const auto at = text.find(row);
        ASSERT_NE(at, std::string::npos) << row << " of " << type;
        const std::string line = text.substr(at, text.find('\n', at) - at);
        EXPECT_NE(line.find("`" + type + "`"), std::string::npos) << line << " lacks " << type;
    };
    for (const std::string& one : examples('>'))
        listed(one, forms.json->decode_client(one)->index() + 1, "client");
    for (const std::string& one : examples('<'))
        listed(one, forms.json->decode_server(one)->index() + 1, "server");
}

void expect_refused(std::string bytes, ErrorCode code, std::string_view detail) {
    const auto codec = make_binary_codec();
    const auto message = codec->decode_client(bytes);
    ASSERT_FALSE(message) << detail;
    EXPECT_EQ(message.error().code, code);
    EXPECT_NE(message.error().detail.find(detail), std::string::npos) << message.error().detail;
}

const std::string room(16, '\1');

TEST(BinaryCodec, RefusesWhatIsNoMessage) {
    const auto bad = ErrorCode::bad_message;
    expect_refused("", bad, "\"type\" is no number");
    expect_refused(std::string(1, '\0'), bad, "\"type\" must be from 1");
    expect_refused("\x7F", bad, "\"type\" is none of this protocol's");
    expect_refused(std::string("\x87\x00", 2), bad, "\"type\" is no number");  // 7 in two bytes
    expect_refused(std::string(12, '\x80'), bad, "\"type\" is no number");
    expect_refused("\x03" + room + std::string("\0", 1), bad, "\"n\" must be from 1");
    expect_refused("\x03" + room +
                       "\x01\x05"
                       "abc",
                   bad, "\"b\" ends beyond the message");
    expect_refused("\x03" + room + "\x01\x02\xC3(" + std::string("\0", 1), bad, "\"b\" is not UTF-8");
    expect_refused("\x03" + room + std::string("\x01\0\x04\x01", 4), bad, "\"op\" must be from 0 to 3");
    expect_refused("\x03" + room + std::string("\x01\0\x01\0", 4), bad, "\"on\" must be from 1");
    expect_refused(std::string("\x01\0", 2), bad, "\"user\" must not be empty");
    expect_refused(
        "\x01\x01\n\x01"
        "d",
        bad, "\"user\" must not hold control characters");
}

TEST(BinaryCodec, RefusesASendThatIsTooLargeAlone) {
    const auto codec = make_binary_codec();
    const auto message = codec->decode_client("\x03" + room + "\x07\x81\x80\x01" +
                                              std::string(limits::body_bytes_max + 1, 'x'));
    ASSERT_FALSE(message);
    EXPECT_EQ(message.error().code, ErrorCode::too_large);
    EXPECT_EQ(message.error().number, 7U);
    EXPECT_TRUE(message.error().refused_alone());
}

TEST(BinaryCodec, IgnoresWhatALaterVersionAppends) {
    const auto codec = make_binary_codec();
    EXPECT_TRUE(codec->decode_client("\x07more"));  // a beat
}

TEST(BinaryCodec, ReservesNothingForACountThatTheMessageCannotHold) {
    // A resume that claims 1,000 positions and holds none; and one that claims 2^60.
    expect_refused(std::string("\x02\0\0\xE8\x07", 5), ErrorCode::bad_message, "\"c\" ends beyond");
    expect_refused(std::string("\x02\0\0\x80\x80\x80\x80\x80\x80\x80\x80\x10", 12), ErrorCode::too_large,
                   "\"at\" has 1152921504606846976 elements");
}

RC_GTEST_PROP(BinaryCodec, ReadsAnyNumberBack, (std::uint64_t epoch, std::uint64_t sequence)) {
    const auto codec = make_binary_codec();
    const auto bytes = in(*codec, ClientMessage{Resume{{{{1, 2}, static_cast<Epoch>(epoch), sequence}}}});
    const auto back = codec->decode_client(bytes).value();
    RC_ASSERT(std::get<Resume>(back).positions.at(0).sequence == sequence);
    RC_ASSERT(std::get<Resume>(back).positions.at(0).epoch == static_cast<Epoch>(epoch));
}

}  // namespace
}  // namespace hubbub
