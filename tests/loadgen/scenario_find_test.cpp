// The keys of `find`: what is searched for, and what a search cannot be.
#include <gmock/gmock.h>

#include "scenario_text.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;

std::string with_find(const std::string& find, const std::string& slo = "delivery.p99 < 100ms") {
    std::string text = test::valid_text() + "find: {" + find + "}\n";
    if (!slo.empty()) text += "expect: {slo: ['" + slo + "']}\n";
    return text;
}

TEST(ScenarioFind, SearchesForARateOrForACount) {
    const auto rate =
        load_scenario_text(with_find("vary: load.steady.messages, from: 1k/s, precision: 10%"), "x.yaml", {});
    ASSERT_TRUE(rate.has_value()) << rate.error().message;
    EXPECT_EQ(rate->find.vary, "load.steady.messages");
    EXPECT_EQ(rate->find.from, 1000);
    EXPECT_TRUE(rate->find.rate);
    EXPECT_EQ(rate->find.precision, 0.1);
    const auto count =
        load_scenario_text(with_find("vary: population.users, from: 50, to: 4k, while: slo"), "x.yaml", {});
    ASSERT_TRUE(count.has_value()) << count.error().message;
    EXPECT_FALSE(count->find.rate);
    EXPECT_EQ(count->find.to, 4000);
    EXPECT_EQ(count->find.precision, 0.05);
}

TEST(ScenarioFind, NamesAValueByNumberToo) {
    EXPECT_EQ(test::errors_of(with_find("vary: load.1.messages, from: 10/s")), "");
    EXPECT_EQ(test::errors_of(with_find("vary: topology.group.count, from: 10")), "");
}

TEST(ScenarioFind, RefusesWhatIsNoValueOfTheScenario) {
    for (const std::string path :
         {"load.stedy.messages", "load.7.messages", "load.steady", "population", "load.steady.messages.x"})
        EXPECT_THAT(test::errors_of(with_find("vary: " + path + ", from: 1k/s")),
                    HasSubstr("x.yaml:16:14: find.vary: '" + path + "' names no value of this scenario"));
}

TEST(ScenarioFind, RefusesASearchThatCannotEnd) {
    EXPECT_THAT(test::errors_of(with_find("vary: population.users, from: 50, to: 10")),
                HasSubstr("find.to: below from"));
    EXPECT_THAT(test::errors_of(with_find("vary: population.users, from: 50, to: 10/s")),
                HasSubstr("from and to are two rates or two counts"));
    EXPECT_THAT(test::errors_of(with_find("vary: population.users, from: 0")), HasSubstr("find.from"));
    EXPECT_THAT(test::errors_of(with_find("vary: find.from, from: 50")), HasSubstr("cannot vary itself"));
    EXPECT_THAT(test::errors_of(with_find("vary: population.users, from: 50", "")),
                HasSubstr("expect.slo has no level"));
}

}  // namespace
}  // namespace hubbub
