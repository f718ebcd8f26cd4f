#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

#include "loadgen/scenario/units.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

TEST(Units, ReadCountsExactly) {
    EXPECT_EQ(parse_count("0"), 0U);
    EXPECT_EQ(parse_count("12_000"), 12'000U);
    EXPECT_EQ(parse_count("50k"), 50'000U);
    EXPECT_EQ(parse_count("1.5k"), 1'500U);
    EXPECT_EQ(parse_count("2M"), 2'000'000U);
    for (const char* text : {"",
                             "010",
                             "1.5",
                             "1e3",
                             "-1",
                             "+1",
                             "0x1",
                             "1_",
                             "_1",
                             "1__0",
                             "1 ",
                             " 1",
                             "k",
                             "1K",
                             "1kk",
                             "1.",
                             ".5",
                             "1.2.3",
                             "9999999999999999999",
                             "yes",
                             "1,000",
                             "99999999999999999G"})
        EXPECT_FALSE(parse_count(text)) << text;
}

TEST(Units, ReadEveryWholeNumberBack) {
    rc::check([] {
        const auto n = *rc::gen::inRange<std::uint64_t>(0, 1'000'000'000'000);
        RC_ASSERT(parse_count(std::to_string(n)) == n);
        RC_ASSERT(parse_duration(std::to_string(n % 1'000'000) + "ms") ==
                  Duration{n % 1'000'000 * 1'000'000});
    });
}

TEST(Units, ReadDurationsWithTheirUnit) {
    EXPECT_EQ(parse_duration("500us"), 500us);
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("1.5s"), 1500ms);
    EXPECT_EQ(parse_duration("5m"), 5min);
    EXPECT_EQ(parse_duration("1h"), 1h);
    for (const char* text : {"5", "5 s", "5min", "5d", "s", "1m30s", "0.0000000001s", "9999999999h"})
        EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Units, ReadSharesAsTheNearestDouble) {
    EXPECT_EQ(parse_share("29.9%"), 0.299);
    EXPECT_EQ(parse_share("0.1%"), 0.001);
    EXPECT_EQ(parse_share("100%"), 1.0);
    for (const char* text : {"0.5", "50", "%", "5 %", "-1%"}) EXPECT_FALSE(parse_share(text)) << text;
}

TEST(Units, ReadRatesAndRamps) {
    EXPECT_EQ(parse_rate("2k/s"), 2000.0);
    EXPECT_EQ(parse_rate("30/m"), 0.5);
    EXPECT_EQ(parse_rate("1.8k/h"), 0.5);
    for (const char* text : {"2k", "2/", "/s", "2k /s", "2/min", "2kk/s", "2x/s"})
        EXPECT_FALSE(parse_rate(text)) << text;
    const auto ramp = parse_rates("100/s..2k/s");
    ASSERT_TRUE(ramp);
    EXPECT_TRUE(ramp->ramp);
    EXPECT_EQ(ramp->from, 100);
    EXPECT_EQ(ramp->to, 2000);
    EXPECT_FALSE(parse_rates("5/s")->ramp);
    for (const char* text : {"1/s..", "..1/s", "1/s...2/s", "1..2/s"})
        EXPECT_FALSE(parse_rates(text)) << text;
}

TEST(Units, TellDecimalAndBinarySizesApart) {
    EXPECT_EQ(parse_bytes("120"), 120U);
    EXPECT_EQ(parse_bytes("120B"), 120U);
    EXPECT_EQ(parse_bytes("2KB"), 2000U);
    EXPECT_EQ(parse_bytes("2KiB"), 2048U);
    EXPECT_EQ(parse_bytes("1MiB"), 1'048'576U);
    for (const char* text : {"2kb", "2K", "2k", "1.5B"}) EXPECT_FALSE(parse_bytes(text)) << text;
}

}  // namespace
}  // namespace hubbub
