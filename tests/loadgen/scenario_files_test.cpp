// The shipped scenarios: all load, all can be planned, and the plan keeps what their comments promise.
#include <gmock/gmock.h>

#include <filesystem>
#include <regex>
#include <set>

#include "loadgen/plan/figures.hpp"
#include "plan_fixture.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

std::shared_ptr<const Plan> shipped(const std::string& name) {
    auto scenario = load_scenario_file(HUBBUB_SOURCE_DIR "/scenarios/" + name + ".yaml", {});
    if (!scenario.has_value()) {
        ADD_FAILURE() << scenario.error().message;
        return nullptr;
    }
    return test::plan_of(std::move(scenario).value());
}

const PhaseFigures& phase_named(const PlanFigures& all, const std::string& name) {
    for (const PhaseFigures& phase : all.phases)
        if (phase.name == name) return phase;
    ADD_FAILURE() << "no phase " << name;
    return all.phases.front();
}

double per_second(const PhaseFigures& phase) {
    return phase.total().deliveries / phase.seconds;
}

constexpr auto direct = static_cast<std::size_t>(ConversationClass::direct);
constexpr auto channel = static_cast<std::size_t>(ConversationClass::channel);

TEST(ShippedScenarios, AllLoadAndBeginWithTheirQuestion) {
    std::set<std::string> seen;
    const std::string list = test::read_file(HUBBUB_SOURCE_DIR "/scenarios/README.md");
    for (const auto& entry : std::filesystem::directory_iterator(HUBBUB_SOURCE_DIR "/scenarios")) {
        if (entry.path().extension() != ".yaml") continue;
        const auto plan = shipped(entry.path().stem());
        ASSERT_NE(plan, nullptr) << entry.path();
        const std::string text = test::read_file(entry.path());
        const std::string comment = text.substr(0, text.find("version:"));
        // Editors complete and check by it.
        EXPECT_TRUE(text.starts_with("# yaml-language-server: $schema=./scenario.schema.json\n# "))
            << entry.path();
        EXPECT_THAT(comment, testing::HasSubstr("?")) << entry.path();
        EXPECT_THAT(comment, testing::HasSubstr("A good backend: ")) << entry.path();
        EXPECT_THAT(comment, testing::HasSubstr("akes about ")) << entry.path();
        const std::string question = comment.substr(0, comment.find('?') + 1);
        const std::string first_line = question.substr(question.find("\n# ") + 3);
        const std::string row = "| [" + entry.path().filename().string() + "](" +
                                entry.path().filename().string() + ") | " +
                                std::regex_replace(first_line, std::regex("\n# "), " ") + " |";
        EXPECT_THAT(list, testing::HasSubstr(row));
        seen.insert(entry.path().stem());
    }
    EXPECT_THAT(seen, testing::IsSupersetOf({"smoke", "demo", "direct-messages", "team-groups", "channel-25k",
                                             "channel-25k-without", "million-deliveries"}));
}

TEST(ShippedScenarios, DemoMakesFiveThousandDeliveriesASecondForThirtySeconds) {
    const auto plan = shipped("demo");
    const PlanFigures all = figures(*plan);
    EXPECT_EQ(all.connections, 2000U);
    const PhaseFigures& steady = phase_named(all, "steady");
    EXPECT_EQ(steady.seconds, 30);
    EXPECT_GT(per_second(steady), 5000);
    EXPECT_LT(all.connect_seconds + all.load_seconds, 50);
    EXPECT_TRUE(plan->scenario->target.embedded);
    EXPECT_EQ(plan->scenario->target.durability, "wal-sync");
}

TEST(ShippedScenarios, DemoDrawsWhatItsFiguresExpect) {
    const auto plan = shipped("demo");
    Arrivals arrivals(*plan, 2);
    double deliveries = 0;
    while (const auto arrival = arrivals.next())
        deliveries += plan->online_members(plan->stream_conversation[arrival->stream.index()]) - 1;
    // The channel's 48 expected messages of 1,999 deliveries each carry nearly all of the spread: 5 sigma of
    // theirs.
    const double expected = phase_named(figures(*plan), "steady").total().deliveries;
    EXPECT_NEAR(deliveries, expected, 5 * std::sqrt(48.0) * 1999);
    EXPECT_GT(deliveries / 30, 5000);
}

