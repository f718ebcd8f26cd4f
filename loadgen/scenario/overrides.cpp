#include "loadgen/scenario/overrides.hpp"

#include <array>
#include <optional>

#include "loadgen/scenario/units.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

/// The keys whose value names an entry of a list.
constexpr std::array<std::string_view, 3> naming_keys = {"phase", "class", "behavior"};

bool is_named(const YamlNode& entry, std::string_view name) {
    for (const std::string_view key : naming_keys) {
        const YamlNode* value = entry.find(key);
        if (value != nullptr) return value->text == name;
    }
    return false;
}

/// The entry of a list that a step of a path means, or the reason why none.
struct Found {
    YamlNode* node = nullptr;
    std::string why;
};

Found entry_of(YamlNode& list, std::string_view step) {
    if (step == "+") return {&list.items.emplace_back(), ""};
    if (step.find_first_not_of("0123456789") == std::string_view::npos) {
        const auto index = parse_count(step);
        if (index && *index == list.items.size()) return {&list.items.emplace_back(), ""};
        if (!index || *index > list.items.size())
            return {nullptr,
                    "the list has " + std::to_string(list.items.size()) + " entries, counted from 0"};
        return {&list.items[*index], ""};
    }
    Found found{nullptr, "no entry of the list is named " + quoted(step)};
    for (YamlNode& entry : list.items) {
        if (!is_named(entry, step)) continue;
        if (found.node != nullptr)
            return {nullptr, "several entries are named " + quoted(step) + ": give the position"};
        found = {&entry, ""};
    }
    return found;
}

Found step_into(YamlNode& node, std::string_view step) {
    if (step.empty()) return {nullptr, "an empty step in the path"};
    // No name of a map begins with 0 or +: a list that is not there yet begins with them.
    if (node.kind == YamlNode::Kind::nothing && (step == "0" || step == "+"))
        node.kind = YamlNode::Kind::list;
    if (node.kind == YamlNode::Kind::list) return entry_of(node, step);
    if (node.kind == YamlNode::Kind::scalar) node.text = node.written = "";
    node.kind = YamlNode::Kind::map;  // a scalar on the way gives way: size=5 becomes size: {min: ...}
    if (YamlNode* value = node.find(step)) return {value, ""};
    YamlNode::Entry& added = node.entries.emplace_back();
    added.key = step;
    return {&added.value, ""};
}

void apply_set(YamlNode& root, std::string_view path, const std::string& value, ScenarioErrors& errors) {
    const std::uint32_t source = errors.add_source("--set " + std::string(path.substr(0, 200)));
    const Mark mark{source, 1, 1};
    if (path == "extends") {
        errors.add(mark, "extends stands in the file: it is followed before --set");
        return;
    }
    YamlNode* node = &root;
    std::size_t depth = 0;
    for (std::string_view rest = path; node != nullptr;) {
        if (++depth > limits::scenario_depth_max) {
            errors.add(mark, "the path is too deep");
            return;
        }
        const std::size_t dot = rest.find('.');
        Found found = step_into(*node, rest.substr(0, dot));
        if (found.node == nullptr) {
            errors.add(mark, found.why);
            return;
        }
        // What a --set makes has its place there, also for errors about it.
        if (found.node->kind == YamlNode::Kind::nothing) {
            found.node->mark = mark;
            if (node->kind == YamlNode::Kind::map && found.node == &node->entries.back().value)
                node->entries.back().key_mark = mark;
        }
        node = found.node;
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    YamlNode parsed;
    if (parse_yaml(value, source, parsed, errors)) *node = std::move(parsed);
}

bool is_variable(std::string_view name) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    if (name.empty() || !letter(name[0])) return false;
    for (const char c : name)
        if (!letter(c) && !(c >= '0' && c <= '9')) return false;
    return true;
}

/// The text with all ${...} replaced; nothing (and an error) when one has no value.
std::optional<std::string> expanded(const YamlNode& node,
                                    const std::map<std::string, std::string>& environment,
                                    ScenarioErrors& errors) {
    std::string out;
    std::string_view rest = node.text;
    for (std::size_t open = rest.find("${"); open != std::string_view::npos; open = rest.find("${")) {
        const std::size_t close = rest.find('}', open);
        if (close == std::string_view::npos) {
            errors.add(node.mark, quoted(node.text) + ": ${ without }");
            return std::nullopt;
        }
        out += rest.substr(0, open);
        const std::string_view inside = rest.substr(open + 2, close - open - 2);
        const std::size_t fallback = inside.find(":-");
        const std::string name(inside.substr(0, fallback));
        const auto value = environment.find(name);
        if (!is_variable(name)) {
            errors.add(node.mark, quoted(node.text) + ": expected ${VAR} or ${VAR:-default}");
            return std::nullopt;
        }
        if (value != environment.end() && !(value->second.empty() && fallback != std::string_view::npos)) {
            out += value->second;
        } else if (fallback != std::string_view::npos) {
            out += inside.substr(fallback + 2);
        } else {
            errors.add(node.mark, "the environment has no " + name + " (a default: ${" + name + ":-value})");
            return std::nullopt;
        }
        rest.remove_prefix(close + 1);
    }
    return out + std::string(rest);
}

}  // namespace

void apply_sets(YamlNode& root, const LoadOptions& options, ScenarioErrors& errors) {
    for (const auto& [path, value] : options.sets) apply_set(root, path, value, errors);
}

bool names_a_value(const YamlNode& root, std::string_view path) {
    const std::size_t dot = path.find('.');
    const std::string_view step = path.substr(0, dot);
    const YamlNode* next = nullptr;
    if (root.kind == YamlNode::Kind::map) next = root.find(step);
    if (root.kind == YamlNode::Kind::list) {
        const auto index = parse_count(step);
        for (std::size_t i = 0; i < root.items.size(); ++i)
            if (index ? *index == i : is_named(root.items[i], step)) next = &root.items[i];
    }
    if (next == nullptr) return false;
    return dot == std::string_view::npos ? next->kind == YamlNode::Kind::scalar
                                         : names_a_value(*next, path.substr(dot + 1));
}

void expand_environment(YamlNode& root, const std::map<std::string, std::string>& environment,
                        ScenarioErrors& errors) {
    if (root.kind == YamlNode::Kind::scalar) {
        if (root.text.find("${") == std::string::npos) return;
        if (auto text = expanded(root, environment, errors)) root.text = std::move(*text);
    }
    for (YamlNode& item : root.items) expand_environment(item, environment, errors);
    for (YamlNode::Entry& entry : root.entries) expand_environment(entry.value, environment, errors);
}

}  // namespace hubbub
