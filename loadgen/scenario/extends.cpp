#include "loadgen/scenario/extends.hpp"

#include <algorithm>
#include <optional>

#include "loadgen/scenario/overrides.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

std::size_t nodes_of(const YamlNode& node) {
    std::size_t sum = 1;
    for (const YamlNode& item : node.items) sum += nodes_of(item);
    for (const YamlNode::Entry& entry : node.entries) sum += 1 + nodes_of(entry.value);
    return sum;
}

/// `over` on top of `base`; ends up in `over`. The base's keys come first, as if they had been written above.
void merge(YamlNode base, YamlNode& over) {
    std::vector<YamlNode::Entry> merged;
    std::vector<YamlNode::Entry*> taken;
    for (YamlNode::Entry& below : base.entries) {
        const auto above = std::find_if(over.entries.begin(), over.entries.end(),
                                        [&](const YamlNode::Entry& entry) { return entry.key == below.key; });
        if (above == over.entries.end()) {
            merged.push_back(std::move(below));
            continue;
        }
        taken.push_back(&*above);
        if (above->value.kind == YamlNode::Kind::nothing && !above->refused) continue;  // taken away
        if (above->value.kind == YamlNode::Kind::map && below.value.kind == YamlNode::Kind::map)
            merge(std::move(below.value), above->value);
        merged.push_back(std::move(*above));
    }
    for (YamlNode::Entry& entry : over.entries)
        if (std::find(taken.begin(), taken.end(), &entry) == taken.end()) merged.push_back(std::move(entry));
    over.entries = std::move(merged);
}

/// The path that `step` means when it stands in the file `from`, both relative to one folder; nothing when it
/// leaves the folder or names none of its files.
std::optional<std::string> resolved(std::string_view from, std::string_view step) {
    if (step.empty() || step.front() == '/' || step.find('\\') != std::string_view::npos) return std::nullopt;
    std::vector<std::string_view> parts;
    const auto walk = [&](std::string_view path) {
        while (!path.empty()) {
            const std::size_t end = std::min(path.find('/'), path.size());
            const std::string_view part = path.substr(0, end);
            path.remove_prefix(std::min(end + 1, path.size()));
            if (part == "..") {
                if (parts.empty()) return false;
                parts.pop_back();
            } else if (!part.empty() && part != ".") {
                parts.push_back(part);
            }
        }
        return true;
    };
    walk(from.substr(0, from.find_last_of('/') + 1));
    if (!walk(step) || parts.empty()) return std::nullopt;
    std::string out;
    for (const std::string_view part : parts) out.append(out.empty() ? "" : "/").append(part);
    return out;
}

class Extender {
  public:
    Extender(const std::string& file_name, const LoadOptions& options, ScenarioErrors& errors,
             std::vector<std::string>& texts)
        : folder_(file_name.substr(0, file_name.find_last_of('/') + 1)),
          options_(options),
          errors_(errors),
          texts_(texts),
          chain_{file_name.substr(folder_.size())} {}

    bool extend(YamlNode& root) {
        const auto entry = std::find_if(root.entries.begin(), root.entries.end(),
                                        [](const YamlNode::Entry& e) { return e.key == "extends"; });
        if (entry == root.entries.end() || entry->refused) return true;
        YamlNode named = std::move(entry->value);
        root.entries.erase(entry);
        const std::size_t before = errors_.size();
        expand_environment(named, options_.environment, errors_);
        if (errors_.size() != before) return false;
        const auto path = base_path(named);
        if (!path) return false;
        YamlNode base;
        if (!read(named.mark, *path, base)) return false;
        chain_.push_back(*path);
        if (!extend(base)) return false;
        merge(std::move(base), root);
        if (nodes_of(root) <= limits::scenario_nodes_max) return true;
        return refuse(named.mark, "the files together have more than " +
                                      std::to_string(limits::scenario_nodes_max) + " keys and values");
    }

  private:
    /// Relative to the folder of the scenario.
    std::optional<std::string> base_path(const YamlNode& named) {
        if (named.kind != YamlNode::Kind::scalar || named.text.empty()) {
            refuse(named.mark, "extends: expected a file such as base/team-chat.yaml");
            return std::nullopt;
        }
        auto path = resolved(chain_.back(), named.text);
        if (!path) {
            refuse(named.mark, "extends: " + quoted(named.written) +
                                   ": expected a relative path inside the scenario's folder");
            return std::nullopt;
        }
        if (std::find(chain_.begin(), chain_.end(), *path) != chain_.end()) {
            refuse(named.mark, "extends: " + quoted(named.written) + " extends this file: a circle");
            return std::nullopt;
        }
        if (chain_.size() > limits::scenario_extends_max) {
            refuse(named.mark,
                   "extends: more than " + std::to_string(limits::scenario_extends_max) + " files deep");
            return std::nullopt;
        }
        return path;
    }

    bool read(Mark mark, const std::string& path, YamlNode& base) {
        const std::string name = folder_ + path;
        auto text =
            options_.read_file ? options_.read_file(name) : Result<std::string>(fail("cannot be read here"));
        if (!text.has_value()) return refuse(mark, "extends: " + quoted(name) + ": " + text.error().message);
        bytes_ += text->size();
        if (bytes_ > limits::scenario_bytes_max)
            return refuse(mark, "extends: the files together have more than " +
                                    std::to_string(limits::scenario_bytes_max) + " bytes");
        if (!parse_yaml(*text, errors_.add_source(name), base, errors_)) return false;
        texts_.push_back(std::move(*text));
        if (base.kind != YamlNode::Kind::map)
            return refuse(base.mark, "expected a map, as every scenario is one");
        return true;
    }

    bool refuse(Mark mark, std::string what) {
        errors_.add(mark, std::move(what));
        return false;
    }

    const std::string folder_;  ///< of the scenario, with its slash; empty: the current one
    const LoadOptions& options_;
    ScenarioErrors& errors_;
    std::vector<std::string>& texts_;
    std::vector<std::string>
        chain_;  ///< files, relative to the folder: the scenario, its base, the base's base
    std::size_t bytes_ = 0;
};

}  // namespace

bool extend(YamlNode& root, const std::string& file_name, const LoadOptions& options, ScenarioErrors& errors,
            std::vector<std::string>& texts) {
    if (root.kind != YamlNode::Kind::map) return true;  // the table says what was expected
    return Extender(file_name, options, errors, texts).extend(root);
}

}  // namespace hubbub
