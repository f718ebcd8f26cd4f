// A scenario on top of another file, and what a chain of files may not do.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "plan_fixture.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;
using Files = std::map<std::string, std::string>;

LoadOptions with_files(Files files) {
    LoadOptions options;
    options.read_file = [files = std::move(files)](const std::string& path) -> Result<std::string> {
        const auto found = files.find(path);
        if (found == files.end()) return fail("cannot be opened");
        return found->second;
    };
    return options;
}

Scenario loaded(const std::string& text, const LoadOptions& options) {
    auto scenario = load_scenario_text(text, "dir/x.yaml", options);
    if (!scenario.has_value()) {
        ADD_FAILURE() << scenario.error().message;
        return {};
    }
    return scenario.value();
}

std::string error_of(const std::string& text, const LoadOptions& options) {
    const auto scenario = load_scenario_text(text, "dir/x.yaml", options);
    return scenario.has_value() ? std::string() : scenario.error().message;
}

TEST(ScenarioExtends, MergesMapsAndReplacesListsAndValues) {
    const auto options = with_files({{"dir/base/team.yaml", test::valid_text()}});
    const Scenario s = loaded(
        "extends: base/team.yaml\n"
        "name: mine\n"
        "population: {users: 200}\n"
        "topology: [{class: direct, count: 7}]\n"
        "behaviors:\n"
        "  everyone: {send: {to: {direct: 100%, group: 0%}}}\n"
        "  lurker: {}\n",
        options);
    EXPECT_EQ(s.name, "mine");
    EXPECT_EQ(s.users, 200U);
    ASSERT_EQ(s.topology.size(), 1U);
    EXPECT_EQ(s.topology[0].count, 7U);
    ASSERT_EQ(s.behaviors.size(), 2U);
    EXPECT_EQ(s.behaviors[0].send->bytes.p50, 100U);  // of the base, beside the new shares
    EXPECT_EQ(s.behaviors[0].send->to_group, 0);
    EXPECT_EQ(s.behaviors[1].name, "lurker");
    EXPECT_EQ(s.phases.size(), 3U);
    EXPECT_EQ(s.target.endpoints.size(), 1U);
}

TEST(ScenarioExtends, FollowsAChainRelativeToEachFile) {
    const auto options = with_files({{"dir/base/team.yaml", "extends: ../common.yaml\nseed: 5\n"},
                                     {"dir/common.yaml", test::valid_text() + "seed: 4\nname: common\n"}});
    const Scenario s = loaded("extends: base/team.yaml\n", options);
    EXPECT_EQ(s.seed, 5U);
    EXPECT_EQ(s.name, "common");
}

TEST(ScenarioExtends, TakesAwayWhatAKeyWithoutAValueNames) {
    const auto options = with_files({{"dir/base.yaml", test::valid_text()}});
    const Scenario s =
        loaded("extends: base.yaml\ntarget:\n  endpoints:\n  start: {server: embedded}\n", options);
    EXPECT_TRUE(s.target.embedded);
    EXPECT_TRUE(s.target.endpoints.empty());
}

TEST(ScenarioExtends, NamesTheFileThatIsWrong) {
    const auto options = with_files({{"dir/base.yaml", test::edited("bytes: 100", "byts: 100")},
                                     {"dir/torn.yaml", "a: [1"},
                                     {"dir/list.yaml", "[1]"}});
    EXPECT_THAT(error_of("extends: base.yaml\n", options),
                HasSubstr("dir/base.yaml:11:43: unknown key 'byts' in behaviors.everyone.send"));
    EXPECT_THAT(error_of("extends: torn.yaml\n", options), HasSubstr("dir/torn.yaml:1:"));
    EXPECT_THAT(error_of("extends: list.yaml\n", options), HasSubstr("dir/list.yaml:1:1: expected a map"));
    EXPECT_EQ(error_of("seed: 1\nextends: none.yaml\n", options),
              "dir/x.yaml:2:10: extends: 'dir/none.yaml': cannot be opened");
    const auto impossible = with_files({{"dir/base.yaml", test::edited("count: 50}", "count: 4951}")}});
    EXPECT_THAT(test::plan_error(loaded("extends: base.yaml\n", impossible)),
                HasSubstr("dir/base.yaml:7:5: topology.0: 4951 direct conversations"));
}

