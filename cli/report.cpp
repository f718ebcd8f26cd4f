// hubbub report: the page of a result file, made again.
#include <cstdio>

#include "cli/load.hpp"
#include "loadgen/report/result_file.hpp"
#include "web/pages.hpp"

namespace hubbub::cli {

int report(const ReportOptions& options) {
    const auto text = read_file(options.result);
    if (!text) return usage_error(text.error().message);
    const auto result = parse_result(*text, options.result);
    if (!result) return usage_error(result.error().message);
    // The file's own text: written again, the last digit of a figure might change.
    const std::string page = page_with_data(report_page(), *text);
    if (options.output == "-") {
        std::fwrite(page.data(), 1, page.size(), stdout);
        return 0;
    }
    if (const Status written = write_file(options.output, page); !written)
        return usage_error(written.error().message);
    return 0;
}

}  // namespace hubbub::cli
