#include "cli/github.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "loadgen/report/output_formats.hpp"

namespace hubbub::cli {

void tell_github(const RunResult& result) {
    const char* const inside = std::getenv("GITHUB_ACTIONS");
    if (inside == nullptr || std::string_view(inside) != "true") return;
    // On stderr, which GitHub reads too: stdout may be somebody's JSON.
    std::fputs(github_annotations(result).c_str(), stderr);
    const char* const page = std::getenv("GITHUB_STEP_SUMMARY");
    if (page == nullptr || *page == '\0') return;
    std::ofstream stream(page, std::ios::binary | std::ios::app);  // other steps write there too
    for (const OutputFile& file : markdown_output(result)) stream << file.text;
    if (!stream.flush()) std::fprintf(stderr, "hubbub: cannot write the job's summary %s\n", page);
}

}  // namespace hubbub::cli
