#include "loadgen/scenario/schema.hpp"

#include <cmath>
#include <utility>
#include <vector>

#include "loadgen/scenario/fault_reader.hpp"
#include "loadgen/scenario/keys.hpp"
#include "loadgen/scenario/schema_json.hpp"

namespace hubbub {
namespace {

using namespace schema_json;

/// One member or item a line, so that a change of the table is a readable change of the file.
std::string indented(std::string_view json) {
    std::string out;
    std::size_t depth = 0;
    bool quoted_text = false;
    const auto new_line = [&] { out += "\n" + std::string(depth * 2, ' '); };
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (c == '"' && (i == 0 || json[i - 1] != '\\')) quoted_text = !quoted_text;
        const bool closes = !quoted_text && (c == '}' || c == ']');
        if (closes) {
            --depth;
            new_line();
        }
        out += c;
        if (quoted_text) continue;
        if (c == '{' || c == '[') {
            ++depth;
            new_line();
        } else if (c == ',') {
            new_line();
        } else if (c == ':') {
            out += ' ';
        }
    }
    return out + "\n";
}

// ---- scalars

constexpr std::string_view decimal = R"([0-9][0-9_]*(\.[0-9]+)?)";
constexpr std::string_view name_shape = "[A-Za-z][A-Za-z0-9_-]{0,63}";

std::string shape_of(const Key& key) {
    const std::string number(decimal);
    const std::string rate = number + "[kMG]?/[smh]";
    switch (key.type) {
        case KeyType::name:
            return std::string(name_shape);
        case KeyType::count:
            return number + "[kMG]?";
        case KeyType::number:
            return number;
        case KeyType::share:
            return number + "%";
        case KeyType::duration:
            return number + "(us|ms|s|m|h)";
        case KeyType::rate:
            return rate;
        case KeyType::rates:
            return rate + R"((\.\.)" + rate + ")?";
        case KeyType::bytes:
            return number + "(B|KB|MB|KiB|MiB)?";
        case KeyType::endpoint:
            return R"(wss?://\S+)";
        case KeyType::address:
            return R"([^\s/]+:[0-9]+)";
        case KeyType::secret:
            return R"(.*\$\{.+\}.*)";
        case KeyType::slo:
            return ".*[<>=].*";
        case KeyType::custom:
            return std::string(key.shape);
        default:
            return "";
    }
}

std::string bound_of(double value) {
    std::string out = std::to_string(value);
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
    return out;
}

void add_bounds(const Key& key, Members& members) {
    if (key.low != 0) members.emplace_back("minimum", bound_of(key.low));
    if (std::isfinite(key.high)) members.emplace_back("maximum", bound_of(key.high));
}

/// ${VAR} may stand for any value, or for a part of one.
std::string variable() {
    return object_of({{"type", text_of("string")}, {"pattern", text_of(R"(\$\{)")}});
}

std::vector<std::string> words_of(std::string_view words) {
    std::vector<std::string> out;
    while (!words.empty()) {
        const std::size_t end = std::min(words.find('|'), words.size());
        const std::string_view word = words.substr(0, end);
        out.push_back(text_of(word));
        // YAML reads `version: 1` as a number.
        if (word.find_first_not_of("0123456789") == std::string_view::npos) out.emplace_back(word);
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return out;
}

/// The forms of a scalar, one of which it must have.
std::vector<std::string> scalar_forms(const Key& key) {
    if (key.type == KeyType::text)
        return {object_of({{"type", array_of({text_of("string"), text_of("number"), text_of("boolean")})}})};
    if (key.type == KeyType::choice)
        return {object_of({{"enum", array_of(words_of(key.words))}}), variable()};
    if (key.type == KeyType::flag) return {object_of({{"type", text_of("boolean")}}), variable()};
    std::vector<std::string> out;
    const bool whole = key.type == KeyType::count || key.type == KeyType::bytes;
    if (whole || key.type == KeyType::number || key.type == KeyType::custom) {
        Members members = {{"type", text_of(whole ? "integer" : "number")}};
        add_bounds(key, members);
        out.push_back(object_of(members));
    }
    out.push_back(
        object_of({{"type", text_of("string")}, {"pattern", text_of("^(" + shape_of(key) + ")$")}}));
    out.push_back(variable());
    return out;
}

// ---- maps and lists

std::string_view last_name(std::string_view path) {
    return path.substr(path.rfind('.') + 1);  // npos + 1 is 0
}

bool is_free(const Key& key) {
    return last_name(key.path) == "*";
}

/// Inside a list every entry is complete. Outside, what is missing may stand in the file that `extends`
/// names.
enum class Inside : bool { file, list };

std::string schema_of(const Key& key, Inside inside);

std::string map_schema(std::string_view pattern, Inside inside) {
    Members properties, free;
    std::vector<std::string> required;
    for (const Key* child : children_of(pattern)) {
        if (child->type == KeyType::later) continue;
        if (is_free(*child)) {
            free.emplace_back("^" + std::string(child->names == KeyType::name ? name_shape : "[0-9]+") + "$",
                              schema_of(*child, inside));
            continue;
        }
        properties.emplace_back(last_name(child->path), schema_of(*child, inside));
        if (child->need == Need::required) required.push_back(text_of(last_name(child->path)));
    }
    Members members = {{"type", text_of("object")}, {"additionalProperties", "false"}};
    if (!properties.empty()) members.emplace_back("properties", object_of(properties));
    if (!free.empty()) members.emplace_back("patternProperties", object_of(free));
    if (inside == Inside::list && !required.empty()) members.emplace_back("required", array_of(required));
    return object_of(members);
}

std::string list_schema(const Key& key) {
    const Key* element = find_key(std::string(key.path) + "[]");
    Members members = {{"type", text_of("array")}, {"items", schema_of(*element, Inside::list)}};
    if (key.low > 0) members.emplace_back("minItems", bound_of(key.low));
    if (std::isfinite(key.high)) members.emplace_back("maxItems", bound_of(key.high));
    return object_of(members);
}

std::string schema_of(const Key& key, Inside inside) {
    Members members;
    if (!key.doc.empty()) members.emplace_back("description", text_of(key.doc));
    if (!key.fallback.empty()) members.emplace_back("default", text_of(key.fallback));
    std::vector<std::string> forms;
    if (key.type == KeyType::map)
        forms = {map_schema(key.path, inside)};
    else if (key.type == KeyType::list)
        forms = {list_schema(key)};
    else if (is_fault(key))
        forms = fault_schemas(fault_place(key));
    else
        forms = scalar_forms(key);
    const bool also_a_map =
        key.type != KeyType::map && key.type != KeyType::list && !children_of(key.path).empty();
    if (also_a_map) forms.push_back(map_schema(key.path, inside));
    if (forms.size() == 1)
        members.emplace_back("allOf", array_of(forms));
    else
        members.emplace_back("anyOf", array_of(forms));
    return object_of(members);
}

/// Only what must be there, outside of lists; empty when nothing must.
std::string required_schema(std::string_view pattern) {
    Members properties, free;
    std::vector<std::string> required;
    for (const Key* child : children_of(pattern)) {
        if (child->type == KeyType::later) continue;
        if (child->need == Need::required && !is_free(*child))
            required.push_back(text_of(last_name(child->path)));
        const std::string inner = required_schema(child->path);
        if (inner.empty()) continue;
        if (is_free(*child))
            free.emplace_back("", inner);
        else
            properties.emplace_back(last_name(child->path), inner);
    }
    Members members;
    if (!required.empty()) members.emplace_back("required", array_of(required));
    if (!properties.empty()) members.emplace_back("properties", object_of(properties));
    if (!free.empty()) members.emplace_back("additionalProperties", free.front().second);
    return members.empty() ? std::string() : object_of(members);
}

/// Users and topology must be there as well, but where the target's own are reused.
std::string who_schema() {
    const auto having = [](std::string_view name, const std::string& schema) {
        return object_of({{"required", array_of({text_of(name)})},
                          {"properties", object_of({{std::string(name), schema}})}});
    };
    const std::string reuse =
        having("target", having("setup", having("conversations", object_of({{"const", text_of("reuse")}}))));
    const std::string users = having("population", object_of({{"required", array_of({text_of("users")})}}));
    const std::string topology = object_of({{"required", array_of({text_of("topology")})}});
    return object_of({{"anyOf", array_of({reuse, object_of({{"allOf", array_of({users, topology})}})})}});
}

}  // namespace

std::string scenario_schema() {
    const std::string extends = object_of({{"required", array_of({text_of("extends")})}});
    const std::string complete = object_of({{"allOf", array_of({required_schema(""), who_schema()})}});
    return indented(
        object_of({{"$schema", text_of("http://json-schema.org/draft-07/schema#")},
                   {"title", text_of("hubbub scenario")},
                   {"description",
                    text_of("Made by `hubbub schema` from the table of keys; docs/SCENARIOS.md says more.")},
                   {"allOf", array_of({map_schema("", Inside::file)})},
                   {"anyOf", array_of({extends, complete})}}));
}

}  // namespace hubbub
