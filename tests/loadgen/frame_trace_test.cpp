#include "loadgen/client/frame_trace.hpp"

#include <gmock/gmock.h>

#include "plan_fixture.hpp"

namespace hubbub {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Redacted, HidesTheValuesOfTellingFields) {
    EXPECT_EQ(redacted(R"({"t":"hello","token":"abc","user":"u1"})"),
              R"({"t":"hello","token":"[redacted]","user":"u1"})");
    EXPECT_EQ(redacted(R"({"Access_Token" : "a\"b", "n":1})"), R"({"Access_Token" : "[redacted]", "n":1})")
        << "whatever stands around the name, and quotes inside";
    EXPECT_EQ(redacted(R"({"clientSecret":"x","password":"y"})"),
              R"({"clientSecret":"[redacted]","password":"[redacted]"})");
    EXPECT_EQ(redacted(R"({"password":"cut off)"), R"({"password":"[redacted]")");
}

TEST(Redacted, HidesSignedTokensWhereverTheyStand) {
    const std::string token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl_-";
    EXPECT_EQ(redacted("AUTH " + token + " now"), "AUTH [redacted] now");
    EXPECT_EQ(redacted(R"({"a":["Bearer )" + token + R"("]})"), R"({"a":["Bearer [redacted]"]})");
}

TEST(Redacted, LeavesTheRestAsItIs) {
    for (const std::string text :
         {R"({"t":"token","id":1})", R"({"body":"my token is \"safe\"","n":2})", "plain", "",
          R"({"token":null,"user":"u1"})", R"(["password","x"])", R"({"a":"eyJ.no"})", R"("\)"})
        EXPECT_EQ(redacted(text), text);
}

/// What the trace hands on.
class KeptLinks final : public Links {
  public:
    void send(LinkId, const SharedBytes& frame) override { sent += frame.view(); }
    [[nodiscard]] std::size_t queued_bytes(LinkId) const override { return 7; }
    void close(LinkId) override { ++closed; }
    void abort(LinkId) override { ++aborted; }
    void dial(std::uint64_t, std::uint32_t) override { ++dialed; }
    std::string sent;
    int closed = 0, aborted = 0, dialed = 0;
};

class FrameTraceTest : public testing::Test {
  protected:
    static std::shared_ptr<const Plan> make() {
        Scenario scenario = test::small_scenario();
        scenario.users = scenario.online = 100;
        scenario.population.devices_per_user = {{2, 1.0, {}}};
        return test::plan_of(std::move(scenario));
    }
    void use(std::string_view subprotocol) {
        trace = std::make_unique<FrameTrace>(*plan, slice, UserIndex{60}, Time{}, subprotocol, links,
                                             [this](const std::string& line) { lines.push_back(line); });
        trace->at(Time{} + std::chrono::milliseconds{1500});
    }
    /// The second device of user 60, as the worker of users 50 to 99 dials it.
    [[nodiscard]] std::uint64_t token() const {
        return std::uint64_t{3} << 32 | (plan->device_of(UserIndex{60}).value + 1 - slice.first_device);
    }
    void say(std::string_view text) {
        trace->send(LinkId{5}, websocket::make_masked_frame(websocket::Opcode::text, text, 0x12345678));
    }

    std::shared_ptr<const Plan> plan = make();
    Slice slice = plan->slice(1, 2);
    KeptLinks links;
    std::vector<std::string> lines;
    std::unique_ptr<FrameTrace> trace;
};

TEST_F(FrameTraceTest, TellsEveryFrameOfItsUserAndHandsAllOn) {
    use("hubbub.v1.json");
    trace->dial(token(), 0);
    trace->opened(LinkId{5}, token());
    say(R"({"t":"hello","token":"abc"})");
    const SharedBytes answer = websocket::make_frame(websocket::Opcode::text, R"({"t":"welcome"})");
    trace->received(LinkId{5}, answer.view().substr(0, 6));
    trace->received(LinkId{5}, std::string(answer.view().substr(6)) + std::string("\x89\x00", 2));
    trace->close(LinkId{5});
    trace->closed(LinkId{5}, LinkEnd::closed_by_us);
    EXPECT_THAT(lines, ElementsAre("    1.500000 u60/d1 dials endpoint 0", "    1.500000 u60/d1 connected",
                                   R"(    1.500000 u60/d1 -> {"t":"hello","token":"[redacted]"})",
                                   R"(    1.500000 u60/d1 <- {"t":"welcome"})",
                                   "    1.500000 u60/d1 <- ping, 0 bytes", "    1.500000 u60/d1 closes",
                                   HasSubstr("    1.500000 u60/d1 ended: ")));
    EXPECT_THAT(links.sent, testing::Not(testing::IsEmpty()));
    EXPECT_EQ(links.dialed, 1);
    EXPECT_EQ(links.closed, 1);
    EXPECT_EQ(trace->queued_bytes(LinkId{5}), 7U);
}

TEST_F(FrameTraceTest, SaysNothingOfOthers) {
    use("hubbub.v1.json");
    trace->dial(token() + 1, 0);
    trace->opened(LinkId{5}, token() + 1);
    say("text");
    trace->abort(LinkId{5});
    trace->closed(LinkId{5}, LinkEnd::closed_by_us);
    EXPECT_THAT(lines, testing::IsEmpty());
    EXPECT_EQ(links.aborted, 1);
}

TEST_F(FrameTraceTest, ShowsTheBinaryFormAsJson) {
    use("hubbub.v1.bin");
    trace->opened(LinkId{5}, token());
    std::string bytes;
    Hello hello;
    hello.user = "u60";
    hello.device = "d1";
    hello.token = "secret-of-u60";
    make_binary_codec()->encode(ClientMessage(hello), bytes);
    trace->send(LinkId{5}, websocket::make_masked_frame(websocket::Opcode::binary, bytes, 1));
    EXPECT_THAT(lines.back(), HasSubstr(R"(-> {"t":"hello","user":"u60")"));
    EXPECT_THAT(lines.back(), testing::Not(HasSubstr("secret-of-u60")));
    trace->received(LinkId{5}, websocket::make_frame(websocket::Opcode::binary, "\xff\xff").view());
    EXPECT_THAT(lines.back(), HasSubstr("<- binary, 2 bytes"));
}

TEST_F(FrameTraceTest, ShowsTheBeginningOfLongFrames) {
    use("hubbub.v1.json");
    trace->opened(LinkId{5}, token());
    say(std::string(10'000, 'x'));
    EXPECT_LT(lines.back().size(), FrameTrace::shown_bytes_max + 100);
    EXPECT_THAT(lines.back(), testing::EndsWith("x... (10000 bytes)"));
}

}  // namespace
}  // namespace hubbub
