#include "transport/outbox.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace hubbub {
namespace {

std::string text_of(const Outbox& outbox, std::size_t buffers_max, std::size_t bytes_max) {
    std::vector<iovec> buffers(buffers_max);
    const auto gathered = outbox.gather(buffers, bytes_max);
    std::string out;
    for (std::size_t i = 0; i < gathered.buffers; ++i) {
        out.append(static_cast<const char*>(buffers[i].iov_base), buffers[i].iov_len);
    }
    EXPECT_EQ(out.size(), gathered.bytes);
    return out;
}

TEST(Outbox, OwnsNoMemoryForOneFrameNorWhenItIsEmptyAgain) {
    Outbox outbox;
    outbox.push(SharedBytes::copy_of("one"));
    EXPECT_FALSE(outbox.owns_memory());
    outbox.push(SharedBytes::copy_of("two"));
    EXPECT_TRUE(outbox.owns_memory());
    outbox.consume(6);
    EXPECT_TRUE(outbox.empty());
    EXPECT_FALSE(outbox.owns_memory());
}

TEST(Outbox, SharesTheFrameAndReleasesItOnceItLeft) {
    const SharedBytes frame = SharedBytes::copy_of("shared");
    Outbox outbox;
    outbox.push(frame);
    outbox.push(frame);
    EXPECT_EQ(frame.references(), 3U);
    outbox.consume(6);
    EXPECT_EQ(frame.references(), 2U);
    outbox.consume(5);
    EXPECT_EQ(frame.references(), 2U) << "its last byte is still to be sent";
    outbox.clear();
    EXPECT_EQ(frame.references(), 1U);
}

TEST(Outbox, PointsAtTheFramesOwnBytes) {
    const SharedBytes frame = SharedBytes::copy_of("payload");
    Outbox outbox;
    outbox.push(frame);
    std::array<iovec, 4> buffers{};
    ASSERT_EQ(outbox.gather(buffers, 100).buffers, 1U);
    EXPECT_EQ(buffers[0].iov_base, frame.view().data());
}

TEST(Outbox, CutsTheLastBufferAtTheByteLimit) {
    Outbox outbox;
    outbox.push(SharedBytes::copy_of("abcd"));
    outbox.push(SharedBytes::copy_of("efgh"));
    EXPECT_EQ(text_of(outbox, 8, 6), "abcdef");
    EXPECT_EQ(text_of(outbox, 1, 6), "abcd");
}

TEST(Outbox, IgnoresFramesWithoutBytes) {
    Outbox outbox;
    outbox.push(SharedBytes());
    outbox.push(SharedBytes::copy_of(""));
    EXPECT_TRUE(outbox.empty());
    EXPECT_EQ(outbox.frames(), 0U);
}

// Against the plainest model there is: one string.
RC_GTEST_PROP(Outbox, IsAQueueOfBytesWhateverIsPushedAndTaken, ()) {
    Outbox outbox;
    std::string model;
    char next = 'a';
    const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100));
    for (const int step : steps) {
        if (step < 60) {
            const std::string frame(static_cast<std::size_t>(1 + step % 20), next);
            next = next == 'z' ? 'a' : static_cast<char>(next + 1);
            outbox.push(SharedBytes::copy_of(frame));
            model += frame;
        } else {
            const auto wanted = static_cast<std::size_t>(step - 60) * 3;
            const std::size_t taken = std::min(model.size(), wanted);
            outbox.consume(taken);
            model.erase(0, taken);
        }
        RC_ASSERT(outbox.bytes() == model.size());
        RC_ASSERT(outbox.empty() == model.empty());
        RC_ASSERT(text_of(outbox, 4096, 1U << 20) == model);
        RC_ASSERT(model.starts_with(text_of(outbox, 3, 17)));
    }
}

}  // namespace
}  // namespace hubbub
