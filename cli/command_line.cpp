#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

namespace hubbub::cli {
namespace {

constexpr const char* exit_codes = R"(
Exit codes (the first that applies):
   70  a bug of hubbub            2  usage or bad scenario     3  target not reachable
    4  correctness violated     130  interrupted               5  inconclusive or unverified: never a pass
   99  an SLO missed              0  passed; of a search (find): 0  bracketed, 5  not
    1  backup or restore failed      of compare: 0  same or better, 99  worse, 5  undecided

Examples:
  hubbub run scenarios/demo.yaml                                  the embedded server under load, with a verdict
  hubbub run scenarios/smoke.yaml --url ws://127.0.0.1:8080/chat  the same against a server that runs already
  hubbub run --url ws://127.0.0.1:8080/chat --users 100 --for 30s no scenario: everybody writes every ten seconds
  hubbub sim scenarios/smoke.yaml                                 the same users, server and checks in virtual time
  hubbub plan scenarios/channel-25k.yaml                          what it will do and need, before it does it
  hubbub serve --listen 127.0.0.1:8080 --data chat.db             the reference server alone
  hubbub proxy --listen 127.0.0.1:9000 --upstream 127.0.0.1:8080  faults between any client and any server
  hubbub compare before/ after/                                   better, same, worse or undecided
Each command has examples of its own: hubbub COMMAND --help)";

}  // namespace

CommandLine::CommandLine()
    : app_("hubbub: load tests and judges chat backends, and brings one along", "hubbub") {
    app_.set_version_flag("--version", "hubbub " HUBBUB_VERSION);
    app_.require_subcommand(1);
    app_.footer(exit_codes);
    add_run_commands(*this);
    add_result_commands(*this);
    add_server_commands(*this);
    add_shell_commands(*this);
}

CLI::App* CommandLine::add(const std::string& name, const std::string& what, const std::string& examples,
                           Call call) {
    CLI::App* const command = app_.add_subcommand(name, what);
    command->footer("\nExamples:\n" + examples);
    calls(command, std::move(call));
    return command;
}

int CommandLine::run(int argc, char** argv) {
    try {
        app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app_.exit(error) == 0 ? 0 : exit_usage;  // CLI11's own codes (105, 109 ...) are not ours
    }
    try {
        for (const auto& [command, call] : calls_)
            if (command->parsed()) return call();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "hubbub: bug: %s\n", error.what());
    }
    return exit_bug;
}

void repeatable(CLI::Option* option) {
    option->take_all()->allow_extra_args(false);
}

}  // namespace hubbub::cli
