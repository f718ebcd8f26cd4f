// From the bytes of a scenario file to a Scenario, or to the list of everything that is wrong with it.
#include <cstdio>
#include <fstream>

#define XXH_INLINE_ALL
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <xxhash.h>
#pragma GCC diagnostic pop

#include "loadgen/scenario/overrides.hpp"
#include "loadgen/scenario/scenario.hpp"
#include "loadgen/scenario/table_reader.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// Of the file and of everything that changed it, each with its length, so that no two inputs look the same.
std::string hash_of(std::string_view text, const LoadOptions& options) {
    std::string all;
    const auto add = [&](std::string_view part) {
        all += std::to_string(part.size()) + ":" + std::string(part);
    };
    add(text);
    for (const auto& [path, value] : options.sets) {
        add(path);
        add(value);
    }
    if (options.seed) add("seed " + std::to_string(*options.seed));
    char hex[17];
    std::snprintf(hex, sizeof hex, "%016llx",
                  static_cast<unsigned long long>(XXH3_64bits(all.data(), all.size())));
    return hex;
}

/// "scenarios/demo.yaml" -> "demo"
std::string stem(const std::string& path) {
    const std::size_t slash = path.find_last_of('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    const std::size_t dot = name.rfind('.');
    return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

}  // namespace

Result<Scenario> load_scenario_text(std::string_view text, const std::string& file_name,
                                    const LoadOptions& options) {
    ScenarioErrors errors(file_name);
    YamlNode root;
    if (!parse_yaml(text, 0, root, errors)) return fail(errors.text());
    apply_sets(root, options, errors);
    expand_environment(root, options.environment, errors);
    Draft draft;
    read_by_table(root, draft, errors);
    if (errors.empty()) check_draft(draft, errors);
    if (!errors.empty()) return fail(errors.text());
    Scenario& scenario = draft.scenario;
    scenario.file = file_name;
    scenario.text_hash = hash_of(text, options);
    if (scenario.name.empty()) scenario.name = stem(file_name);
    if (scenario.online == 0) scenario.online = scenario.users;
    if (options.seed) scenario.seed = *options.seed;
    return std::move(scenario);
}

Result<Scenario> load_scenario_file(const std::string& path, const LoadOptions& options) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(path + ":1:1: cannot be opened");
    std::string text(limits::scenario_bytes_max + 1,
                     '\0');  // one more than allowed, to see that it is too long
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (file.fail() && !file.eof())) return fail(path + ":1:1: cannot be read");
    text.resize(static_cast<std::size_t>(file.gcount()));
    return load_scenario_text(text, path, options);
}

}  // namespace hubbub
