// The stamp survives any backend that returns the body, and no altered character goes unnoticed.
#include "loadgen/check/stamp.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace hubbub {
namespace {

constexpr std::uint64_t key = 0x5eed;
constexpr std::uint32_t run = 0xabcdef;

Stamp some_stamp() {
    Stamp stamp;
    stamp.run = run;
    stamp.device = DeviceIndex{70'000};
    stamp.conversation = ConversationIndex{1'000'001};
    stamp.k = 7;
    stamp.parent_device = DeviceIndex{3};
    stamp.parent_k = 2;
    stamp.intended_us = 0xfedcba9876;
    stamp.lag_us = 1234;
    return stamp;
}

std::string body_of(const Stamp& stamp, std::uint32_t bytes) {
    std::string body;
    append_stamped_body(body, stamp, bytes, key);
    return body;
}

RC_GTEST_PROP(Stamp, IsReadBackAsItWasWritten, ()) {
    Stamp stamp;
    stamp.run = run;
    stamp.device = DeviceIndex{*rc::gen::arbitrary<std::uint32_t>()};
    stamp.conversation = ConversationIndex{*rc::gen::arbitrary<std::uint32_t>()};
    stamp.k = *rc::gen::arbitrary<std::uint32_t>();
    stamp.parent_device = DeviceIndex{*rc::gen::arbitrary<std::uint32_t>()};
    stamp.parent_k = *rc::gen::arbitrary<std::uint32_t>();
    stamp.intended_us = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 40);
    stamp.lag_us = *rc::gen::inRange<std::uint32_t>(0, 1u << 24);
    const auto bytes = *rc::gen::inRange<std::uint32_t>(0, 300);
    const StampReading reading = read_stamp(body_of(stamp, bytes), run, key);
    RC_ASSERT(reading.state == StampState::valid);
    RC_ASSERT(reading.stamp == stamp);
}

TEST(Stamp, FillsTheBodyToTheWishedLengthAndNeverBelowItsOwn) {
    EXPECT_EQ(body_of(some_stamp(), 0).size(), stamp_bytes);
    EXPECT_EQ(body_of(some_stamp(), 48).size(), 48u);
    EXPECT_EQ(body_of(some_stamp(), 49).size(), 49u);
    const std::string body = body_of(some_stamp(), 4096);
    EXPECT_EQ(body.size(), 4096u);
    EXPECT_TRUE(std::all_of(body.begin(), body.end(),
                            [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; }));
}

TEST(Stamp, AppendsAfterWhatIsThere) {
    std::string out = "before";
    append_stamped_body(out, some_stamp(), 60, key);
    EXPECT_EQ(out, "before" + body_of(some_stamp(), 60));
}

TEST(Stamp, FillerDiffersFromMessageToMessage) {
    Stamp next = some_stamp();
    ++next.k;
    EXPECT_NE(body_of(some_stamp(), 100).substr(stamp_bytes), body_of(next, 100).substr(stamp_bytes));
}

TEST(Stamp, AnyAlteredCharacterOfTheBodyIsNoticed) {
    const std::string body = body_of(some_stamp(), 80);
    for (std::size_t i = 0; i < body.size(); ++i) {
        for (const char other : {'A', 'z', '-', '!'}) {
            if (body[i] == other) continue;
            std::string altered = body;
            altered[i] = other;
            const StampState state = read_stamp(altered, run, key).state;
            EXPECT_EQ(state, other == '!' && i < stamp_bytes ? StampState::absent : StampState::corrupt)
                << "character " << i << " became " << other;
        }
    }
}

TEST(Stamp, ALostOrAddedTailIsNoticed) {
    const std::string body = body_of(some_stamp(), 80);
    EXPECT_EQ(read_stamp(body.substr(0, 79), run, key).state, StampState::corrupt);
    EXPECT_EQ(read_stamp(body.substr(0, 48), run, key).state, StampState::corrupt);
    EXPECT_EQ(read_stamp(body + "x", run, key).state, StampState::corrupt);
    EXPECT_EQ(read_stamp(body.substr(0, 47), run, key).state, StampState::absent);
}

TEST(Stamp, AnotherRunIsForeignAndNotCorrupt) {
    EXPECT_EQ(read_stamp(body_of(some_stamp(), 80), run + 1, key).state, StampState::foreign);
}

TEST(Stamp, AnotherKeyIsNotTrusted) {
    EXPECT_EQ(read_stamp(body_of(some_stamp(), 80), run, key + 1).state, StampState::corrupt);
}

TEST(Stamp, PlainTextHasNone) {
    EXPECT_EQ(read_stamp("", run, key).state, StampState::absent);
    EXPECT_EQ(read_stamp("hello there, how are you doing on this fine day? all right?", run, key).state,
              StampState::absent);
}

TEST(Stamp, ClampsWhatDoesNotFit) {
    Stamp stamp = some_stamp();
    stamp.intended_us = std::uint64_t{1} << 41;
    stamp.lag_us = 1u << 25;
    const Stamp read = read_stamp(body_of(stamp, 60), run, key).stamp;
    EXPECT_EQ(read.intended_us, (std::uint64_t{1} << 40) - 1);
    EXPECT_EQ(read.lag_us, (1u << 24) - 1);
}

}  // namespace
}  // namespace hubbub
