// The table that judges runs of the server is the one of docs/SABOTAGE.md.

#include "tests/loadgen/sabotage_table.hpp"

#include <gtest/gtest.h>

#include "tests/support/sabotage_table.hpp"

namespace hubbub::test {
namespace {

TEST(SabotageTable, InCodeIsTheOneOfThePage) {
    const auto page = sabotage_rules();
    ASSERT_EQ(page.size(), sabotage_kinds);
    constexpr std::uint32_t receivers = 5;
    for (std::size_t k = 0; k < sabotage_kinds; ++k) {
        SabotageRecord record;
        record.kind = static_cast<SabotageKind>(k);
        record.receivers = receivers;
        const Expected in_code = expected_from({record});
        const SabotageRule& rule = page.at(std::string(name(record.kind)));
        std::map<std::string, std::uint64_t> exactly;
        for (const auto& [counter, shares] : rule.exactly)
            exactly[counter] = shares.first * receivers + shares.second;
        EXPECT_EQ(in_code.exactly, exactly) << name(record.kind);
        EXPECT_EQ(in_code.may_follow, rule.may_follow) << name(record.kind);
        EXPECT_EQ(harmless(record.kind), rule.exactly.empty()) << name(record.kind);
    }
}

}  // namespace
}  // namespace hubbub::test
