#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "loadgen/scenario/keys.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

/// Writes what is made from the table instead of comparing it.
bool rewrite() {
    return std::getenv("HUBBUB_REWRITE") != nullptr;
}
constexpr auto how_to_rewrite = "HUBBUB_REWRITE=1 loadgen_test --gtest_filter='ScenarioKeys.*' writes it";

TEST(ScenarioKeys, NotBuiltGiveWayToTheBuiltOnes) {
    for (const KeyPart& part : key_parts()) {
        for (const Key& key : part.keys) {
            if (key.type == KeyType::later) continue;
            ASSERT_NE(find_key(key.path), nullptr) << key.path;
            EXPECT_EQ(find_key(key.path)->type, key.type) << key.path;
        }
    }
}

TEST(ScenarioKeys, StandOnceEachAndBelowAMapOrList) {
    std::set<std::string_view> paths;
    for (const Key& key : scenario_keys()) {
        EXPECT_TRUE(paths.insert(key.path).second) << key.path;
        const std::size_t dot = key.path.rfind('.');
        const std::size_t bracket = key.path.ends_with("[]") ? key.path.size() - 2 : std::string_view::npos;
        if (bracket != std::string_view::npos) {
            EXPECT_EQ(find_key(key.path.substr(0, bracket))->type, KeyType::list) << key.path;
        } else if (dot != std::string_view::npos) {
            EXPECT_NE(find_key(key.path.substr(0, dot)), nullptr) << key.path;
        }
    }
}

TEST(ScenarioKeys, HaveADocAndDefaultsOfTheirOwnType) {
    for (const Key& key : scenario_keys()) {
        if (key.type == KeyType::later) continue;
        EXPECT_TRUE(key.doc.ends_with(".") || key.doc.ends_with("...")) << key.path;
        EXPECT_EQ(key.type == KeyType::choice, !key.words.empty()) << key.path;
        if (key.need != Need::fallback || key.type == KeyType::map) continue;
        EXPECT_TRUE(parse_value(key, key.fallback).has_value()) << key.path;
    }
}

TEST(ScenarioKeys, AreTheOnesOfTheDocumentation) {
    const std::string path = HUBBUB_SOURCE_DIR "/docs/SCENARIOS.md";
    const std::string doc = test::read_file(path);
    const std::string begin =
        "<!-- keys: made from the table in loadgen/scenario/keys_*.cpp; a test holds them equal -->\n";
    const std::string end = "<!-- end of keys -->";
    const std::size_t from = doc.find(begin);
    const std::size_t to = doc.find(end);
    ASSERT_NE(from, std::string::npos);
    ASSERT_NE(to, std::string::npos);
    const std::size_t first = from + begin.size();
    if (rewrite())
        std::ofstream(path, std::ios::binary) << doc.substr(0, first) << describe_keys() << doc.substr(to);
    else
        EXPECT_EQ(doc.substr(first, to - first), describe_keys()) << how_to_rewrite;
}

}  // namespace
}  // namespace hubbub
