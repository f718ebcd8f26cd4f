#include "cli/load.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "cli/embedded_settings.hpp"
#include "cli/github.hpp"
#include "loadgen/adapters/adapter.hpp"
#include "loadgen/check/unchecked.hpp"
#include "loadgen/report/output_formats.hpp"

namespace hubbub::cli {
namespace {

std::map<std::string, std::string> environment_variables() {
    std::map<std::string, std::string> out;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text(*entry);
        if (const auto equals = text.find('='); equals != std::string_view::npos)
            out.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

struct ParsedOutput {
    const OutputFormat* format = nullptr;
    std::string path;
};

Result<ParsedOutput> parse_output(const std::string& output) {
    const auto equals = output.find('=');
    const OutputFormat* const format = find_output_format(output.substr(0, equals));
    if (format == nullptr)
        return fail("--out " + output + ": no such format; there are " + output_format_names());
    if (format->write == nullptr)
        return fail("--out " + output + ": `" + std::string(format->name) + "` is not built in this version");
    if (equals == std::string::npos || equals + 1 == output.size())
        return fail("--out " + output + ": expected " + std::string(format->name) + "=" +
                    (format->folder ? "FOLDER" : "FILE"));
    return ParsedOutput{format, output.substr(equals + 1)};
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (!stream) return fail("cannot read " + path);
    return text;
}

Status write_file(const std::string& path, const std::string& text) {
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream << text;
    if (!stream.flush()) return fail("cannot write " + path);
    return {};
}

std::string own_program() {
    char path[4096];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    return length > 0 ? std::string(path, static_cast<std::size_t>(length)) : "hubbub";
}

int usage_error(const std::string& message) {
    std::fprintf(stderr, "hubbub: %s\n", message.c_str());
    return exit_usage;
}

Result<std::shared_ptr<const Scenario>> load(const ScenarioArguments& arguments) {
    LoadOptions options;
    options.environment = environment_variables();
    options.seed = arguments.seed;
    for (const std::string& set : arguments.sets) {
        const auto equals = set.find('=');
        if (equals == std::string::npos || equals == 0)
            return fail("--set " + set + ": expected path=value, such as --set population.users=1000");
        options.sets.emplace_back(set.substr(0, equals), set.substr(equals + 1));
    }
    auto scenario = arguments.text.empty() ? load_scenario_file(arguments.file, options)
                                           : load_scenario_text(arguments.text, arguments.file, options);
    if (!scenario) return scenario.error();
    if (const auto settings = embedded_settings(*scenario); !settings) return settings.error();
    const auto adapter = make_adapter(scenario->target);
    if (!adapter) return adapter.error();
    std::string impossible;
    for (const std::string& one : cannot_expect(*scenario, (*adapter)->abilities()))
        impossible += (impossible.empty() ? "" : "\n") + one;
    if (!impossible.empty()) return fail(impossible);
    return std::make_shared<const Scenario>(std::move(*scenario));
}

Result<std::shared_ptr<const Plan>> load_plan(const ScenarioArguments& arguments) {
    auto scenario = load(arguments);
    if (!scenario) return scenario.error();
    return make_plan(*scenario);
}

namespace {

Status write_outputs(const std::vector<std::string>& outputs, const RunResult& result) {
    for (const std::string& output : outputs) {
        const auto parsed = parse_output(output);
        if (!parsed) return parsed.error();
        if (parsed->format->folder) {
            std::error_code error;
            std::filesystem::create_directories(parsed->path, error);
            if (error) return fail("cannot make the folder " + parsed->path + ": " + error.message());
        }
        for (const OutputFile& file : parsed->format->write(result)) {
            const std::string path = file.name.empty() ? parsed->path : parsed->path + "/" + file.name;
            if (Status written = write_file(path, file.text); !written) return written;
        }
    }
    return {};
}

}  // namespace

Status check_results(const ResultArguments& arguments) {
    for (const std::string& output : arguments.outputs) {
        const auto parsed = parse_output(output);
        if (!parsed) return parsed.error();
    }
    for (const std::string& label : arguments.labels)
        if (const auto equals = label.find('='); equals == 0 || equals == std::string::npos)
            return fail("--label " + label + ": expected name=value, such as --label build=7f3a");
    return {};
}

int hand_out(const ResultArguments& arguments, RunResult& result, bool colour) {
    for (const std::string& label : arguments.labels) {
        const auto equals = label.find('=');
        result.in.labels[label.substr(0, equals)] = label.substr(equals + 1);
    }
    if (const Status written = write_outputs(arguments.outputs, result); !written)
        return usage_error(written.error().message);
    tell_github(result);
    std::fputs((arguments.json ? to_json(result) + "\n" : to_summary(result, colour)).c_str(), stdout);
    return exit_code(result.verdict);
}

std::string replay_command(const std::string& subcommand, const ScenarioArguments& arguments,
                           std::uint64_t seed) {
    std::string out = "hubbub " + subcommand + " " + arguments.file + " --seed " + std::to_string(seed);
    for (const std::string& set : arguments.sets) out += " --set " + set;
    return out;
}

}  // namespace hubbub::cli