TEST(ShippedScenarios, FindCapacityVariesTheMeasuredLoad) {
    const auto plan = shipped("find-capacity");
    EXPECT_EQ(plan->scenario->find.vary, "load.steady.messages");
    // The file's own load is the first that is tried.
    const PlanFigures all = figures(*plan);
    const PhaseFigures& steady = phase_named(all, "steady");
    EXPECT_EQ(steady.total().messages / steady.seconds, plan->scenario->find.from);
}

TEST(ShippedScenarios, SmokeTakesSeconds) {
    const PlanFigures all = figures(*shipped("smoke"));
    EXPECT_EQ(all.users, 200U);
    EXPECT_EQ(all.load_seconds, 3);
    EXPECT_LT(all.connect_seconds, 1);
}

TEST(ShippedScenarios, DirectMessagesSendTwoThousandASecondInTwentyThousandConversations) {
    const PlanFigures all = figures(*shipped("direct-messages"));
    EXPECT_EQ(all.by_class[direct].conversations, 20'000U);
    EXPECT_EQ(phase_named(all, "steady").total().messages / 60, 2000);
    EXPECT_EQ(phase_named(all, "steady").total().deliveries / 60, 2000);
}

TEST(ShippedScenarios, TeamGroupsMakeTenThousandDeliveriesASecond) {
    const auto plan = shipped("team-groups");
    const PlanFigures all = figures(*plan);
    EXPECT_EQ(all.users, 5000U);
    EXPECT_EQ(all.connections, 4000U);
    EXPECT_GT(per_second(phase_named(all, "steady")), 10'000);
}

TEST(ShippedScenarios, ChannelHoldsEverybodyAndGetsTwoMessagesASecondAndABurst) {
    const auto plan = shipped("channel-25k");
    const PlanFigures all = figures(*plan);
    EXPECT_EQ(all.users, 25'000U);
    EXPECT_EQ(all.connections, 18'000U);
    EXPECT_EQ(all.by_class[channel].memberships, 25'000U);
    EXPECT_EQ(all.by_class[channel].online_memberships, 18'000U);
    const PhaseFigures& steady = phase_named(all, "steady");
    EXPECT_EQ(steady.by_class[channel].messages, 2 * 60 + 5);
    EXPECT_EQ(steady.by_class[channel].deliveries, 125.0 * 17'999);
    EXPECT_EQ(steady.by_class[direct].messages, 60'000);
    EXPECT_LE(all.descriptors, 18'200U);
    EXPECT_THAT(refusals(*plan, {.descriptors = 20'000, .ports = 28'232}, staging_of(*plan)),
                testing::IsEmpty());
}

TEST(ShippedScenarios, ChannelHasTheSameDirectMessagesWithAndWithoutItsTraffic) {
    const auto with = shipped("channel-25k");
    const auto without = shipped("channel-25k-without");
    ASSERT_EQ(with->members, without->members);
    Arrivals loud(*with, 1);
    Arrivals silent(*without, 1);
    std::uint64_t compared = 0;
    while (const auto one = loud.next()) {
        if (with->conversations[with->stream_conversation[one->stream.index()].index()].kind ==
            ConversationClass::channel)
            continue;
        const auto two = silent.next();
        ASSERT_TRUE(two);
        ASSERT_EQ(one->offset, two->offset);
        ASSERT_EQ(one->stream, two->stream);
        ASSERT_EQ(one->body_bytes, two->body_bytes);
        ++compared;
    }
    EXPECT_FALSE(silent.next());
    EXPECT_GT(compared, 50'000U);
}

TEST(ShippedScenarios, MillionDeliveriesAreExactlyAMillion) {
    const auto plan = shipped("million-deliveries");
    EXPECT_EQ(figures(*plan).total.deliveries, 1'000'000);
    std::uint64_t deliveries = 0;
    Arrivals arrivals(*plan, 1);
    while (const auto arrival = arrivals.next())
        deliveries += plan->online_members(plan->stream_conversation[arrival->stream.index()]) - 1;
    EXPECT_EQ(deliveries, 1'000'000U);
}

}  // namespace
}  // namespace hubbub
