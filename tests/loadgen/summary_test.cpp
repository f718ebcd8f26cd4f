// The end summary fits a screen, says what counts, and ends with the verdict.
#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "loadgen/report/summary_text.hpp"
#include "report_fixture.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;
using testing::Not;

/// As much as a summary ever has to show.
RunInput crowded_run() {
    Scenario scenario = test::small_scenario();
    scenario.name = "evening peak, a gateway dies and comes back while everybody talks at once in every room";
    for (int i = 0; i < 6; ++i) scenario.expect.slo.push_back(test::latency_slo("delivery", 0.050));
    RunInput input = test::run_of(std::move(scenario));
    input.command = "hubbub run scenarios/evening.yaml --seed 7";
    for (const Counter& counter : counters) input.judgement.violations.*counter.count = 1'234'567;
    for (int i = 0; i < 40; ++i)
        input.judgement.evidence.push_back({"lost", "123456 (channel)", "u1000000", 77, 123456789, "u2000000",
                                            3600, "acknowledged, and missing at the end"});
    for (const char* const kind : {"ack", "delivery", "delivery_first", "delivery_last"})
        for (const char* const label : {"", "class=direct", "class=group", "class=channel", "phase=steady"})
            input.judgement.latency[{kind, label}] = test::steady_latency(1'234'567, 123'456'789);
    for (std::uint32_t second = 0; second < 25; ++second)
        input.judgement.delivery_by_second[second] = test::steady_latency(20'000, 100);
    input.extra_latency[{"connect", ""}] = input.extra_latency[{"reconnect", ""}] =
        test::steady_latency(3'000, 150);
    for (int i = 0; i < 20; ++i)
        input.connections.errors["connect: a long story about what went wrong, number " + std::to_string(i) +
                                 ", told in far too many words to fit"] = 5;
    input.health.schedule_lag = test::steady_latency(90'000, 100);
    input.judgement.not_checked = {"receipts", "presence"};
    input.judgement.totals.unverified = input.judgement.totals.foreign = 12;
    return input;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

std::size_t columns(const std::string& line) {
    return static_cast<std::size_t>(
        std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

TEST(Summary, TicksNothingOffForATargetThatNobodyReached) {
    RunInput input = test::run_of(test::small_scenario());
    input.unreachable = true;
    const std::string text = to_summary(conclude(std::move(input)), false);
    EXPECT_THAT(text, HasSubstr("UNREACHABLE"));
    EXPECT_THAT(text, Not(HasSubstr("✓")));
}

TEST(Summary, FitsAScreenEvenWhenEverythingWentWrong) {
    const auto lines = lines_of(to_summary(conclude(crowded_run()), false));
    EXPECT_LE(lines.size(), 50u);
    for (const std::string& line : lines) EXPECT_LE(columns(line), summary_columns) << line;
}

TEST(Summary, FitsTwentyFourLinesWhenAllIsWell) {
    RunInput input = test::passing_run();
    input.command = "hubbub run small.yaml";
    const auto lines = lines_of(to_summary(conclude(input), false));
    EXPECT_LE(lines.size(), 24u);
    for (const std::string& line : lines) EXPECT_LE(columns(line), summary_columns) << line;
}

TEST(Summary, EndsWithTheVerdictAndItsExitCode) {
    EXPECT_THAT(lines_of(to_summary(conclude(test::passing_run()), false)).back(), HasSubstr("PASS"));
    RunInput input = test::passing_run();
    input.judgement.violations.lost = 1;
    const auto last = lines_of(to_summary(conclude(input), false)).back();
    EXPECT_THAT(last, HasSubstr("VIOLATION"));
    EXPECT_THAT(last, HasSubstr("exit code 4"));
}

TEST(Summary, TicksWhatHoldsAndCrossesWhatDoesNot) {
    Scenario scenario = test::small_scenario();
    scenario.expect.slo = {test::latency_slo("delivery", 0.050), test::latency_slo("ack", 0.001)};
    const std::string text = to_summary(conclude(test::run_of(std::move(scenario))), false);
    EXPECT_THAT(text, HasSubstr("✓ delivery.p99 < 50ms"));
    EXPECT_THAT(text, HasSubstr("✗ ack.p99 < 1ms"));
}

TEST(Summary, NamesBrokenCountersWithTheirCasesAndTheReplay) {
    RunInput input = test::passing_run();
    input.command = "hubbub run small.yaml --seed 7";
    input.judgement.violations.lost = 1234;
    input.judgement.violations.duplicate = 5;
    input.judgement.evidence = {{"lost", "3 (group)", "u1", 4, 17, "u2", 1.5, "acknowledged, and missing"}};
    const std::string text = to_summary(conclude(input), false);
    EXPECT_THAT(text, HasSubstr("✗ lost 1,234"));
    EXPECT_THAT(text, HasSubstr("permitted   duplicate 5")) << "at_least_once permits it";
    EXPECT_THAT(text, HasSubstr("✓ corrupt"));
    EXPECT_THAT(text, HasSubstr("lost: conversation 3 (group), entry 17 of u1, to u2"));
    EXPECT_THAT(text, HasSubstr("hubbub run small.yaml --seed 7"));
}

TEST(Summary, ShowsLatenciesRatesAndTheInterval) {
    RunInput input = test::passing_run();
    for (std::uint32_t second = 0; second < 25; ++second)
        input.judgement.delivery_by_second[second] = test::steady_latency(20'000, 100);
    const std::string text = to_summary(conclude(input), false);
    for (const char* const word : {"P50", "P90", "P99", "P99.9", "max", "95 % of P99"})
        EXPECT_THAT(text, HasSubstr(word));
    EXPECT_THAT(text, HasSubstr("achieved 100.0 of 100.0 messages/s requested"));
    EXPECT_THAT(text, HasSubstr("20.1 ms-20.1 ms"));
}

TEST(Summary, SaysThatLatenciesDoNotCountWhenTheGeneratorWasLate) {
    RunInput input = test::passing_run();
    input.health.schedule_lag = test::steady_latency(90'000, 100);
    const std::string text = to_summary(conclude(input), false);
    EXPECT_THAT(text, HasSubstr("(does not count)"));
    EXPECT_THAT(text, HasSubstr("schedule lag P99 90"));
}

TEST(Summary, ColoursOnlyWhenAsked) {
    EXPECT_THAT(to_summary(conclude(test::passing_run()), false), Not(HasSubstr("\033[")));
    EXPECT_THAT(to_summary(conclude(test::passing_run()), true), HasSubstr("\033[32m"));
}

TEST(SummaryText, TellsSpansApart) {
    EXPECT_EQ(span_text(0.0000835), "84 us");
    EXPECT_EQ(span_text(0.0017), "1.7 ms");
    EXPECT_EQ(span_text(0.25), "250 ms");
    EXPECT_EQ(span_text(2.414), "2.41 s");
    EXPECT_EQ(span_text(std::numeric_limits<double>::infinity()), "never");
    EXPECT_EQ(span_text(std::numeric_limits<double>::quiet_NaN()), "-");
}

TEST(SummaryText, GroupsDigitsAndCutsByCharacter) {
    EXPECT_EQ(count_text(0), "0");
    EXPECT_EQ(count_text(999), "999");
    EXPECT_EQ(count_text(1'234'567), "1,234,567");
    EXPECT_EQ(fitted("abcdef", 6), "abcdef");
    EXPECT_EQ(fitted("abcdefg", 6), "abcde…");
    EXPECT_EQ(fitted("äöüßéè!", 6), "äöüßé…");
    EXPECT_EQ(padded("ä", 3, true), "  ä");
    EXPECT_EQ(padded("ä", 3, false), "ä  ");
}

}  // namespace
}  // namespace hubbub
