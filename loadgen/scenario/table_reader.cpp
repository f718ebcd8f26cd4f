#include "loadgen/scenario/table_reader.hpp"

#include "base/assert.hpp"
#include "loadgen/scenario/fault_reader.hpp"

namespace hubbub {
namespace {

std::string joined(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
}

std::string_view last_name(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

class TableReader {
  public:
    TableReader(Draft& draft, ScenarioErrors& errors) : draft_(draft), errors_(errors) {}

    /// The keys of one map. `pattern` is its place in the table, `path` in the file.
    void map(const std::string& pattern, const std::string& path, const YamlNode& node) {
        const auto known = children_of(pattern);
        for (const YamlNode::Entry& entry : node.entries)
            if (!entry.refused) refuse_unknown(known, path, entry);
        for (const Key* key : known) {
            const std::string_view name = last_name(key->path);
            if (name == "*") {
                for (const YamlNode::Entry& entry : node.entries)
                    if (!entry.refused) named(*key, joined(path, entry.key), entry);
            } else if (const YamlNode* value = node.find(name)) {
                if (key->type != KeyType::later)
                    present(*key, std::string(key->path), joined(path, name), *value);
            } else {
                absent(*key, path, node);
            }
        }
    }

  private:
    void refuse_unknown(const std::vector<const Key*>& known, const std::string& path,
                        const YamlNode::Entry& entry) {
        std::vector<std::string_view> names;
        for (const Key* key : known) {
            const std::string_view name = last_name(key->path);
            if (name == "*") return;
            if (name != entry.key) {
                names.push_back(name);
                continue;
            }
            if (key->type == KeyType::later)
                errors_.add(entry.key_mark, "`" + joined(path, entry.key) + "` is not built in this version");
            return;
        }
        errors_.add(entry.key_mark, "unknown key " + quoted(entry.key) + (path.empty() ? "" : " in " + path) +
                                        did_you_mean(entry.key, names));
    }

    // An entry of a map with free names: its name must fit into paths and labels.
    void named(const Key& key, const std::string& path, const YamlNode::Entry& entry) {
        const auto name = parse_value(Key{.path = "", .type = key.names}, entry.key);
        if (!name.has_value()) {
            errors_.add(entry.key_mark, name.error().message);
            return;
        }
        name_ = entry.key;
        present(key, std::string(key.path), path, entry.value);
    }

    void absent(const Key& key, const std::string& path, const YamlNode& parent) {
        if (key.need == Need::required) {
            errors_.add(parent.mark, "missing key '" + std::string(last_name(key.path)) + "'" +
                                         (path.empty() ? "" : " in " + path) + ": " + expected(key));
        } else if (key.need == Need::fallback) {
            if (key.type == KeyType::map) {
                map(std::string(key.path), joined(path, last_name(key.path)), YamlNode{});
                return;
            }
            auto value = parse_value(key, key.fallback);
            HUBBUB_ASSERT(value.has_value(), "a default of the table fits its own type");
            if (key.set != nullptr) key.set(draft_, *value);
        }
    }

    void present(const Key& key, const std::string& pattern, const std::string& path, const YamlNode& node) {
        draft_.given[path] = node.mark;
        if (node.kind == YamlNode::Kind::refused) return;
        if (is_fault(key)) return fault(key, path, node);
        const bool is_map = key.type == KeyType::map;
        const bool is_list = key.type == KeyType::list;
        if (node.kind == YamlNode::Kind::scalar && !is_map && !is_list) {
            scalar(key, path, node);
        } else if (node.kind == YamlNode::Kind::list && is_list) {
            list(key, pattern, path, node);
        } else if (node.kind == YamlNode::Kind::map && (is_map || !children_of(pattern).empty())) {
            if (is_map && key.set != nullptr) {
                Value entered;
                entered.mark = node.mark;
                entered.text = name_;
                key.set(draft_, entered);
            }
            map(pattern, path, node);
        } else {
            errors_.add(node.mark, path + ": expected " + expected(key) + forms_of(key, pattern) +
                                       (node.kind == YamlNode::Kind::nothing ? ", found nothing" : ""));
        }
    }

    void fault(const Key& key, const std::string& path, const YamlNode& node) {
        Value value;
        value.mark = node.mark;
        value.name = name_;
        value.deed = read_fault(node, path, fault_place(key), errors_);
        key.set(draft_, value);
    }

    // "or a map with min, max", for values that have both forms.
    static std::string forms_of(const Key& key, const std::string& pattern) {
        if (key.type == KeyType::map || key.type == KeyType::list) return "";
        std::string names;
        for (const Key* child : children_of(pattern)) {
            if (child->type == KeyType::later) continue;
            names += (names.empty() ? ", or a map with " : " and ") + std::string(last_name(child->path));
        }
        return names;
    }

    void list(const Key& key, const std::string& pattern, const std::string& path, const YamlNode& node) {
        const auto size = static_cast<double>(node.items.size());
        if (size < key.low || size > key.high) {
            errors_.add(node.mark,
                        path + ": expected " +
                            (size < key.low ? "at least " + std::to_string(static_cast<int>(key.low))
                                            : "at most " + std::to_string(static_cast<int>(key.high))) +
                            " entries");
            return;
        }
        const Key* element = find_key(pattern + "[]");
        HUBBUB_ASSERT(element != nullptr, "a list of the table says what its entries are");
        for (std::size_t i = 0; i < node.items.size(); ++i)
            present(*element, std::string(element->path), joined(path, std::to_string(i)), node.items[i]);
    }

    void scalar(const Key& key, const std::string& path, const YamlNode& node) {
        if (key.type == KeyType::secret && node.text == node.written) {
            // Not even quoted: files are shared, and command lines and errors are read by others.
            errors_.add(node.mark, path + ": a secret is not written down: expected " + expected(key));
            return;
        }
        auto value = parse_value(key, node.text);
        if (!value.has_value()) {
            // What came out of the environment may be a secret: the error shows what the file says.
            errors_.add(node.mark, path + ": " +
                                       (node.text == node.written ? value.error().message
                                                                  : "the value of " + quoted(node.written) +
                                                                        " is not " + expected(key)));
            return;
        }
        value->mark = node.mark;
        value->name = name_;
        if (key.set != nullptr) key.set(draft_, *value);
    }

    Draft& draft_;
    ScenarioErrors& errors_;
    std::string name_;  ///< of the entry of a free map that is being entered
};

}  // namespace

void read_by_table(const YamlNode& root, Draft& draft, ScenarioErrors& errors) {
    if (root.kind != YamlNode::Kind::map) {
        errors.add(root.mark, "expected a map with version, target, population, topology, load");
        return;
    }
    TableReader(draft, errors).map("", "", root);
}

}  // namespace hubbub
