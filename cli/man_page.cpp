#include <CLI/CLI.hpp>

#include "cli/completion.hpp"

namespace hubbub::cli {
namespace {

/// Text as roff prints it as it is.
std::string roff(std::string_view text) {
    std::string out;
    bool begins = true;
    for (const char c : text) {
        if (begins && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
        begins = c == '\n';
    }
    return out;
}

/// Lines as they stand, in a font of equal widths.
std::string as_typed(std::string_view text) {
    while (!text.empty() && text.front() == '\n') text.remove_prefix(1);
    while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
    return ".nf\n" + roff(text) + "\n.fi\n";
}

std::string option_text(const CLI::Option& option) {
    std::string head = "\\fB" + roff(long_name(option)) + "\\fR";
    if (!option.get_snames().empty()) head = "\\fB\\-" + option.get_snames().front() + "\\fR, " + head;
    if (option.get_items_expected_max() > 0 && option.get_items_expected_min() > 0) {
        const std::string kind = option.get_type_name();
        head += " \\fI" + roff(kind.empty() ? "VALUE" : kind) + "\\fR";
    }
    std::string out = ".TP\n" + head + "\n" + roff(option.get_description());
    if (!option.get_default_str().empty()) out += " (default: " + roff(option.get_default_str()) + ")";
    return out + "\n";
}

/// "hubbub run [OPTIONS] [scenario]"
std::string usage_of(const CommandEntry& entry) {
    std::string out = "\\fBhubbub " + roff(entry.path) + "\\fR [\\fIOPTIONS\\fR]";
    for (const CLI::Option* option :
         entry.command->get_options([](const CLI::Option* one) { return one->get_positional(); })) {
        const std::string many = option->get_items_expected_max() > 1 ? "..." : "";
        const std::string name = "\\fI" + roff(option->get_single_name()) + "\\fR" + many;
        out += option->get_required() ? " " + name : " [" + name + "]";
    }
    return out + "\n";
}

std::string command_text(const CommandEntry& entry) {
    std::string out = ".SS hubbub " + roff(entry.path) + "\n" + usage_of(entry) + ".PP\n" +
                      roff(entry.command->get_description()) + ".\n";
    for (const CLI::Option* option :
         entry.command->get_options([](const CLI::Option* one) { return one->get_positional(); }))
        out +=
            ".TP\n\\fI" + roff(option->get_single_name()) + "\\fR\n" + roff(option->get_description()) + "\n";
    for (const CLI::Option* option : options_of(*entry.command)) out += option_text(*option);
    std::string examples = entry.command->get_footer();
    if (const auto at = examples.find("Examples:\n"); at != std::string::npos)
        examples = examples.substr(at + 10);
    if (!examples.empty()) out += ".PP\nExamples:\n.PP\n" + as_typed(examples);
    return out;
}

constexpr const char* environment = R"(.SH ENVIRONMENT
.TP
\fBHUBBUB_SERVE_*\fR
settings of \fBhubbub serve\fR: see \fBhubbub config explain\fR
.TP
\fBHUBBUB_JWT_SECRET\fR
the key of \fBhubbub token\fR, unless \-\-key says otherwise
.TP
\fBHUBBUB_ADMIN_TOKEN\fR
the administrators' token, for \fBhubbub backup\fR
.TP
\fBNO_COLOR\fR
no colours
.TP
\fBGITHUB_ACTIONS\fR
\fBtrue\fR: what is wrong is annotated, and the job's summary written
)";

}  // namespace

std::string man_page(const CLI::App& app) {
    std::string out = ".\\\" Made by `hubbub man`.\n.TH HUBBUB 1 \"\" \"hubbub " HUBBUB_VERSION
                      "\" \"User Commands\"\n.SH NAME\nhubbub \\- load\\-tests chat backends, and judges "
                      "every message\n.SH SYNOPSIS\n.nf\n";
    for (const CommandEntry& entry : command_entries(app)) out += usage_of(entry);
    out +=
        ".fi\n.SH DESCRIPTION\nhubbub simulates the users of a chat, measures from the intended send time, "
        "and tells loss, duplication, reordering,\ndisagreement, corruption and leaks apart. It brings a "
        "reference server along, a proxy of faults, and a world of virtual time.\nThe language of scenarios "
        "is described in docs/SCENARIOS.md.\n.SH COMMANDS\n";
    for (const CommandEntry& entry : command_entries(app)) out += command_text(entry);
    const std::string footer = app.get_footer();
    const std::size_t examples = footer.find("\nExamples:");
    out += ".SH EXIT STATUS\n" + as_typed(std::string_view(footer).substr(0, examples)) + environment;
    return out +
           ".SH FILES\n.TP\nscenarios/*.yaml\nscenarios to run and to start from; \\fBhubbub init\\fR writes "
           "one\n";
}

}  // namespace hubbub::cli
