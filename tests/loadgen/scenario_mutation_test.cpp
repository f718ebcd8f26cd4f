// Mutants of the shipped scenarios: whatever a tired hand or a broken disk makes of them is refused with a
// place, or is a scenario that can be planned. HUBBUB_MUTANTS sets how many (2,000; 100,000 is a nightly
// size).
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/random.hpp"
#include "scenario_text.hpp"
#include "tests/fuzz/scenario_check.hpp"
#include "tests/support/campaign.hpp"

namespace hubbub {
namespace {

/// Pieces that mean something to YAML or to the language.
constexpr auto tokens = std::to_array<std::string_view>({"{",
                                                         "}",
                                                         "[",
                                                         "]",
                                                         ":",
                                                         ": ",
                                                         "- ",
                                                         ",",
                                                         "#",
                                                         "&a ",
                                                         "*a",
                                                         "!!int ",
                                                         "<<: ",
                                                         "|",
                                                         ">",
                                                         "'",
                                                         "\"",
                                                         "---\n",
                                                         "...\n",
                                                         "? ",
                                                         "~",
                                                         "null",
                                                         "yes",
                                                         "010",
                                                         "0x10",
                                                         "-1",
                                                         "1e3",
                                                         "99999999999999999999",
                                                         "0",
                                                         "1",
                                                         "50k",
                                                         "0%",
                                                         "100%",
                                                         "0/s",
                                                         "1/s..0/s",
                                                         "5m",
                                                         "200h",
                                                         "${PORT}",
                                                         "${NONE}",
                                                         "${",
                                                         "faults",
                                                         "phase",
                                                         "streams",
                                                         "burst: 5",
                                                         "at: 1s",
                                                         "\t",
                                                         "\n",
                                                         "\n  ",
                                                         "direct",
                                                         "channel",
                                                         "zipf: 1",
                                                         "p50: 48",
                                                         "users",
                                                         "lost == 0",
                                                         "\xc3\xa9",
                                                         "\xff",
                                                         "%YAML 1.2\n",
                                                         "extends: base.yaml\n",
                                                         "extends: any.yaml\n",
                                                         "extends: ../x.yaml\n"});

std::vector<std::string> shipped_texts() {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(HUBBUB_SOURCE_DIR "/scenarios"))
        if (entry.path().extension() == ".yaml") paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    std::vector<std::string> out;
    for (const auto& path : paths) out.push_back(test::read_file(path));
    return out;
}

/// A span of the text: a few bytes, a word or a line.
std::pair<std::size_t, std::size_t> any_span(const std::string& text, Random& random) {
    const std::size_t at = random.below(text.size());
    const auto extend = [&](std::string_view until) {
        const std::size_t begin = text.find_last_of(until, at) + 1;  // npos + 1 is 0
        return std::pair{std::min(begin, at),
                         std::min(text.find_first_of(until, at), text.size()) - std::min(begin, at)};
    };
    switch (random.below(3)) {
        case 0:
            return {at, std::min<std::size_t>(1 + random.below(8), text.size() - at)};
        case 1:
            return extend(" \n,:{}[]");
        default:
            return extend("\n");
    }
}

void mutate(std::string& text, const std::vector<std::string>& all, Random& random) {
    if (text.empty()) return;
    const auto [at, size] = any_span(text, random);
    const std::string piece = text.substr(at, size);
    switch (random.below(7)) {
        case 0:
            text[at] = static_cast<char>(random.below(256));
            break;
        case 1:
            text.erase(at, size);
            break;
        case 2:
            text.insert(random.below(text.size()), piece);
            break;
        case 3:
            text.insert(at, tokens[random.below(tokens.size())]);
            break;
        case 4:
            text.replace(at, size, tokens[random.below(tokens.size())]);
            break;
        case 5:
            text.erase(at, size).insert(random.below(text.size() + 1), piece);
            break;
        default: {
            const std::string& other = all[random.below(all.size())];
            const auto [from, length] = any_span(other, random);
            text.replace(at, size, other.substr(from, length));
        }
    }
}

TEST(ScenarioMutants, AreRefusedWithAPlaceOrCanBePlanned) {
    const auto all = shipped_texts();
    std::array<std::uint64_t, 3> seen{};
    const std::uint64_t wanted = test::asked_or(2'000, "HUBBUB_MUTANTS");
    for (std::uint64_t i = 0; i < wanted; ++i) {
        Random random = Random(20'261'122).child(i);
        std::string text = all[random.below(all.size())];
        for (std::uint64_t edits = 1 + random.below(4); edits > 0; --edits) mutate(text, all, random);
        SCOPED_TRACE("mutant " + std::to_string(i));
        ++seen[static_cast<std::size_t>(check_any_scenario(text))];
    }
    EXPECT_GT(seen[0], wanted / 2);  // most edits break something
    EXPECT_GT(seen[2], 0U);                                          // some hit only comments and numbers
}

TEST(ScenarioMutants, StayFoundOnceFound) {
    std::size_t replayed = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(HUBBUB_SOURCE_DIR "/tests/fuzz/corpus/scenario")) {
        SCOPED_TRACE(entry.path());
        check_any_scenario(test::read_file(entry.path()));
        ++replayed;
    }
    EXPECT_GT(replayed, 0U);
}

TEST(ScenarioMutants, CannotMakeTheLoaderSlow) {
    // Shapes that make parsers recurse or go quadratic; each must come back refused, not late (ctest's limit
    // is the judge).
    std::string keys;
    for (int i = 0; i < 30'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
    std::string flows = "a: ";
    for (int i = 0; i < 200'000; ++i) flows += "{a: ";
    for (const std::string& text :
         {keys, flows, "a: " + std::string(500'000, '['), std::string(500'000, '-'),
          "a: '" + std::string(900'000, 'x') + "'", std::string(300'000, ' ') + "\t: x",
          "? " + std::string(100'000, '?'), "a: " + std::string(900'000, '&'),
          "name: " + std::string(50'000, '$') + "{"}) {
        EXPECT_EQ(check_any_scenario(text), ScenarioVerdict::refused);
    }
}

}  // namespace
}  // namespace hubbub
