// The strict layer over yaml-cpp: a document as a tree with positions, without what YAML hides in it.
// Values inside one load; one thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loadgen/scenario/errors.hpp"

namespace hubbub {

struct YamlNode {
    enum class Kind : std::uint8_t {
        nothing,
        scalar,
        list,
        map,
        refused
    };  ///< refused: an error was given already
    struct Entry;

    Kind kind = Kind::nothing;
    Mark mark;
    std::string text;             ///< scalar: its value
    std::string written;          ///< scalar: as it stood in the file, before ${...}: what errors may show
    std::vector<YamlNode> items;  ///< list
    std::vector<Entry> entries;   ///< map, in the order of the file, without duplicates

    [[nodiscard]] const YamlNode* find(std::string_view key) const;
    [[nodiscard]] YamlNode* find(std::string_view key);
};

struct YamlNode::Entry {
    std::string key;
    Mark key_mark;
    YamlNode value;
    bool refused = false;  ///< an error about the key was given already
};

/// Parses one document. Refused: syntax errors, control characters, bad UTF-8, duplicate keys, merge keys,
/// anchors, aliases, tags, keys that are no words, a second document, and whatever exceeds the limits of
/// scenario files. Returns false when the tree is not to be used (there are errors then).
bool parse_yaml(std::string_view text, std::uint32_t source, YamlNode& root, ScenarioErrors& errors);

}  // namespace hubbub
