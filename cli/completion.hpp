// Shell completions and the man page, made from the same table of commands as --help.
// Pure functions over the command line; one thread.
#pragma once

#include <string>

#include "cli/command_line.hpp"

namespace hubbub::cli {

std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);
/// roff with the man macros, section 1.
std::string man_page(const CLI::App& app);

/// A command or a subcommand of one, by its path: "run", "config explain".
struct CommandEntry {
    std::string path;
    const CLI::App* command = nullptr;
};
/// Every command that is called, in the order of help.
std::vector<CommandEntry> command_entries(const CLI::App& app);
/// Its options but --help; positionals are not among them.
std::vector<const CLI::Option*> options_of(const CLI::App& command);
/// "--output" of "-o,--output".
std::string long_name(const CLI::Option& option);
/// The values of an option that takes one of a few: "none|memory" as two words; empty: anything.
std::vector<std::string> choices_of(const CLI::Option& option);

}  // namespace hubbub::cli
