// Commands that read result files.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <memory>

#include "cli/command_line.hpp"

namespace hubbub::cli {
namespace {

/// "5%" or 0.05.
CLI::Validator share() {
    return CLI::Validator(
        [](std::string& text) -> std::string {
            char* end = nullptr;
            const double value = std::strtod(text.c_str(), &end);
            const std::string unit = end;
            if (end == text.c_str() || (unit != "%" && !unit.empty()) || value < 0)
                return "expected a share such as 5% or 0.05, not " + text;
            text = std::to_string(unit.empty() ? value : value / 100);
            return {};
        },
        "");
}
CLI::Validator seconds() {
    return CLI::AsNumberWithUnit(std::map<std::string, double>{{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}});
}

void add_report(CommandLine& line) {
    const auto options = std::make_shared<ReportOptions>();
    CLI::App& command =
        *line.add("report", "make the HTML report of a result file again",
                  "  hubbub report result.json -o report.html", [options] { return report(*options); });
    command.add_option("result", options->result, "the result file (--out json=...)")
        ->required()
        ->type_name("FILE");
    command.add_option("-o,--output", options->output, "the page; - for stdout")
        ->required()
        ->type_name("FILE");
}

void add_compare(CommandLine& line) {
    const auto options = std::make_shared<CompareCommand>();
    CLI::App& command = *line.add(
        "compare", "say whether runs became better or worse",
        "  hubbub compare before/ after/\n"
        "  hubbub compare before/ after/ --figure delivery.p99 --margin 10% --out html=compare.html\n"
        "  hubbub compare results/* --by target.start.durability\n"
        "  hubbub compare before.json after.json        two runs: shows, but decides nothing",
        [options] { return compare(*options); });
    command
        .add_option("results", options->paths,
                    "sides: result files, or folders of them; the first is the base")
        ->required()
        ->type_name("PATH");
    command
        .add_option("--by", options->by,
                    "sides by this label, or value of the result file, instead of by path")
        ->type_name("NAME");
    repeatable(
        command
            .add_option("--figure", options->figures,
                        "instead of delivery.p50, delivery.p99, ack.p50, ack.p99, rate.achieved: such as "
                        "delivery.p99{class=group} (repeatable)")
            ->type_name("FIGURE"));
    command.add_option("--margin", options->margin, "changes below it are nobody's")
        ->transform(share())
        ->default_str("5%")
        ->type_name("SHARE");
    command.add_option("--least", options->least, "nor are changes of a latency by less than this time")
        ->transform(seconds())
        ->default_str("0s")
        ->type_name("TIME");
    repeatable(command.add_option("--out", options->outputs, "html=FILE, json=FILE (repeatable)")
                   ->type_name("FORMAT=PATH"));
    command.add_flag("--json", options->json, "the comparison as JSON on stdout instead of the table");
}

}  // namespace

void add_result_commands(CommandLine& line) {
    add_report(line);
    add_compare(line);
}

}  // namespace hubbub::cli
