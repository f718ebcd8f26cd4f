#include "loadgen/report/capacity_search.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace hubbub {
namespace {

FindCapacity find(double from, double to, double precision, bool rate = true) {
    FindCapacity out;
    out.vary = "load.steady.messages";
    out.from = from;
    out.to = to;
    out.precision = precision;
    out.rate = rate;
    return out;
}

/// Plays the search against something that holds up to `capacity`.
CapacitySearch searched(const FindCapacity& what, double capacity, std::vector<double>* values = nullptr) {
    CapacitySearch search(what);
    while (const auto value = search.next()) {
        if (values != nullptr) values->push_back(*value);
        search.tried(*value, *value <= capacity ? Held::yes : Held::no);
    }
    return search;
}

TEST(CapacitySearch, DoublesThenHalvesTheDistance) {
    std::vector<double> values;
    const auto search = searched(find(1000, 1e8, 0.1), 5300, &values);
    EXPECT_EQ(values, (std::vector<double>{1000, 2000, 4000, 8000, 6000, 5000, 5500}));
    EXPECT_TRUE(search.bracketed());
    EXPECT_EQ(search.low(), 5000);
    EXPECT_EQ(search.high(), 5500);
    EXPECT_EQ(search.tries(), 7U);
}

TEST(CapacitySearch, BracketsAnyCapacityWithinItsPrecision) {
    for (double capacity = 1.3; capacity < 9e7; capacity *= 1.37) {
        const auto search = searched(find(500, 1e8, 0.05), capacity);
        ASSERT_TRUE(search.bracketed()) << capacity;
        EXPECT_LE(*search.low(), capacity);
        EXPECT_GT(*search.high(), capacity);
        EXPECT_LE(*search.high() - *search.low(), 0.05 * *search.low());
    }
}

TEST(CapacitySearch, LooksBelowAFirstValueThatDoesNotHold) {
    const auto search = searched(find(1000, 1e8, 0.05), 130);
    EXPECT_TRUE(search.bracketed());
    EXPECT_LE(*search.low(), 130);
}

TEST(CapacitySearch, IsNotBracketedWhenNothingHoldsOrEverythingDoes) {
    const auto nothing = searched(find(1000, 1e8, 0.05), 0);
    EXPECT_FALSE(nothing.bracketed());
    EXPECT_FALSE(nothing.low());
    std::vector<double> values;
    const auto everything = searched(find(1000, 3000, 0.05), 1e9, &values);
    EXPECT_FALSE(everything.bracketed());
    EXPECT_EQ(values, (std::vector<double>{1000, 2000, 3000}));
}

TEST(CapacitySearch, EndsBetweenTwoNeighbouringCounts) {
    const auto search = searched(find(1, 1e8, 0.001, false), 11);
    EXPECT_TRUE(search.bracketed());
    EXPECT_EQ(search.low(), 11);
    EXPECT_EQ(search.high(), 12);
}

/// Plays it where a generator cannot tell anything from `late` on.
CapacitySearch searched_by_a_slow_one(double capacity, double late, std::vector<double>& values) {
    CapacitySearch search(find(1000, 1e8, 0.1));
    while (const auto value = search.next()) {
        values.push_back(*value);
        search.tried(*value, *value >= late ? Held::unknown : *value <= capacity ? Held::yes : Held::no);
    }
    return search;
}

TEST(CapacitySearch, LooksBelowWhatCannotBeTold) {
    std::vector<double> values;
    const auto search = searched_by_a_slow_one(5300, 7000, values);
    EXPECT_EQ(values, (std::vector<double>{1000, 2000, 4000, 8000, 6000, 5000, 5500}));
    EXPECT_TRUE(search.bracketed());
    EXPECT_FALSE(search.unknown()) << "8000 lies beyond what did not hold";
}

TEST(CapacitySearch, SaysFromWhereItCannotBeTold) {
    std::vector<double> values;
    const auto search = searched_by_a_slow_one(1e9, 5300, values);
    EXPECT_EQ(values, (std::vector<double>{1000, 2000, 4000, 8000, 6000, 5000, 5500}));
    EXPECT_FALSE(search.bracketed());
    EXPECT_EQ(search.low(), 5000);
    EXPECT_EQ(search.unknown(), 5500);
    EXPECT_FALSE(search.high());
}

TEST(CapacitySearch, EndsWhenWhatHeldOnceDoesNotHoldTheNextTime) {
    CapacitySearch search(find(100, 1e8, 0.05));
    bool held = true;
    while (const auto value = search.next()) search.tried(*value, (held = !held) ? Held::yes : Held::no);
    EXPECT_LE(search.tries(), 40U);
}

}  // namespace
}  // namespace hubbub
