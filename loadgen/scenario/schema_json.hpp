// JSON as text: the few shapes that a schema is made of. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hubbub::schema_json {

inline std::string text_of(std::string_view raw) {
    std::string out = "\"";
    for (const char c : raw) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

using Members = std::vector<std::pair<std::string, std::string>>;

inline std::string object_of(const Members& members) {
    std::string out = "{";
    for (const auto& [name, value] : members)
        out += (out.size() > 1 ? "," : "") + text_of(name) + ":" + value;
    return out + "}";
}

inline std::string array_of(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& item : items) out += (out.size() > 1 ? "," : "") + item;
    return out + "]";
}

}  // namespace hubbub::schema_json
