// Walks a mapping file key by key: whatever is not asked for is refused by name, every value has its form.
// Used once a load; one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/adapters/json_mapping.hpp"
#include "loadgen/scenario/yaml_tree.hpp"

namespace hubbub {

/// One map of the file. Every key that may stand there is asked for; the rest is refused at the end.
class MappingMap {
  public:
    /// `node` null: the map is absent, and everything in it.
    MappingMap(const YamlNode* node, std::string path, ScenarioErrors& errors);
    ~MappingMap();
    MappingMap(const MappingMap&) = delete;
    MappingMap& operator=(const MappingMap&) = delete;

    [[nodiscard]] bool present() const { return node_ != nullptr; }
    [[nodiscard]] const YamlNode* find(std::string_view key);
    /// The value of a scalar; an error when it is something else.
    [[nodiscard]] const YamlNode* scalar(std::string_view key);
    [[nodiscard]] std::optional<bool> flag(std::string_view key);
    /// One of the words; the first one when absent.
    [[nodiscard]] std::size_t choice(std::string_view key, std::span<const std::string_view> words);
    [[nodiscard]] std::optional<Duration> duration(std::string_view key);
    [[nodiscard]] std::optional<JsonPointer> pointer(std::string_view key);
    [[nodiscard]] std::optional<JsonTemplate> say(std::string_view key, std::span<const Variable> allowed);
    /// The conditions of `when`, required.
    void when(JsonPattern& pattern);
    void refuse(std::string_view key, const std::string& what);
    [[nodiscard]] std::string path_of(std::string_view key) const;

  private:
    const YamlNode* node_;
    std::string path_;
    ScenarioErrors& errors_;
    std::vector<std::string_view> known_;
};

}  // namespace hubbub
