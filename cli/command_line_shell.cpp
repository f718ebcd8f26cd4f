// Commands for shells and manuals.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cli/command_line.hpp"
#include "cli/completion.hpp"

namespace hubbub::cli {

void add_shell_commands(CommandLine& line) {
    const auto shell = std::make_shared<std::string>();
    CLI::App& command = *line.add(
        "completion", "print the completions of a shell",
        "  source <(hubbub completion bash)\n"
        "  hubbub completion zsh > \"${fpath[1]}/_hubbub\"",
        [shell, &line] {
            std::fputs((*shell == "zsh" ? zsh_completion(line.app()) : bash_completion(line.app())).c_str(),
                       stdout);
            return 0;
        });
    command.add_option("shell", *shell, "bash or zsh")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh"}))
        ->type_name("SHELL");
    line.add("man", "print the man page",
             "  hubbub man > ~/.local/share/man/man1/hubbub.1\n  hubbub man | man -l -", [&line] {
                 std::fputs(man_page(line.app()).c_str(), stdout);
                 return 0;
             });
}

}  // namespace hubbub::cli
