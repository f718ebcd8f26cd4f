#include "loadgen/scenario/keys.hpp"

#include <algorithm>

namespace hubbub {
namespace {

/// The name of a direct child, or nothing: "load[].for" is a child of "load[]", not of "load".
std::string_view child_name(std::string_view pattern, std::string_view path) {
    if (!pattern.empty()) {
        if (path.size() <= pattern.size() + 1 || !path.starts_with(pattern) || path[pattern.size()] != '.')
            return {};
        path.remove_prefix(pattern.size() + 1);
    }
    return path.find_first_of(".[") == std::string_view::npos ? path : std::string_view();
}

std::string default_of(const Key& key) {
    if (key.type == KeyType::map || key.type == KeyType::list)
        return key.need == Need::required ? "required" : "";
    switch (key.need) {
        case Need::required:
            return "required";
        case Need::fallback:
            return "`" + std::string(key.fallback) + "`";
        case Need::optional:
            return "";
    }
    return "";
}

std::string value_of(const Key& key) {
    switch (key.type) {
        case KeyType::map:
            return "map";
        case KeyType::list:
            return "list";
        case KeyType::choice: {
            std::string out = "`" + std::string(key.words) + "`";
            for (std::size_t at = out.find('|'); at != std::string::npos; at = out.find('|', at + 6))
                out.replace(at, 1, "`, `");
            return out;
        }
        default:
            return expected(key);
    }
}

}  // namespace

std::span<const KeyPart> key_parts() {
    // A map's keys are set in this order: what another part builds upon comes first.
    static const KeyPart parts[] = {
        run_keys(),        start_keys(),   auth_keys(),     user_keys(),  population_keys(), session_keys(),
        membership_keys(), history_keys(), presence_keys(), talk_keys(),  reading_keys(),    load_keys(),
        fault_keys(),      tls_keys(),     shape_keys(),    abort_keys(), find_keys(),       report_keys(),
        later_keys(),  // last
    };
    return parts;
}

std::span<const Key> scenario_keys() {
    static const std::vector<Key> all = [] {
        std::vector<Key> out;
        for (const KeyPart& part : key_parts()) {
            for (const Key& key : part.keys) {
                const bool built = std::any_of(out.begin(), out.end(),
                                               [&](const Key& other) { return other.path == key.path; });
                if (key.type != KeyType::later || !built) out.push_back(key);
            }
        }
        return out;
    }();
    return all;
}

std::vector<const Key*> children_of(std::string_view pattern) {
    std::vector<const Key*> out;
    for (const Key& key : scenario_keys())
        if (!child_name(pattern, key.path).empty()) out.push_back(&key);
    return out;
}

const Key* find_key(std::string_view pattern) {
    for (const Key& key : scenario_keys())
        if (key.path == pattern) return &key;
    return nullptr;
}

std::string describe_keys() {
    std::string out = "| key | value | default | meaning |\n|---|---|---|---|\n";
    std::string later;
    for (const Key& key : scenario_keys()) {
        if (key.type == KeyType::later) {
            later += (later.empty() ? "`" : ", `") + std::string(key.path) + "`";
            continue;
        }
        out += "| `" + std::string(key.path) + "` | " + value_of(key) + " | " + default_of(key) + " | " +
               std::string(key.doc) + " |\n";
    }
    return out + "\nOf the language, but not built in this version (refused by name): " + later + ".\n";
}

}  // namespace hubbub
