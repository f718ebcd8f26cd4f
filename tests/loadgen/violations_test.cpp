// Which counter must be 0 in which mode: the table of docs/CHECKS.md, read from the page.
#include "loadgen/check/violations.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/sabotage_table.hpp"

namespace hubbub {
namespace {

/// Rows `| counters | at_most_once | at_least_once | effectively_once |` with `0`, `free` or `info`.
std::map<std::string, std::vector<std::string>> mode_table() {
    std::ifstream page(HUBBUB_SOURCE_DIR "/docs/CHECKS.md");
    std::map<std::string, std::vector<std::string>> table;
    bool inside = false;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("| counter must be 0 for")) inside = true;
        if (!line.starts_with("|")) inside = false;
        const auto cells = test::cells_of(line, '|');
        if (!inside || cells.size() < 5 || cells[1].starts_with("-") || cells[1].starts_with("counter"))
            continue;
        for (const std::string& counter : test::cells_of(cells[1], ','))
            table[counter] = {cells[2], cells[3], cells[4]};
    }
    return table;
}

TEST(ModeTable, IsTheOneOfThePage) {
    const auto table = mode_table();
    ASSERT_EQ(table.size(), counters.size() - 2) << "order and causality follow the order mode";
    for (const auto& [counter, cells] : table) {
        for (std::size_t mode = 0; mode < 3; ++mode)
            EXPECT_EQ(must_be_zero(counter, static_cast<DeliveryMode>(mode), OrderMode::causal),
                      cells[mode] == "0")
                << counter << " in mode " << mode;
    }
}

TEST(ModeTable, OrderAndCausalityFollowTheOrderMode) {
    const auto needs = [](const char* counter, OrderMode order) {
        return must_be_zero(counter, DeliveryMode::at_least_once, order);
    };
    EXPECT_FALSE(needs("order", OrderMode::none));
    for (const OrderMode mode : {OrderMode::sender, OrderMode::conversation, OrderMode::causal})
        EXPECT_TRUE(needs("order", mode));
    for (const OrderMode mode : {OrderMode::none, OrderMode::sender, OrderMode::conversation})
        EXPECT_FALSE(needs("causality", mode));
    EXPECT_TRUE(needs("causality", OrderMode::causal));
}

TEST(Broken, NamesEachCounterThatIsNotZeroAndMustBe) {
    for (const Counter& counter : counters) {
        Violations violations;
        violations.*counter.count = 3;
        const auto found = broken(violations, DeliveryMode::effectively_once, OrderMode::causal);
        const bool wanted = must_be_zero(counter.name, DeliveryMode::effectively_once, OrderMode::causal);
        ASSERT_EQ(found.size(), wanted ? 1u : 0u) << counter.name;
        if (wanted) {
            EXPECT_EQ(found[0], (std::pair<std::string, std::uint64_t>{counter.name, 3}));
        }
    }
}

TEST(Broken, IsEmptyWithoutViolations) {
    EXPECT_TRUE(broken({}, DeliveryMode::effectively_once, OrderMode::causal).empty());
    EXPECT_EQ(by_name({}).size(), counters.size());
}

}  // namespace
}  // namespace hubbub
