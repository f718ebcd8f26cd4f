// The forms of a result: what is ticked and crossed, and that a backend's texts stay texts.
#include "loadgen/report/output_formats.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "report_fixture.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;
using testing::Not;
using State = ResultCase::State;

std::vector<ResultCase> cases_of(const RunInput& input) {
    return result_cases(conclude(input));
}
State state_of(const std::vector<ResultCase>& cases, const std::string& name) {
    const auto found =
        std::find_if(cases.begin(), cases.end(), [&](const ResultCase& one) { return one.name == name; });
    EXPECT_NE(found, cases.end()) << name;
    return found == cases.end() ? State::skipped : found->state;
}
bool all_good(const std::vector<ResultCase>& cases) {
    return std::none_of(cases.begin(), cases.end(), [](const ResultCase& one) {
        return one.state == State::failed || one.state == State::no_proof;
    });
}

/// Each breaks one thing in a run that passed.
RunInput broken_by(const std::function<void(RunInput&)>& what) {
    RunInput input = test::passing_run();
    what(input);
    return input;
}

TEST(ResultCases, AreAllGoodExactlyWhenTheVerdictIsPass) {
    const std::vector<std::function<void(RunInput&)>> ways = {
        [](RunInput&) {},
        [](RunInput& in) { in.judgement.violations.lost = 1; },
        [](RunInput& in) { in.judgement.violations.gap_healed = 1; },
        [](RunInput& in) { in.judgement.totals.unverified = 3; },
        [](RunInput& in) { in.interrupted = true; },
        [](RunInput& in) { in.unreachable = true; },
        [](RunInput& in) { in.error = "a bug"; },
        [](RunInput& in) { in.health.schedule_lag = test::steady_latency(900'000, 1000); },
        [](RunInput& in) {
            in.judgement.latency[{"delivery", ""}] = test::steady_latency(90'000, 3000);
        },
        [](RunInput& in) { in.judgement.totals.sent = in.judgement.totals.expected = 0; },
    };
    for (std::size_t i = 0; i < ways.size(); ++i) {
        const RunResult result = conclude(broken_by(ways[i]));
        EXPECT_EQ(all_good(result_cases(result)), result.verdict == Verdict::pass) << "way " << i;
    }
}

TEST(ResultCases, TakeALateGeneratorForNoProofEvenWhereTheBoundHeld) {
    const auto cases = cases_of(
        broken_by([](RunInput& in) { in.health.schedule_lag = test::steady_latency(900'000, 1000); }));
    EXPECT_EQ(state_of(cases, "delivery.p99 < 50ms"), State::no_proof);
    EXPECT_EQ(state_of(cases, "the run itself"), State::no_proof);
    EXPECT_EQ(state_of(cases, "lost"), State::ok);
}

TEST(ResultCases, TickNothingOfATargetThatNobodyReached) {
    const auto cases = cases_of(broken_by([](RunInput& in) {
        in.unreachable = true;
        in.connections.errors["connect: refused"] = 3;
    }));
    ASSERT_EQ(cases.size(), 1U);
    EXPECT_THAT(cases[0].why, HasSubstr("connect: refused (3)"));
}

TEST(ResultCases, SkipWhatWasNotChecked) {
    const auto cases = cases_of(broken_by([](RunInput& in) {
        in.judgement.not_checked = {"receipts", "order"};
    }));
    EXPECT_EQ(state_of(cases, "receipts"), State::skipped);
    EXPECT_EQ(state_of(cases, "order"), State::skipped);
    EXPECT_EQ(state_of(cases, "lost"), State::ok);
}

/// Everything that ends a text, a line or a document in one of the forms.
const std::string hostile =
    "</failure>]]><script>alert('x')</script>\n::error::100%\r| `md` \x01\xff\x1b[31m";

RunResult hostile_run() {
    return conclude(broken_by([](RunInput& in) {
        in.judgement.violations.lost = 1;
        in.judgement.evidence = {{"lost", hostile, hostile, 1, 2, hostile, 3, hostile}};
        in.command = "hubbub run x.yaml --set 'a=```\n```'";
    }));
}

TEST(JunitXml, HoldsAHostileTextAsText) {
    const std::string text = junit_output(hostile_run()).at(0).text;
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    EXPECT_THAT(text, HasSubstr("&lt;script&gt;alert(&apos;x&apos;)"));
    for (const char c : text) {
        EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n') << int{c};
        EXPECT_NE(c, '\xff');
    }
}

TEST(Markdown, HoldsAHostileTextAsTextAndOneLine) {
    const std::string text = markdown_output(hostile_run()).at(0).text;
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    EXPECT_THAT(text, HasSubstr("&#60;script&#62;"));
    EXPECT_THAT(text, Not(HasSubstr("\n::error"))) << "no annotation of the backend's own";
    EXPECT_THAT(text, HasSubstr("````\nhubbub run x.yaml --set 'a=``` ```'\n````\n")) << "a fence that holds";
}

TEST(GithubAnnotations, AreOneLineEachWhateverTheBackendSays) {
    const std::string text = github_annotations(hostile_run());
    ASSERT_FALSE(text.empty());
    std::size_t from = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', from)) {
        EXPECT_EQ(text.compare(from, 14, "::error title="), 0) << text.substr(from, 40);
        from = end + 1;
    }
    EXPECT_EQ(from, text.size());
    EXPECT_THAT(text, HasSubstr("%0A::error::100%25%0D"));
    EXPECT_EQ(github_annotations(conclude(test::passing_run())), "");
}

TEST(Csv, QuotesWhatWouldEndAField) {
    RunInput input = test::passing_run();
    const OutputFiles files = csv_output(conclude(input));
    for (const OutputFile& file : files) EXPECT_THAT(file.text, HasSubstr("\r\n")) << file.name;
    RunResult quoted = conclude(input);
    quoted.expectations[0].text = "a, \"b\"";
    EXPECT_THAT(csv_output(quoted).at(3).text, HasSubstr("\"a, \"\"b\"\"\","));
}

TEST(Csv, WritesWhatNeverArrivedAsInfinitelyLate) {
    RunInput input = test::passing_run();
    input.judgement.latency[{"ack", ""}].record_missing(500);
    EXPECT_THAT(csv_output(conclude(input)).at(0).text, HasSubstr("\r\nack,,1000,500,"));
    EXPECT_THAT(csv_output(conclude(input)).at(0).text, HasSubstr(",inf,"));
}

TEST(HdrFiles, SayHowManyNeverArrived) {
    RunInput input = test::passing_run();
    input.started_at = "2026-01-02T03:04:05Z";
    input.judgement.latency[{"delivery", ""}].record_missing(7);
    const std::string log = hlog_output(conclude(input)).at(0).text;
    EXPECT_THAT(log, HasSubstr("#[Missing: 7 of delivery never arrived"));
    EXPECT_THAT(log, HasSubstr("#[StartTime: 1767323045.000 (seconds since epoch), 2026-01-02T03:04:05Z]"));
}

TEST(OutputFormats, AreFoundByNameAndNamedWhenBuilt) {
    ASSERT_NE(find_output_format("junit"), nullptr);
    EXPECT_EQ(find_output_format("yaml"), nullptr);
    ASSERT_NE(find_output_format("html"), nullptr);
    EXPECT_THAT(output_format_names(), HasSubstr("csv=FOLDER"));
    for (const OutputFormat& format : output_formats())
        EXPECT_EQ(output_format_names().find(std::string(format.name) + "=") != std::string::npos,
                  format.write != nullptr)
            << format.name;
}

}  // namespace
}  // namespace hubbub
