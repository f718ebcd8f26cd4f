#include "loadgen/report/output_formats.hpp"

#include <algorithm>

namespace hubbub {
namespace {

OutputFiles json_output(const RunResult& result) {
    return {{"", to_json(result) + "\n"}};
}

// clang-format off
constexpr OutputFormat formats[] = {
    {"json", "the result file (docs/RESULT.md)", false, json_output},
    {"html", "the report: one page that opens anywhere (docs/REPORTS.md)", false, html_output},
    {"junit", "JUnit XML: a test case an expectation and a counter", false, junit_output},
    {"md", "Markdown, for summaries of CI jobs", false, markdown_output},
    {"csv", "latency.csv, series.csv, counters.csv, expectations.csv", true, csv_output},
    {"hgrm", "percentile distributions of HdrHistogram, a file a kind of latency", true, hgrm_output},
    {"hlog", "interval log of HdrHistogram", false, hlog_output},
    {"openmetrics", "", false, nullptr},
};
// clang-format on

}  // namespace

std::span<const OutputFormat> output_formats() {
    return formats;
}

const OutputFormat* find_output_format(std::string_view name) {
    const auto* const found = std::find_if(std::begin(formats), std::end(formats),
                                           [name](const OutputFormat& one) { return one.name == name; });
    return found == std::end(formats) ? nullptr : found;
}

std::string output_format_names() {
    std::string out;
    for (const OutputFormat& format : formats)
        if (format.write != nullptr)
            out +=
                (out.empty() ? "" : ", ") + std::string(format.name) + (format.folder ? "=FOLDER" : "=FILE");
    return out;
}

}  // namespace hubbub
