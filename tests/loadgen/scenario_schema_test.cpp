// The JSON Schema of the language. That it accepts and rejects the right files is shown by a validator that
// shares no code with us: tests/system/scenario_schema_test.py.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "loadgen/scenario/keys.hpp"
#include "loadgen/scenario/schema.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

TEST(ScenarioKeys, AreTheOnesOfTheCommittedSchema) {
    const std::string path = HUBBUB_SOURCE_DIR "/scenarios/scenario.schema.json";
    if (std::getenv("HUBBUB_REWRITE") != nullptr) std::ofstream(path, std::ios::binary) << scenario_schema();
    EXPECT_EQ(test::read_file(path), scenario_schema())
        << "HUBBUB_REWRITE=1 loadgen_test --gtest_filter='ScenarioKeys.*' writes it";
}

TEST(ScenarioSchema, KnowsEveryBuiltKeyAndNoOther) {
    const std::string schema = scenario_schema();
    for (const Key& key : scenario_keys()) {
        const std::string_view name = key.path.substr(key.path.rfind('.') + 1);
        if (name == "*" || name.ends_with("[]") || key.type == KeyType::later) continue;
        const std::string member = "\"" + std::string(name) + "\": {";
        EXPECT_THAT(schema, testing::HasSubstr(member)) << key.path;
    }
    EXPECT_THAT(schema, testing::Not(testing::HasSubstr("\"baseline\"")));
}

}  // namespace
}  // namespace hubbub
