// The faults that act on whole WebSocket messages, over streams as they are: an HTTP head, frames cut
// anywhere.
#include <gtest/gtest.h>

#include <algorithm>

#include "ride.hpp"

namespace hubbub::testing {
namespace {

const std::string head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

std::string frame(std::string payload, bool masked = false, char first = '\x81') {
    std::string out(1, first);
    const std::size_t size = payload.size();
    const char mask_bit = masked ? '\x80' : '\0';
    if (size < 126) {
        out += static_cast<char>(static_cast<unsigned char>(size) | static_cast<unsigned char>(mask_bit));
    } else if (size < 65'536) {
        out += static_cast<char>(126 | static_cast<unsigned char>(mask_bit));
        out += static_cast<char>(size >> 8);
        out += static_cast<char>(size & 0xff);
    } else {
        out += static_cast<char>(127 | static_cast<unsigned char>(mask_bit));
        for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift & 0xff);
    }
    if (masked) out += std::string(4, '\0');
    return out + payload;
}

// All of it through the fault, in pieces of this size.
std::string through(const char* kind, const std::vector<std::pair<std::string_view, std::int64_t>>& values,
                    const std::string& bytes, std::size_t piece, std::uint64_t* bites = nullptr) {
    FaultRide ride(kind, values);
    for (std::size_t at = 0; at < bytes.size(); at += piece) ride.write(bytes.substr(at, piece));
    ride.end();
    ride.until_ms(1'000);
    EXPECT_EQ(ride.ending(), Ending::finish);
    if (bites) *bites = ride.bites();
    return ride.text();
}

constexpr std::size_t pieces[] = {1, 2, 3, 7, 100, 1'000'000};

TEST(FrameFaults, ActOnEachMessageAndOnNothingElse) {
    const std::string ping = frame("beat", false, '\x89'), part = frame("par", false, '\x01');
    const std::string rest = frame("t", false, '\x80');
    const std::string a = frame("a"), b = frame(std::string(300, 'b'), true),
                      huge = frame(std::string(70'000, 'h'));
    const std::string all = head + a + ping + b + part + rest + huge;
    for (const std::size_t piece : pieces) {
        std::uint64_t bites = 0;
        EXPECT_EQ(through("frame_drop", {{"one_in", 1}}, all, piece, &bites),
                  head + ping + part + rest + huge);
        EXPECT_EQ(bites, 2u);
        EXPECT_EQ(through("frame_duplicate", {{"one_in", 1}}, all, piece, &bites),
                  head + a + a + ping + b + b + part + rest + huge);
        EXPECT_EQ(bites, 2u);
        EXPECT_EQ(through("frame_drop", {{"one_in", 1}, {"skip", 1}}, all, piece),
                  head + a + ping + part + rest + huge);
    }
}

TEST(FrameReorder, PutsAMessageBehindItsSuccessor) {
    const std::string a = frame("a"), b = frame("bb"), c = frame("ccc"), d = frame("dddd"),
                      e = frame("eeeee");
    for (const std::size_t piece : pieces) {
        std::uint64_t bites = 0;
        EXPECT_EQ(through("frame_reorder", {{"one_in", 1}}, head + a + b + c + d + e, piece, &bites),
                  head + b + a + d + c + e);
        EXPECT_EQ(bites, 2u) << "the last has no successor";
    }
}

TEST(FrameCorrupt, ChangesOneByteOfThePayload) {
    const std::string all = head + frame(std::string(40, 'x')) + frame("");
    for (const std::size_t piece : pieces) {
        const std::string got = through("frame_corrupt", {{"one_in", 1}}, all, piece);
        ASSERT_EQ(got.size(), all.size());
        std::vector<std::size_t> changed;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (got[i] != all[i]) changed.push_back(i);
        ASSERT_EQ(changed.size(), 1u);
        EXPECT_GE(changed[0], head.size() + 2);
    }
}

TEST(FrameFaults, BiteTheirShare) {
    std::string all;
    for (int i = 0; i < 10'000; ++i) all += frame("m");
    std::uint64_t bites = 0;
    const std::string got = through("frame_drop", {{"one_in", 10}}, all, 4'096, &bites);
    EXPECT_EQ(got.size(), all.size() - bites * 3);
    EXPECT_NEAR(static_cast<double>(bites), 1'000, 100);
}

TEST(FrameFaults, GiveBackWhatIsNoWholeFrameAtTheEnd) {
    const std::string cut_off = frame("whole") + frame("cut off").substr(0, 4);
    for (const char* kind : {"frame_drop", "frame_duplicate", "frame_reorder", "frame_corrupt"})
        EXPECT_TRUE(through(kind, {{"one_in", 1}}, cut_off, 1).ends_with(cut_off.substr(7))) << kind;
}

TEST(FrameFaults, HaveRoomForTheirFramesWhateverTheWindow) {
    FaultRide ride("frame_drop", {});
    ride.add("slow_reader", {{"bytes", 10}});
    EXPECT_GE(ride.chain.room(1), 65'536u);
}

}  // namespace
}  // namespace hubbub::testing
