#include "base/assert.hpp"

#include <gtest/gtest.h>

namespace hubbub {
namespace {

TEST(AssertDeathTest, StopsTheProgramInEveryBuildTypeAndSaysWhereAndWhy) {
    EXPECT_DEATH(HUBBUB_ASSERT(1 + 1 == 3, "sums are right"),
                 "assert_test.cpp:[0-9]+: sums are right \\(1 \\+ 1 == 3\\)");
}

TEST(Assert, EvaluatesItsConditionOnce) {
    int evaluations = 0;
    HUBBUB_ASSERT(++evaluations > 0, "counted");
    EXPECT_EQ(evaluations, 1);
}

}  // namespace
}  // namespace hubbub
