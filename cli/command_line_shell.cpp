// Commands for shells and manuals.
#include "cli/command_line.hpp"

namespace hubbub::cli {

void add_shell_commands(CommandLine&) {}

}  // namespace hubbub::cli
