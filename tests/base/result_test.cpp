#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace hubbub {
namespace {

Result<int> halved(int number) {
    if (number % 2 != 0) return fail(std::to_string(number) + " is odd");
    return number / 2;
}

Status even(int number) {
    const auto half = halved(number);
    if (!half) return half.error();
    return {};
}

TEST(Result, HoldsAValueOrSaysWhyNot) {
    EXPECT_EQ(halved(4).value(), 2);
    ASSERT_FALSE(halved(5).has_value());
    EXPECT_EQ(halved(5).error().message, "5 is odd");
}

TEST(Result, PassesAnErrorOnAsAnotherType) {
    EXPECT_TRUE(even(4).has_value());
    EXPECT_EQ(even(5).error().message, "5 is odd");
}

TEST(Result, ThrowsTheMessageWhenAMissingValueIsTaken) {
    try {
        static_cast<void>(halved(5).value());
        FAIL() << "must throw";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "5 is odd");
    }
}

TEST(Result, CarriesTextAndThingsThatOnlyMove) {
    const Result<std::string> text = std::string("a text is a value, not an error");
    EXPECT_TRUE(text.has_value());
    Result<std::unique_ptr<int>> owner = std::make_unique<int>(7);
    const std::unique_ptr<int> taken = std::move(owner).value();
    EXPECT_EQ(*taken, 7);
}

TEST(Result, MayHaveAnErrorOfItsOwnKind) {
    enum class Code { full };
    struct Full {
        Code code;
    };
    const Result<int, Full> result = Full{Code::full};
    EXPECT_EQ(result.error().code, Code::full);
}

}  // namespace
}  // namespace hubbub
