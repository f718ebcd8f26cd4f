// The report and the reader of result files: what a page carries is the result, and none of it is markup.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "loadgen/report/output_formats.hpp"
#include "loadgen/report/result_file.hpp"
#include "report_fixture.hpp"
#include "web/pages.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view opening = R"(<script type="application/json" id="data">)";

/// The text of the element that holds the result, as an HTML parser ends it.
std::string data_of(const std::string& page) {
    const std::size_t from = page.find(opening) + opening.size();
    return page.substr(from, page.find("</script", from) - from);
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

RunInput hostile_run() {
    RunInput input = test::passing_run();
    const std::string hostile =
        R"(</script><script>alert(1)</script><!-- "quoted" \ <img src=x onerror=alert(1)>)";
    input.judgement.evidence = {{"lost", hostile, hostile, 1, 1, hostile, 0.5, hostile}};
    input.connections.errors[hostile] = 1;
    input.environment[hostile] = hostile;
    input.error = hostile;
    return input;
}

TEST(HtmlReport, CarriesTheWholeResult) {
    const RunResult result = conclude(hostile_run());
    const std::string page = html_output(result).at(0).text;
    EXPECT_EQ(boost::json::parse(data_of(page)), boost::json::parse(to_json(result)));
}

TEST(HtmlReport, HasNoMarkupThatABackendWrote) {
    const std::string harmless = html_output(conclude(test::passing_run())).at(0).text;
    const std::string hostile = html_output(conclude(hostile_run())).at(0).text;
    for (const char* const markup : {"<script", "</script", "<!--", "<img"})
        EXPECT_EQ(count_of(hostile, markup), count_of(harmless, markup)) << markup;
}

TEST(HtmlReport, LetsNothingRunButItsOwnScriptAndAsksNoNetwork) {
    const std::string_view page = report_page();
    EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src 'sha256-"));
    EXPECT_THAT(page, Not(HasSubstr("unsafe-inline")));
    EXPECT_THAT(page, Not(HasSubstr("_HASH@")));
    for (const char* const fetched : {"src=\"", "@import", "url(", "fetch(", "innerHTML"})
        EXPECT_THAT(page, Not(HasSubstr(fetched)));
}

TEST(ResultFileReader, ReadsWhatWasWritten) {
    const std::string text = to_json(conclude(hostile_run()));
    const auto read = parse_result(text, "result.json");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(boost::json::serialize(*read), text);
}

TEST(ResultFileReader, SaysWhatIsWrongWithOtherFiles) {
    const auto error = [](std::string_view text) { return parse_result(text, "x.json").error().message; };
    EXPECT_THAT(error("{"), HasSubstr("x.json: not a result file"));
    EXPECT_THAT(error("[]"), HasSubstr("no schema_version"));
    EXPECT_THAT(error(R"({"schema_version": 2})"), HasSubstr("schema_version is 2, this version reads 1"));
    EXPECT_THAT(error(R"({"schema_version": 1})"), HasSubstr("`verdict` is missing"));
    boost::json::object broken = boost::json::parse(to_json(conclude(test::passing_run()))).as_object();
    broken["latency"] = 3;
    EXPECT_THAT(error(boost::json::serialize(broken)), HasSubstr("`latency` is no object"));
}

}  // namespace
}  // namespace hubbub
