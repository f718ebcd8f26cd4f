#include "cli/serve_config.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "loadgen/scenario/yaml_tree.hpp"
#include "protocol/limits.hpp"

namespace hubbub::cli {
namespace {

constexpr std::string_view prefix = "HUBBUB_SERVE_";

struct Found {
    std::string text, from;
};
using Layer = std::map<std::string_view, Found>;  // by key of the table

std::string did_you_mean_key(std::string_view name) {
    std::vector<std::string_view> names;
    for (const ServeKey& key : serve_keys()) names.push_back(key.name);
    return did_you_mean(name, names);
}

Result<std::string> read_file(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), std::fclose);
    if (!file) return fail(path + ": cannot be read");
    // One byte more than is allowed: the parser refuses it by size.
    std::string text(limits::scenario_bytes_max + 1, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (std::ferror(file.get())) return fail(path + ": cannot be read");
    return text;
}

void read_entry(const YamlNode::Entry& entry, const std::string& path, Layer& layer, ScenarioErrors& errors) {
    if (entry.refused || entry.value.kind == YamlNode::Kind::refused) return;
    const ServeKey* const key = find_serve_key(entry.key);
    if (!key)
        return errors.add(entry.key_mark, "unknown key " + quoted(entry.key) + did_you_mean_key(entry.key));
    const Mark mark = entry.value.mark;
    if (entry.value.kind != YamlNode::Kind::scalar)
        return errors.add(mark, std::string(key->name) + " is one value, not a list, a map or nothing");
    if (const auto parsed = parse_serve_value(*key, entry.value.text); !parsed)
        return errors.add(mark, parsed.error().message);
    layer[key->name] = {entry.value.text,
                        "file " + path + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column)};
}

Layer from_file(const std::string& path, std::string& wrong) {
    Layer layer;
    if (path.empty()) return layer;
    const auto text = read_file(path);
    if (!text) {
        wrong += text.error().message + "\n";
        return layer;
    }
    ScenarioErrors errors(path);
    YamlNode root;
    if (parse_yaml(*text, 0, root, errors)) {
        if (root.kind == YamlNode::Kind::map) {
            for (const auto& entry : root.entries) read_entry(entry, path, layer, errors);
        } else if (root.kind != YamlNode::Kind::nothing) {
            errors.add(root.mark, "a configuration is a map of keys (docs/OPERATIONS.md)");
        }
    }
    if (!errors.empty()) wrong += errors.text() + "\n";
    return layer;
}

/// An unknown variable is refused too: a misspelt one would be a setting that silently is not there.
Layer from_environment(const char* const* environment, std::string& file, std::string& wrong) {
    Layer layer;
    for (; *environment; ++environment) {
        const std::string_view line(*environment);
        if (line.substr(0, prefix.size()) != prefix) continue;
        const std::size_t equals = std::min(line.find('='), line.size());
        const std::string variable(line.substr(0, equals));
        const std::string_view text = line.substr(std::min(equals + 1, line.size()));
        std::string name = variable.substr(prefix.size());
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        if (name == "config") {
            if (file.empty()) file = text;
            continue;
        }
        const ServeKey* const key = find_serve_key(name);
        if (!key) {
            wrong +=
                "environment " + variable + ": unknown key " + quoted(name) + did_you_mean_key(name) + "\n";
            continue;
        }
        if (const auto parsed = parse_serve_value(*key, text); !parsed)
            wrong += "environment " + variable + ": " + parsed.error().message + "\n";
        else
            layer[key->name] = {std::string(text), "environment " + variable};
    }
    return layer;
}

Layer from_flags(const std::map<std::string, std::string>& flags, std::string& wrong) {
    Layer layer;
    for (const auto& [name, text] : flags) {
        const ServeKey& key = *find_serve_key(name);
        if (const auto parsed = parse_serve_value(key, text); !parsed)
            wrong += flag_of(key) + ": " + parsed.error().message + "\n";
        else
            layer[key.name] = {text, "flag " + flag_of(key)};
    }
    return layer;
}

}  // namespace

Result<ServeConfig> serve_config(const ServeArguments& arguments, const char* const* environment) {
    ServeConfig config;
    config.file = arguments.config;
    std::string wrong;
    const Layer flags = from_flags(arguments.flags, wrong);
    const Layer variables = from_environment(environment, config.file, wrong);
    const Layer file = from_file(config.file, wrong);
    if (!wrong.empty()) return fail(wrong.substr(0, wrong.size() - 1));
    for (const ServeKey& key : serve_keys()) {
        Found found{std::string(key.fallback), "default"};
        for (const Layer* layer : {&file, &variables, &flags})
            if (const auto given = layer->find(key.name); given != layer->end()) found = given->second;
        // Nothing written and nothing to fall back to: the option's own initial value stands.
        if (found.from != "default" || !key.fallback.empty())
            key.set(config.options, *parse_serve_value(key, found.text));
        config.settings.push_back({&key, found.text, found.from});
    }
    config.options.ready_fd = arguments.ready_fd;
    config.options.control_fd = arguments.control_fd;
    return config;
}

std::string explain(const ServeConfig& config) {
    const auto shown = [](const ServeSetting& setting) -> std::string {
        if (setting.written.empty()) return "-";
        return setting.key->secret ? "<redacted>" : setting.written;
    };
    std::size_t key_width = 0, value_width = 0;
    for (const auto& setting : config.settings) {
        key_width = std::max(key_width, setting.key->name.size());
        value_width = std::max(value_width, shown(setting).size());
    }
    std::string out;
    for (const auto& setting : config.settings) {
        const std::string value = shown(setting);
        out += std::string(setting.key->name) + std::string(key_width + 2 - setting.key->name.size(), ' ') +
               value + std::string(value_width + 2 - value.size(), ' ') + setting.from + "\n";
    }
    return out;
}

}  // namespace hubbub::cli
