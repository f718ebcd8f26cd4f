// The forms in which a result is written for other programs: one file (NAME.cpp) and one row each.
// Pure functions; one thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/report/run_result.hpp"

namespace hubbub {

struct OutputFile {
    std::string name;  ///< within the folder; empty for formats that are one file
    std::string text;
};
using OutputFiles = std::vector<OutputFile>;

struct OutputFormat {
    std::string_view name;  ///< as in `--out NAME=PATH`
    std::string_view doc;
    bool folder = false;                               ///< PATH is a folder that is made
    OutputFiles (*write)(const RunResult&) = nullptr;  ///< null: of the language, not built in this version
};

std::span<const OutputFormat> output_formats();
/// Null: there is no such format.
const OutputFormat* find_output_format(std::string_view name);
/// "json=FILE, junit=FILE, csv=FOLDER": what is built, for help and errors.
std::string output_format_names();

// One a file.
OutputFiles html_output(const RunResult& result);      ///< the report, self-contained
OutputFiles junit_output(const RunResult& result);     ///< a case an expectation, a counter and the verdict
OutputFiles csv_output(const RunResult& result);       ///< RFC 4180, times in seconds
OutputFiles hgrm_output(const RunResult& result);      ///< HdrHistogram's percentile distributions
OutputFiles hlog_output(const RunResult& result);      ///< HdrHistogram's interval log
OutputFiles markdown_output(const RunResult& result);  ///< for summaries of CI jobs
/// GitHub's workflow commands: one `::error ...` line for each thing that is not as it should be.
std::string github_annotations(const RunResult& result);

/// One thing that a reader of results wants ticked or crossed.
struct ResultCase {
    enum class Kind { expectation, counter, run };
    enum class State { ok, failed, no_proof, skipped };
    Kind kind = Kind::run;
    State state = State::ok;
    std::string name;
    std::string why;                   ///< empty when ok
    std::vector<std::string> details;  ///< evidence, a line each
};
/// Expectations, counters, and the run itself. Not all ok unless the verdict is pass.
std::vector<ResultCase> result_cases(const RunResult& result);

}  // namespace hubbub
