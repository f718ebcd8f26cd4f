#include "cli/completion.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace hubbub::cli {
namespace {

/// Whether its value is a path on this machine.
bool takes_path(const CLI::Option& option) {
    const std::string kind = option.get_type_name();
    return kind == "FILE" || kind == "FOLDER" || kind == "PATH";
}

/// 'text' for a shell.
std::string shell_word(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string replaced(std::string text, const std::string& place, const std::string& with) {
    for (std::size_t at = text.find(place); at != std::string::npos; at = text.find(place, at + with.size()))
        text.replace(at, place.size(), with);
    return text;
}

/// Commands one below `app`, by name.
std::string names_below(const CLI::App& app) {
    std::string out;
    for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; }))
        out += (out.empty() ? "" : " ") + one->get_name();
    return out;
}

/// `words` of each option that has choices, as cases of "COMMAND PREVIOUS-WORD".
std::string bash_values(const CommandEntry& entry) {
    std::string out;
    for (const CLI::Option* option : options_of(*entry.command)) {
        const auto choices = choices_of(*option);
        std::string words;
        for (const std::string& choice : choices) words += (words.empty() ? "" : " ") + choice;
        const std::string place = "        '" + entry.path + " " + long_name(*option) + "') ";
        if (!choices.empty())
            out += place + "words=" + shell_word(words) + " ;;\n";
        else if (takes_path(*option))
            out += place + "COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n";
        else if (option->get_items_expected_max() > 0)
            out += place + "return ;;\n";
    }
    return out;
}

constexpr const char* bash_frame = R"(# bash completion of hubbub; made by `hubbub completion bash`.
#   source <(hubbub completion bash)          now
#   hubbub completion bash > ~/.local/share/bash-completion/completions/hubbub          for good
_hubbub() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' word words=''
    COMPREPLY=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $word in
            -*) ;;
            *)
                if [[ -z $command ]]; then
                    command=$word
                elif [[ " @NESTED@ " == *" $command/$word "* ]]; then
                    command+=" $word"
                    break
                else
                    break
                fi
                ;;
        esac
    done
    case "$command $previous" in
@VALUES@    esac
    if [[ -z $words ]]; then
        case $command in
            '') words='@COMMANDS@ --help --version' ;;
@OPTIONS@        esac
        if [[ -n $command && $current != -* && " @PARENTS@ " != *" $command "* ]]; then
            COMPREPLY=($(compgen -f -- "$current"))
            return
        fi
    fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o filenames -F _hubbub hubbub
)";

/// Brackets and colons mean something to _arguments.
std::string zsh_text(std::string text) {
    for (const char* const special : {"\\", "[", "]", ":"}) {
        std::string out;
        for (const char c : text) out += c == *special ? std::string("\\") + c : std::string(1, c);
        text = out;
    }
    return text;
}

std::string zsh_value(const CLI::Option& option) {
    if (const auto choices = choices_of(option); !choices.empty()) {
        std::string words;
        for (const std::string& choice : choices) words += (words.empty() ? "" : " ") + choice;
        return ":value:(" + words + ")";
    }
    if (takes_path(option)) return ":path:_files";
    return option.get_items_expected_max() > 0 ? ":value: " : "";
}

std::string zsh_arguments(const CLI::App& command) {
    std::string out = "_arguments";
    for (const CLI::Option* option : options_of(command))
        out += " \\\n                " +
               shell_word("*" + long_name(*option) + "[" + zsh_text(option->get_description()) + "]" +
                          zsh_value(*option));
    return out + " \\\n                '--help[what it does, with examples]' '*:path:_files'";
}

constexpr const char* zsh_frame = R"(#compdef hubbub
# zsh completion of hubbub; made by `hubbub completion zsh`.
#   source <(hubbub completion zsh)          now
#   hubbub completion zsh > "${fpath[1]}/_hubbub"          for good
_hubbub() {
    local -a commands
    commands=(
@COMMANDS@    )
    if ((CURRENT == 2)); then
        _describe command commands
        return
    fi
    local command=$words[2]
    shift words
    ((CURRENT--))
@NESTED@    case $command in
@CASES@    esac
}
if [[ $funcstack[1] == _hubbub ]]; then _hubbub "$@"; else compdef _hubbub hubbub; fi
)";

}  // namespace

std::vector<CommandEntry> command_entries(const CLI::App& app) {
    std::vector<CommandEntry> out;
    const auto all = [](const CLI::App*) { return true; };
    for (const CLI::App* command : app.get_subcommands(all)) {
        const auto below = command->get_subcommands(all);
        for (const CLI::App* nested : below)
            out.push_back({command->get_name() + " " + nested->get_name(), nested});
        if (below.empty()) out.push_back({command->get_name(), command});
    }
    return out;
}

std::vector<const CLI::Option*> options_of(const CLI::App& command) {
    return command.get_options([](const CLI::Option* option) {
        return option->nonpositional() && option->get_lnames().front() != "help";
    });
}

std::string long_name(const CLI::Option& option) {
    return "--" + option.get_lnames().front();
}

std::vector<std::string> choices_of(const CLI::Option& option) {
    const std::string kind = option.get_type_name();
    std::vector<std::string> out;
    if (kind.find('|') == std::string::npos) return out;
    for (std::size_t from = 0; from <= kind.size();) {
        const std::size_t to = std::min(kind.find('|', from), kind.size());
        out.push_back(kind.substr(from, to - from));
        from = to + 1;
    }
    return out;
}

std::string bash_completion(const CLI::App& app) {
    std::string values, options, nested, parents;
    for (const CommandEntry& entry : command_entries(app)) {
        values += bash_values(entry);
        options += "            '" + entry.path + "') words='";
        for (const CLI::Option* option : options_of(*entry.command)) options += long_name(*option) + " ";
        options += "--help' ;;\n";
        if (const auto space = entry.path.find(' '); space != std::string::npos)
            nested += (nested.empty() ? "" : " ") + replaced(entry.path, " ", "/");
    }
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        if (const std::string below = names_below(*command); !below.empty()) {
            options += "            " + command->get_name() + ") words='" + below + " --help' ;;\n";
            parents += (parents.empty() ? "" : " ") + command->get_name();
        }
    std::string out = replaced(bash_frame, "@VALUES@", values);
    out = replaced(out, "@OPTIONS@", options);
    out = replaced(out, "@NESTED@", nested);
    out = replaced(out, "@PARENTS@", parents);
    return replaced(out, "@COMMANDS@", names_below(app));
}

std::string zsh_completion(const CLI::App& app) {
    std::string commands, cases, nested;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        commands +=
            "        " + shell_word(command->get_name() + ":" + zsh_text(command->get_description())) + "\n";
        if (const std::string below = names_below(*command); !below.empty())
            nested += "    if [[ $command == " + command->get_name() +
                      " ]]; then\n        if ((CURRENT == 2)); then\n            compadd " + below +
                      "\n            return\n        fi\n        command+=\" $words[2]\"\n        shift "
                      "words\n        ((CURRENT--))\n    fi\n";
    }
    for (const CommandEntry& entry : command_entries(app))
        cases += "        " + shell_word(entry.path) + ")\n            " + zsh_arguments(*entry.command) +
                 "\n            ;;\n";
    std::string out = replaced(zsh_frame, "@COMMANDS@", commands);
    out = replaced(out, "@NESTED@", nested);
    return replaced(out, "@CASES@", cases);
}

}  // namespace hubbub::cli
