#include "loadgen/adapters/json_mapping_reader.hpp"

#include <algorithm>

#include "loadgen/scenario/units.hpp"

namespace hubbub {

MappingMap::MappingMap(const YamlNode* node, std::string path, ScenarioErrors& errors)
    : node_(node), path_(std::move(path)), errors_(errors) {
    if (node_ == nullptr || node_->kind == YamlNode::Kind::map) return;
    if (node_->kind != YamlNode::Kind::refused)
        errors_.add(node_->mark, (path_.empty() ? "a mapping" : path_) + ": expected a map");
    node_ = nullptr;
}

MappingMap::~MappingMap() {
    if (node_ == nullptr) return;
    for (const YamlNode::Entry& entry : node_->entries) {
        if (entry.refused || std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
        errors_.add(entry.key_mark, "unknown key " + hubbub::quoted(entry.key) +
                                        (path_.empty() ? "" : " in " + path_) +
                                        did_you_mean(entry.key, known_));
    }
}

std::string MappingMap::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

const YamlNode* MappingMap::find(std::string_view key) {
    known_.push_back(key);
    return node_ == nullptr ? nullptr : node_->find(key);
}

void MappingMap::refuse(std::string_view key, const std::string& what) {
    const YamlNode* const value = node_ == nullptr ? nullptr : node_->find(key);
    const Mark here = node_ == nullptr ? Mark{} : node_->mark;
    errors_.add(value == nullptr ? here : value->mark, path_of(key) + ": " + what);
}

const YamlNode* MappingMap::scalar(std::string_view key) {
    const YamlNode* const value = find(key);
    if (value == nullptr || value->kind == YamlNode::Kind::scalar) return value;
    if (value->kind != YamlNode::Kind::refused) refuse(key, "expected one value");
    return nullptr;
}

std::optional<bool> MappingMap::flag(std::string_view key) {
    const YamlNode* const value = scalar(key);
    if (value == nullptr) return std::nullopt;
    if (value->text == "yes" || value->text == "true") return true;
    if (value->text == "no" || value->text == "false") return false;
    refuse(key, "expected yes or no, found " + hubbub::quoted(value->text));
    return std::nullopt;
}

std::size_t MappingMap::choice(std::string_view key, std::span<const std::string_view> words) {
    const YamlNode* const value = scalar(key);
    if (value == nullptr) return 0;
    const auto found = std::find(words.begin(), words.end(), value->text);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    std::string all;
    for (const std::string_view word : words) all += (all.empty() ? "" : ", ") + std::string(word);
    refuse(key, "expected one of " + all + ", found " + hubbub::quoted(value->text) +
                    did_you_mean(value->text, words));
    return 0;
}

std::optional<Duration> MappingMap::duration(std::string_view key) {
    const YamlNode* const value = scalar(key);
    if (value == nullptr) return std::nullopt;
    const auto span = parse_duration(value->text);
    if (!span || *span > std::chrono::hours{1})
        refuse(key,
               "expected a duration of at most 1h such as 500ms or 5s, found " + hubbub::quoted(value->text));
    return span;
}

std::optional<JsonPointer> MappingMap::pointer(std::string_view key) {
    const YamlNode* const value = scalar(key);
    if (value == nullptr) return std::nullopt;
    auto made = JsonPointer::make(value->text);
    if (!made) {
        refuse(key, made.error().message);
        return std::nullopt;
    }
    return std::move(*made);
}

std::optional<JsonTemplate> MappingMap::say(std::string_view key, std::span<const Variable> allowed) {
    const YamlNode* const value = scalar(key);
    if (value == nullptr) return std::nullopt;
    auto made = JsonTemplate::compile(value->text, allowed);
    if (!made) {
        refuse(key, made.error().message);
        return std::nullopt;
    }
    return std::move(*made);
}

void MappingMap::when(JsonPattern& pattern) {
    const YamlNode* const value = find("when");
    if (node_ == nullptr) return;
    if (value == nullptr) return refuse("when", "missing: the condition by which the message is recognized");
    const bool one = value->kind == YamlNode::Kind::scalar;
    if (!one && value->kind != YamlNode::Kind::list)
        return refuse("when", "expected a condition, or a list of them");
    const std::span<const YamlNode> all = one ? std::span(value, 1) : std::span(value->items);
    if (all.empty()) return refuse("when", "expected at least one condition");
    for (const YamlNode& item : all) {
        auto made = item.kind == YamlNode::Kind::scalar ? JsonCondition::make(item.text)
                                                        : Result<JsonCondition>(fail("expected a condition"));
        if (made)
            pattern.when.push_back(std::move(*made));
        else
            errors_.add(item.mark, path_of("when") + ": " + made.error().message);
    }
}

}  // namespace hubbub
