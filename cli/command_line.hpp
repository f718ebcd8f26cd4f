// The command line as a table: every command with its options, its examples and what it calls. Help,
// completions and the man page are made of it. Built once by main; the only files that know CLI11 are
// command_line*.cpp.
#pragma once

#include <CLI/App.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"

namespace hubbub::cli {

class CommandLine {
  public:
    CommandLine();
    /// Parses and calls; the exit code of the program.
    int run(int argc, char** argv);
    [[nodiscard]] const CLI::App& app() const { return app_; }

    // ---- for those who add commands, one group of them a file
    using Call = std::function<int()>;
    CLI::App* add(const std::string& name, const std::string& what, const std::string& examples, Call call);
    CLI::App& app() { return app_; }
    void calls(CLI::App* command, Call call) { calls_.emplace_back(command, std::move(call)); }

  private:
    CLI::App app_;
    std::vector<std::pair<CLI::App*, Call>> calls_;
};

void add_run_commands(CommandLine& line);     ///< run, sim, repeat, plan, validate, init, schema
void add_result_commands(CommandLine& line);  ///< report, compare
void add_server_commands(CommandLine& line);  ///< serve, config, token, backup, restore, proxy
void add_shell_commands(CommandLine& line);   ///< completion, man

/// "a,b=c" and so on: an option that may be given many times, one value each.
void repeatable(CLI::Option* option);

}  // namespace hubbub::cli
