#include "loadgen/scenario/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <deque>
#include <map>
#include <sstream>

#include "protocol/limits.hpp"
#include "protocol/utf8.hpp"

namespace hubbub {
namespace {

/// Put behind the text: yaml-cpp takes a quote that is never closed for closed when the text ends in a
/// newline.
constexpr std::string_view end_of_text = "\n#";

/// Ends a parse at once: there is no sense in going on.
struct TooMuch {};

/// Builds the tree out of yaml-cpp's events. Events rather than YAML::Node, because a Node has already
/// resolved aliases and lost anchors.
class TreeBuilder final : public YAML::EventHandler {
  public:
    /// `end`: behind the last character; what yaml-cpp places later is placed there.
    TreeBuilder(Mark end, YamlNode& root, ScenarioErrors& errors) : end_(end), root_(root), errors_(errors) {}

    [[nodiscard]] Mark at(const YAML::Mark& mark) const {
        return std::min(end_, {end_.source, static_cast<std::uint32_t>(std::max(mark.line, 0)) + 1,
                               static_cast<std::uint32_t>(std::max(mark.column, 0)) + 1});
    }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1) {
            errors_.add(at(mark), "a second document: a scenario is one document");
            throw TooMuch{};
        }
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse(mark, "", anchor);
        add(mark, YamlNode::Kind::nothing, "");
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        errors_.add(at(mark), "an alias: write the value out (aliases are refused)");
        add(mark, YamlNode::Kind::refused, "");
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse(mark, tag, anchor);
        add(mark, YamlNode::Kind::scalar, value, tag == "?");
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        refuse(mark, tag, anchor);
        open(add(mark, YamlNode::Kind::list, ""), mark);
    }
    void OnSequenceEnd() override { open_.pop_back(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        refuse(mark, tag, anchor);
        open(add(mark, YamlNode::Kind::map, ""), mark);
    }
    void OnMapEnd() override { open_.pop_back(); }

  private:
    struct Level {
        YamlNode* node;  ///< stays valid: its siblings are added only after it was closed
        bool key_next = true;
        std::map<std::string, std::uint32_t> keys;  ///< and their lines
    };

    // Plain nodes carry the tag "?", quoted scalars "!", maps and lists "?" or nothing.
    void refuse(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        if (anchor != 0)
            errors_.add(at(mark), "an anchor: write the value where it is needed (anchors are refused)");
        if (!tag.empty() && tag != "?" && tag != "!")
            errors_.add(at(mark), "a tag: the table of keys decides what a value is (tags are refused)");
    }

    void open(YamlNode* node, const YAML::Mark& mark) {
        open_.push_back({node, true, {}});
        if (open_.size() > limits::scenario_depth_max) {
            errors_.add(at(mark), "maps and lists deeper than " + std::to_string(limits::scenario_depth_max));
            throw TooMuch{};
        }
    }

    YamlNode* add(const YAML::Mark& mark, YamlNode::Kind kind, const std::string& text, bool plain = false) {
        if (++nodes_ > limits::scenario_nodes_max) {
            errors_.add(at(mark),
                        "more than " + std::to_string(limits::scenario_nodes_max) + " keys and values");
            throw TooMuch{};
        }
        if (open_.empty()) return fill(root_, mark, kind, text);
        Level& level = open_.back();
        if (level.node->kind == YamlNode::Kind::list)
            return fill(level.node->items.emplace_back(), mark, kind, text);
        level.key_next = !level.key_next;
        if (level.key_next) {
            YamlNode::Entry& entry = level.node->entries.back();
            YamlNode* value = fill(entry.value, mark, kind, text);
            if (kind == YamlNode::Kind::nothing)
                value->mark = entry.key_mark;  // yaml-cpp marks what comes next
            return value;
        }
        return add_key(level, mark, kind, text, plain);
    }

    // A bad key keeps its entry, so that the value after it has a place to go.
    YamlNode* add_key(Level& level, const YAML::Mark& mark, YamlNode::Kind kind, const std::string& text,
                      bool plain) {
        const Mark place = at(mark);
        const std::size_t before = errors_.size();
        if (kind != YamlNode::Kind::scalar)
            errors_.add(place, "a key must be a word");
        else if (plain && text == "<<")
            errors_.add(place, "a merge key: write the entries out (merge keys are refused)");
        else if (const auto [first, is_new] = level.keys.emplace(text, place.line); !is_new)
            errors_.add(place, "the key " + quoted(text) + " stands here a second time (first in line " +
                                   std::to_string(first->second) + ")");
        YamlNode::Entry& entry = level.node->entries.emplace_back();
        entry.key = text;
        entry.key_mark = place;
        entry.refused = errors_.size() != before;
        return kind == YamlNode::Kind::scalar ? nullptr : fill(spare_.emplace_back(), mark, kind, text);
    }

    YamlNode* fill(YamlNode& node, const YAML::Mark& mark, YamlNode::Kind kind, const std::string& text) {
        node.kind = kind;
        node.mark = at(mark);
        node.text = node.written = text;
        return &node;
    }

    Mark end_;
    YamlNode& root_;
    ScenarioErrors& errors_;
    std::vector<Level> open_;
    std::deque<YamlNode> spare_;  ///< where the insides of a key that is a map or list go
    std::size_t nodes_ = 0, documents_ = 0;
};

/// yaml-cpp passes control characters through, turns bad UTF-8 into U+FFFD and guesses UTF-16: refused
/// before.
/// `mark` ends behind the last character.
bool readable(std::string_view text, Mark& mark, ScenarioErrors& errors) {
    if (text.size() > limits::scenario_bytes_max) {
        errors.add(mark, "more than " + std::to_string(limits::scenario_bytes_max) + " bytes");
        return false;
    }
    Utf8Checker utf8;
    for (const char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool control = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
        if (control || !utf8.feed({&c, 1})) {
            errors.add(mark, "byte " + std::to_string(byte) + ": a scenario is UTF-8 text");
            return false;
        }
        if (byte == '\n')
            mark = {mark.source, mark.line + 1, 1};
        else if (utf8.complete())
            ++mark.column;
    }
    if (!utf8.complete()) errors.add(mark, "the text ends inside a character");
    return utf8.complete();
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
    for (const Entry& entry : entries)
        if (entry.key == key) return &entry.value;
    return nullptr;
}

YamlNode* YamlNode::find(std::string_view key) {
    return const_cast<YamlNode*>(std::as_const(*this).find(key));
}

bool parse_yaml(std::string_view text, std::uint32_t source, YamlNode& root, ScenarioErrors& errors) {
    root.mark = {source, 1, 1};
    Mark end = root.mark;
    if (!readable(text, end, errors)) return false;
    std::istringstream in{std::string(text).append(end_of_text)};
    TreeBuilder builder(end, root, errors);
    try {
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(builder)) {
        }
        return true;
    } catch (const TooMuch&) {
    } catch (const YAML::Exception& error) {
        errors.add(builder.at(error.mark), "not YAML: " + error.msg);
    }
    return false;
}

}  // namespace hubbub
