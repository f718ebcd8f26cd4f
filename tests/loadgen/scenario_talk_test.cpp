// Keys of what users do about messages: read, held together, and refused where a backend has no words for it.
#include <gmock/gmock.h>

#include "loadgen/check/unchecked.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::edited;
using test::errors_of;
using testing::ElementsAre;
using testing::HasSubstr;

Scenario with(const std::string& keys) {
    const auto scenario = load_scenario_text(edited("    send:", keys + "    send:"), "x.yaml", {});
    if (scenario.has_value()) return *scenario;
    ADD_FAILURE() << scenario.error().message;
    return {};
}

TEST(ScenarioTalk, ReadsReplies) {
    const Scenario scenario =
        with("    reply: {probability: 20%, delay: {lognormal: {median: 2s, p99: 30s}}, thread: 70%}\n");
    const auto& reply = scenario.behaviors[0].habits.reply;
    ASSERT_TRUE(reply);
    EXPECT_DOUBLE_EQ(reply->probability, 0.2);
    EXPECT_DOUBLE_EQ(reply->thread, 0.7);
    EXPECT_EQ(reply->delay, (Delay{2s, 30s}));
}

TEST(ScenarioTalk, DelaysAreATimeOrALawAndHaveADefault) {
    const auto delay = [](const std::string& text) {
        return with("    reply: {probability: 20%" + text + "}\n").behaviors[0].habits.reply->delay;
    };
    EXPECT_EQ(delay(""), (Delay{3s, 3s}));
    EXPECT_EQ(delay(", delay: 500ms"), (Delay{500ms, 500ms}));
    EXPECT_EQ(delay(", delay: {median: 4s}"), (Delay{4s, 40s}));
    EXPECT_EQ(delay(", delay: {median: 4s, p99: 5s}"), (Delay{4s, 5s}));
    EXPECT_EQ(delay(", delay: {lognormal: {median: 4s, p99: 5s}}"), (Delay{4s, 5s}));
}

TEST(ScenarioTalk, RefusesWhatDoesNotFit) {
    const auto errors = [](const std::string& reply) {
        return errors_of(edited("    send:", "    reply: " + reply + "\n    send:"));
    };
    EXPECT_THAT(errors("{probability: 20%, delay: {median: 5s, p99: 1s}}"),
                HasSubstr("behaviors.everyone.reply.delay: p99 is below the median"));
    EXPECT_THAT(errors("{probability: 20%, delay: {p99: 1s}}"), HasSubstr("a median is missing"));
    EXPECT_THAT(errors("{delay: 1s}"), HasSubstr("probability"));
    EXPECT_THAT(errors("{probability: 2}"), HasSubstr("probability"));
    EXPECT_THAT(errors("{probability: 20%, dealy: 1s}"), HasSubstr("did you mean 'delay'"));
}

TEST(ScenarioTalk, ReadsSecondThoughtsReactionsAndTyping) {
    const Scenario scenario = with(
        "    edit: {probability: 2%, erase: 10%}\n    react: {probability: 5%, delay: {median: 1s, p99: "
        "2s}}\n"
        "    typing: {before_send: 500ms}\n");
    const Habits& habits = scenario.behaviors[0].habits;
    EXPECT_DOUBLE_EQ(habits.edit->probability, 0.02);
    EXPECT_DOUBLE_EQ(habits.edit->erase, 0.1);
    EXPECT_EQ(habits.edit->delay, (Delay{5s, 5s}));
    EXPECT_DOUBLE_EQ(habits.react->probability, 0.05);
    EXPECT_EQ(habits.react->delay, (Delay{1s, 2s}));
    EXPECT_EQ(habits.typing->before_send, 500ms);
    EXPECT_EQ(with("    typing: {}\n").behaviors[0].habits.typing->before_send, 2s);
}

TEST(ScenarioTalk, HasAServiceLevelForTypingWhereSomebodyTypes) {
    const auto with_level = [](const std::string& keys) {
        return errors_of(edited("    send:", keys + "    send:") + "expect:\n  slo: [typing.p99 < 1s]\n");
    };
    EXPECT_EQ(with_level("    typing: {}\n"), "");
    EXPECT_THAT(with_level(""), HasSubstr("typing.p99 < 1s: nobody is seen typing"));
}

TEST(ScenarioTalk, IsRefusedWhereTheBackendHasNoWordForIt) {
    BackendAbilities plain;
    plain.talk = false;
    Scenario scenario = with("    reply: {probability: 20%}\n");
    scenario.target.adapter = "json-ws";
    EXPECT_THAT(cannot_expect(scenario, plain),
                ElementsAre("x.yaml:11:5: behaviors.everyone.reply.thread: the backend has no word for it "
                            "(adapter json-ws), so only `thread: 0%` can be played"));
    EXPECT_THAT(cannot_expect(scenario, {}), testing::IsEmpty());
    scenario.behaviors[0].habits.typing = TypingHabit{};
    scenario.behaviors[0].habits.react = ReactHabit{};
    scenario.behaviors[0].habits.edit = EditHabit{};
    EXPECT_EQ(cannot_expect(scenario, plain).size(), 4U);
    Habits only;
    only.reply = scenario.behaviors[0].habits.reply;
    scenario.behaviors[0].habits = only;
    scenario.behaviors[0].habits.reply->thread = 0;
    EXPECT_THAT(cannot_expect(scenario, plain), testing::IsEmpty());
}

}  // namespace
}  // namespace hubbub
