// hubbub compare: sides of result files, judged against the first.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "cli/load.hpp"
#include "loadgen/report/comparison.hpp"
#include "loadgen/report/result_file.hpp"
#include "web/pages.hpp"

namespace hubbub::cli {
namespace {

namespace fs = std::filesystem;

/// A file, or every result file of a folder in the order of their names.
Result<std::vector<std::string>> files_of(const std::string& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) return std::vector{path};
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(path, error))
        if (entry.path().extension() == ".json") files.push_back(entry.path().string());
    if (error) return fail("cannot read the folder " + path + ": " + error.message());
    if (files.empty()) return fail("the folder " + path + " holds no .json file");
    std::sort(files.begin(), files.end());
    return files;
}

Result<Side> side_of(const std::string& path) {
    const auto files = files_of(path);
    if (!files) return files.error();
    Side side{path, {}};
    for (const std::string& file : *files) {
        const auto text = read_file(file);
        if (!text) return text.error();
        auto result = parse_result(*text, file);
        if (!result) return result.error();
        side.runs.push_back({file, std::move(*result)});
    }
    return side;
}

Result<std::vector<Side>> sides_of(const CompareCommand& command) {
    std::vector<Side> sides;
    for (const std::string& path : command.paths) {
        auto side = side_of(path);
        if (!side) return side.error();
        sides.push_back(std::move(*side));
    }
    if (!command.by.empty()) {
        std::vector<ComparedRun> all;
        for (Side& side : sides) std::move(side.runs.begin(), side.runs.end(), std::back_inserter(all));
        return sides_by(command.by, std::move(all));
    }
    if (sides.size() < 2)
        return fail("compare needs two sides at least: files or folders of results, or --by NAME");
    return sides;
}

Status write_pages(const std::vector<std::string>& outputs, const std::string& json) {
    for (const std::string& output : outputs) {
        const std::string path = output.substr(output.find('=') + 1);
        const bool html = output.starts_with("html=");
        if (Status written = write_file(path, html ? page_with_data(compare_page(), json) : json + "\n");
            !written)
            return written;
    }
    return {};
}

}  // namespace

int compare(const CompareCommand& command) {
    for (const std::string& output : command.outputs)
        if (!(output.starts_with("html=") || output.starts_with("json=")) || output.size() == 5)
            return usage_error("--out " + output + ": expected html=FILE or json=FILE");
    CompareOptions options;
    options.margin = command.margin;
    options.least = command.least;
    if (!command.figures.empty()) options.figures = command.figures;
    auto sides = sides_of(command);
    if (!sides) return usage_error(sides.error().message);
    const Side base = std::move(sides->front());
    sides->erase(sides->begin());
    const auto compared = hubbub::compare(base, *sides, options);
    if (!compared) return usage_error(compared.error().message);
    const std::string json = comparison_json(base, *sides, *compared, options);
    if (const Status written = write_pages(command.outputs, json); !written)
        return usage_error(written.error().message);
    const bool colour = isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
    std::fputs((command.json ? json + "\n" : comparison_text(base, *compared, colour)).c_str(), stdout);
    return exit_code(overall(*compared));
}

}  // namespace hubbub::cli
