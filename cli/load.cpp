#include "cli/load.hpp"

#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "loadgen/adapters/adapter.hpp"
#include "loadgen/check/unchecked.hpp"

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

}  // namespace

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

Status write_outputs(const std::vector<std::string>& outputs, const std::string& json) {
    for (const std::string& output : outputs) {
        if (output.rfind("json=", 0) != 0) return fail("--out " + output + ": this version writes json=FILE");
        const std::string file = output.substr(5);
        std::ofstream stream(file, std::ios::binary | std::ios::trunc);
        stream << json << '\n';
        if (!stream.flush()) return fail("cannot write " + file);
    }
    return {};
}

std::string replay_command(const std::string& subcommand, const ScenarioArguments& arguments,
                           std::uint64_t seed) {
    std::string out = "hubbub " + subcommand + " " + arguments.file + " --seed " + std::to_string(seed);
    for (const std::string& set : arguments.sets) out += " --set " + set;
    return out;
}

}  // namespace hubbub::cli
