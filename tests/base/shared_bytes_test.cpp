#include "base/shared_bytes.hpp"

#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <vector>

namespace hubbub {
namespace {

TEST(SharedBytes, IsEmptyWithoutABlock) {
    const SharedBytes bytes;
    EXPECT_TRUE(bytes.empty());
    EXPECT_EQ(bytes.view(), "");
    EXPECT_EQ(bytes.references(), 0u);
    EXPECT_TRUE(SharedBytes::copy_of("").empty());
}

TEST(SharedBytes, IsWrittenOnceAndSeenByAllCopies) {
    SharedBytes bytes = SharedBytes::allocate(5);
    std::copy_n("hello", 5, bytes.writable().begin());
    const std::vector<SharedBytes> recipients(1000, bytes);
    EXPECT_EQ(bytes.references(), 1001u);
    for (const auto& copy : recipients) EXPECT_EQ(copy.view().data(), bytes.view().data());
    EXPECT_EQ(recipients.back().view(), "hello");
}

TEST(SharedBytes, OutlivesWhoMadeIt) {
    SharedBytes kept;
    {
        const SharedBytes made = SharedBytes::copy_of("frame");
        kept = made;
        EXPECT_EQ(kept.references(), 2u);
    }
    EXPECT_EQ(kept.references(), 1u);
    EXPECT_EQ(kept.view(), "frame");
}

TEST(SharedBytes, GivesItsReferenceAwayWhenMoved) {
    static_assert(std::is_nothrow_move_constructible_v<SharedBytes>);
    SharedBytes from = SharedBytes::copy_of("x");
    SharedBytes to = std::move(from);
    EXPECT_EQ(to.references(), 1u);
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is the question
    from = to;
    EXPECT_EQ(to.references(), 2u);
}

TEST(SharedBytes, SurvivesAssignmentToItself) {
    SharedBytes bytes = SharedBytes::copy_of("x");
    const SharedBytes& same = bytes;
    bytes = same;
    EXPECT_EQ(bytes.references(), 1u);
    EXPECT_EQ(bytes.view(), "x");
}

TEST(SharedBytes, CopiesSoThatTheSourceMayChange) {
    std::string source = "before";
    const SharedBytes bytes = SharedBytes::copy_of(source);
    source = "after!";
    EXPECT_EQ(bytes.view(), "before");
}

TEST(SharedBytes, DropsTheOldBlockWhenAssigned) {
    SharedBytes first = SharedBytes::copy_of("first");
    const SharedBytes watch = first;
    first = SharedBytes::copy_of("second");
    EXPECT_EQ(watch.references(), 1u);
    EXPECT_EQ(first.view(), "second");
}

}  // namespace
}  // namespace hubbub
