// The report: the result file in a page that draws it. All that is shown comes out of that JSON, so that the
// page can be made again from a file.
#include "loadgen/report/output_formats.hpp"
#include "web/pages.hpp"

namespace hubbub {

OutputFiles html_output(const RunResult& result) {
    return {{"", page_with_data(report_page(), to_json(result))}};
}

}  // namespace hubbub
