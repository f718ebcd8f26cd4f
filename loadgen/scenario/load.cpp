// From the bytes of a scenario file to a Scenario, or to the list of everything that is wrong with it.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#define XXH_INLINE_ALL
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <xxhash.h>
#pragma GCC diagnostic pop

#include "loadgen/scenario/extends.hpp"
#include "loadgen/scenario/overrides.hpp"
#include "loadgen/scenario/reused_reader.hpp"
#include "loadgen/scenario/scenario.hpp"
#include "loadgen/scenario/table_reader.hpp"
#include "loadgen/scenario/trace_file.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// Of the files and of everything that changed it, each with its length, so that no two inputs look the same.
std::string hash_of(const std::vector<std::string>& texts, const LoadOptions& options,
                    std::uint64_t own_seed = 0) {
    std::string all;
    const auto add = [&](std::string_view part) {
        all += std::to_string(part.size()) + ":" + std::string(part);
    };
    for (const std::string& text : texts) add(text);
    for (const auto& [path, value] : options.sets) {
        add(path);
        add(value);
    }
    // The command that replays a run names the seed: that alone makes it no other scenario.
    if (options.seed && *options.seed != own_seed) add("seed " + std::to_string(*options.seed));
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

/// At most one byte more than `most`, to see that it is too long.
Result<std::string> bytes_of(const std::string& path, std::size_t most) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail("cannot be opened");
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    std::string text(error ? most + 1 : std::min<std::size_t>(size, most) + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || (file.fail() && !file.eof())) return fail("cannot be read");
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

/// Whether a file lies outside the folder, by a link that its name does not show.
bool leaves(const std::filesystem::path& folder, const std::string& file) {
    std::error_code error;
    const auto inside = std::filesystem::weakly_canonical(folder.empty() ? "." : folder, error);
    const auto target = std::filesystem::weakly_canonical(file, error);
    return error ||
           std::mismatch(inside.begin(), inside.end(), target.begin(), target.end()).first != inside.end();
}

}  // namespace

Result<Scenario> load_scenario_text(std::string_view text, const std::string& file_name,
                                    const LoadOptions& options) {
    ScenarioErrors errors(file_name);
    std::vector<std::string> texts = {std::string(text)};
    YamlNode root;
    if (!parse_yaml(text, 0, root, errors) || !extend(root, file_name, options, errors, texts))
        return fail(errors.text());
    apply_sets(root, options, errors);
    expand_environment(root, options.environment, errors);
    Draft draft;
    read_by_table(root, draft, errors);
    draft.scenario.file = file_name;
    if (errors.empty()) read_reused(draft, options, errors, texts);
    if (errors.empty()) check_draft(draft, errors);
    const std::string& vary = draft.scenario.find.vary;
    if (!vary.empty() && !names_a_value(root, vary))
        errors.add(draft.given["find.vary"],
                   "find.vary: " + hubbub::quoted(vary) + " names no value of this scenario");
    Scenario& scenario = draft.scenario;
    if (errors.empty()) read_traces(scenario, options, errors);
    if (!errors.empty()) return fail(errors.text());
    scenario.sources = errors.sources();
    scenario.text_hash = hash_of(texts, options, scenario.seed);
    if (scenario.name.empty()) scenario.name = stem(file_name);
    if (scenario.online == 0) scenario.online = scenario.users;
    if (options.seed) scenario.seed = *options.seed;
    return std::move(scenario);
}

Result<Scenario> load_scenario_file(const std::string& path, const LoadOptions& options) {
    LoadOptions with_files = options;
    if (!with_files.read_file) {
        with_files.read_file = [folder = std::filesystem::path(path).parent_path()](const std::string& base) {
            return leaves(folder, base) ? Result<std::string>(fail("leads out of the scenario's folder"))
                                        : bytes_of(base, trace_bytes_max);
        };
    }
    const auto text = bytes_of(path, limits::scenario_bytes_max);
    if (!text.has_value()) return fail(path + ":1:1: " + text.error().message);
    auto scenario = load_scenario_text(*text, path, with_files);
    if (!scenario || scenario->target.mapping.empty()) return scenario;
    Target& target = scenario->target;
    // A mapping stands beside the scenario that names it.
    target.mapping = (std::filesystem::path(path).parent_path() / target.mapping).string();
    auto mapping = bytes_of(target.mapping, limits::scenario_bytes_max);
    if (!mapping) return fail(target.mapping + ":1:1: " + mapping.error().message);
    target.mapping_text = std::move(*mapping);
    // What it says changes what the run does.
    scenario->text_hash = hash_of({scenario->text_hash, target.mapping_text}, {});
    return scenario;
}

}  // namespace hubbub