TEST(ScenarioExtends, StaysInsideItsFolder) {
    const auto options = with_files({{"y.yaml", test::valid_text()}, {"/etc/y.yaml", test::valid_text()}});
    for (const char* path : {"../y.yaml", "/etc/y.yaml", "a/../../y.yaml", "..", ".", "''", "a\\..\\y.yaml"})
        EXPECT_THAT(error_of("extends: " + std::string(path) + "\n", options),
                    testing::AnyOf(HasSubstr("inside the scenario's folder"), HasSubstr("expected a file")))
            << path;
    EXPECT_THAT(error_of("extends: [a, b]\n", options), HasSubstr("expected a file"));
}

TEST(ScenarioExtends, EndsCirclesLongChainsAndBombs) {
    EXPECT_THAT(error_of("extends: x.yaml\n", with_files({{"dir/x.yaml", "extends: x.yaml\n"}})),
                HasSubstr("dir/x.yaml:1:10: extends: 'x.yaml' extends this file: a circle"));
    EXPECT_THAT(error_of("extends: a.yaml\n", with_files({{"dir/a.yaml", "extends: b.yaml\n"},
                                                          {"dir/b.yaml", "extends: ./a.yaml\n"}})),
                HasSubstr("dir/b.yaml:1:10: extends: './a.yaml' extends this file: a circle"));
    Files chain;
    for (int i = 0; i < 20; ++i)
        chain["dir/c" + std::to_string(i) + ".yaml"] = "extends: c" + std::to_string(i + 1) + ".yaml\n";
    EXPECT_THAT(error_of("extends: c0.yaml\n", with_files(chain)), HasSubstr("more than 8 files deep"));
    std::string many;
    for (int i = 0; i < 4'000; ++i) many += "key" + std::to_string(i) + ": 1\n";
    std::string more;
    for (int i = 0; i < 4'000; ++i) more += "yek" + std::to_string(i) + ": 1\n";
    EXPECT_THAT(error_of("extends: a.yaml\n" + many, with_files({{"dir/a.yaml", more}})),
                HasSubstr("the files together have more than 10000 keys and values"));
    const std::string wide(600'000, '#');
    EXPECT_THAT(error_of("extends: a.yaml\n",
                         with_files({{"dir/a.yaml", "extends: b.yaml\n" + wide}, {"dir/b.yaml", wide}})),
                HasSubstr("the files together have more than 1048576 bytes"));
}

TEST(ScenarioExtends, TakesItsPathFromTheEnvironmentButNotFromASet) {
    auto options = with_files({{"dir/base.yaml", test::valid_text()}});
    options.environment["BASE"] = "base";
    EXPECT_EQ(loaded("extends: ${BASE}.yaml\n", options).users, 100U);
    options.sets = {{"extends", "other.yaml"}};
    EXPECT_THAT(error_of("extends: ${BASE}.yaml\n", options), HasSubstr("extends stands in the file"));
}

TEST(ScenarioExtends, ChangesTheHashWithTheBase) {
    const std::string text = "extends: base.yaml\n";
    const auto hash = [&](const std::string& base) {
        return loaded(text, with_files({{"dir/base.yaml", base}})).text_hash;
    };
    EXPECT_EQ(hash(test::valid_text()), hash(test::valid_text()));
    EXPECT_NE(hash(test::valid_text()), hash(test::valid_text() + "# more\n"));
}

TEST(ScenarioExtends, ReadsRealFilesAndFollowsNoLinkOutOfTheFolder) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("hubbub-extends-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder / "inside");
    std::ofstream(folder / "outside.yaml") << test::valid_text();
    std::ofstream(folder / "inside/base.yaml") << test::valid_text();
    std::ofstream(folder / "inside/x.yaml") << "extends: base.yaml\nseed: 3\n";
    std::ofstream(folder / "inside/y.yaml") << "extends: link.yaml\n";
    std::filesystem::create_symlink(folder / "outside.yaml", folder / "inside/link.yaml");
    const auto good = load_scenario_file(folder / "inside/x.yaml", {});
    const auto bad = load_scenario_file(folder / "inside/y.yaml", {});
    std::filesystem::remove_all(folder);
    ASSERT_TRUE(good.has_value()) << good.error().message;
    EXPECT_EQ(good->seed, 3U);
    ASSERT_FALSE(bad.has_value());
    EXPECT_THAT(bad.error().message, HasSubstr("leads out of the scenario's folder"));
}

}  // namespace
}  // namespace hubbub
