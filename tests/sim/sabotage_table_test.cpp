// The page docs/SABOTAGE.md, by which runs are judged, knows every wrong that the server can do.

#include "tests/support/sabotage_table.hpp"

#include <gtest/gtest.h>

#include "refserver/core/sabotage.hpp"

namespace hubbub::test {
namespace {

TEST(SabotageTable, KnowsEveryKindOfTheServerAndWhichAreHarmless) {
    const auto page = sabotage_rules();
    ASSERT_EQ(page.size(), sabotage_kinds);
    for (std::size_t k = 0; k < sabotage_kinds; ++k) {
        const auto kind = static_cast<SabotageKind>(k);
        ASSERT_TRUE(page.contains(std::string(name(kind)))) << name(kind);
        EXPECT_EQ(harmless(kind), page.at(std::string(name(kind))).exactly.empty()) << name(kind);
    }
}

}  // namespace
}  // namespace hubbub::test
