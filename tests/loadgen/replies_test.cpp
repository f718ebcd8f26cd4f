// Who answers, how often, and what it adds: from plan and seed alone.
#include "loadgen/plan/replies.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>

#include "loadgen/plan/figures.hpp"
#include "plan_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::plan_of;
using testing::HasSubstr;

/// One group of `users`, all online; behavior i is that of `counts[i]` of them and answers with `chances[i]`.
Scenario one_group(const std::vector<std::uint32_t>& counts, const std::vector<double>& chances) {
    Scenario scenario = test::small_scenario();
    scenario.users = 0;
    for (const std::uint32_t count : counts) scenario.users += count;
    scenario.online = scenario.users;
    scenario.topology = {{ConversationClass::group, 1, scenario.users, scenario.users, {}}};
    scenario.behaviors = {test::everyone_sends(0, 1, 0)};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        Behavior behavior;
        behavior.name = "part" + std::to_string(i);
        behavior.share = static_cast<double>(counts[i]) / scenario.users;
        if (chances[i] > 0) behavior.habits.reply = ReplyHabit{chances[i], {1s, 1s}, 1};
        scenario.behaviors.push_back(behavior);
    }
    return scenario;
}

std::map<std::uint32_t, int> answers_by_user(const Plan& plan, std::uint32_t messages, DeviceIndex sender) {
    std::map<std::uint32_t, int> out;
    for (std::uint32_t k = 1; k <= messages; ++k) {
        int answers = 0;
        for (std::uint32_t user = 0; user < plan.users; ++user) {
            if (!answer_of(plan, UserIndex{user}, {ConversationIndex{0}, sender, k})) continue;
            ++answers;
            ++out[user];
        }
        EXPECT_LE(answers, 1) << "message " << k;
    }
    return out;
}

TEST(Replies, ComeFromOneMemberAndNeverFromTheSender) {
    const auto plan = plan_of(one_group({5}, {0.5}));
    const auto by_user = answers_by_user(*plan, 4000, DeviceIndex{2});
    EXPECT_FALSE(by_user.contains(2));
    ASSERT_EQ(by_user.size(), 4U);
    // 500 each; a binomial's standard deviation is 21.
    for (const auto& [user, answers] : by_user) EXPECT_NEAR(answers, 500, 105) << user;
}

TEST(Replies, ComeFromThoseWhoAnswerAndAsOftenAsTheyDo) {
    const auto plan = plan_of(one_group({3, 1, 6}, {0.2, 0.8, 0}));
    const auto by_user = answers_by_user(*plan, 4000, plan->device_of(UserIndex{0}));
    for (const auto& [user, answers] : by_user) EXPECT_TRUE(plan->habits_of(UserIndex{user}).reply) << user;
    double expected = 0;
    int candidates = 0;
    for (std::uint32_t user = 1; user < 10; ++user)
        if (const auto& habit = plan->habits_of(UserIndex{user}).reply) {
            expected += habit->probability;
            ++candidates;
        }
    int sum = 0;
    for (const auto& [user, answers] : by_user) sum += answers;
    EXPECT_NEAR(sum, 4000 * expected / candidates, 160) << "five standard deviations";
}

TEST(Replies, FindTheOneWhoAnswersAmongThousands) {
    const auto plan = plan_of(one_group({1, 2999}, {0.8, 0}));
    std::uint32_t keen = 0;
    while (!plan->habits_of(UserIndex{keen}).reply) ++keen;
    const DeviceIndex sender{keen == 0 ? 1U : 0U};
    int answered = 0;
    for (std::uint32_t k = 1; k <= 500; ++k)
        answered += answer_of(*plan, UserIndex{keen}, {ConversationIndex{0}, sender, k}) ? 1 : 0;
    EXPECT_NEAR(answered, 400, 45);
    // Nobody answers oneself, not even the only one who answers.
    for (std::uint32_t k = 1; k <= 50; ++k)
        EXPECT_FALSE(answer_of(*plan, UserIndex{keen}, {ConversationIndex{0}, DeviceIndex{keen}, k}));
}

TEST(Replies, LeaveOneOfTheUsersDevicesAndHangOnTheirMessageAsOftenAsAsked) {
    Scenario scenario = one_group({4}, {0.8});
    scenario.population.devices_per_user = {{3, 1, {}}};
    scenario.behaviors[1].habits.reply->thread = 0.25;
    const auto plan = plan_of(scenario);
    std::map<std::uint32_t, int> by_device;
    int threads = 0, answers = 0;
    for (std::uint32_t k = 1; k <= 2000; ++k)
        for (std::uint32_t user = 0; user < 4; ++user) {
            const auto answer = answer_of(*plan, UserIndex{user}, {ConversationIndex{0}, DeviceIndex{0}, k});
            if (!answer) continue;
            EXPECT_EQ(plan->user_of(answer->device), UserIndex{user});
            EXPECT_EQ(answer->delay, 1s);
            EXPECT_EQ(answer->body_bytes, 120U);
            ++by_device[answer->device.value % 3];
            ++answers;
            threads += answer->thread;
        }
    EXPECT_EQ(by_device.size(), 3U);
    EXPECT_NEAR(threads, answers * 0.25, 100);
}

/// The largest eigenvalue and the mean of all that follow, by playing generations.
Branching played(const std::vector<double>& chances) {
    const double n = static_cast<double>(chances.size());
    std::vector<double> generation(chances.size(), 1 / n), next;
    double grown = 0, ratio = 0;
    for (int i = 0; i < 2000; ++i) {
        next.assign(chances.size(), 0);
        double before = 0, after = 0;
        for (std::size_t s = 0; s < chances.size(); ++s)
            for (std::size_t r = 0; r < chances.size(); ++r)
                if (r != s) next[r] += generation[s] * chances[r] / (n - 1);
        for (const double g : generation) before += g;
        for (const double g : next) after += g;
        grown += after;
        if (before > 1e-200) ratio = after / before;
        generation = next;
    }
    return {ratio, grown};
}

TEST(Replies, BranchAsPlayedGenerationsDo) {
    for (const std::vector<double>& chances :
         {std::vector<double>{0.5, 0.5}, {0.2, 0.2, 0.2, 0.2}, {0.1, 0.7, 0.4}}) {
        const auto plan = plan_of(one_group(std::vector<std::uint32_t>(chances.size(), 1), chances));
        const Branching found = branching(*plan, ConversationIndex{0});
        const Branching wanted = played(chances);
        EXPECT_NEAR(found.ratio, wanted.ratio, 1e-6);
        // Where all answer alike the mean is exact.
        if (chances[0] == chances[1]) {
            EXPECT_NEAR(found.answers, wanted.answers, 1e-6);
        }
    }
    // Two that answer each other always: 1 x 0.25 comes back after two generations.
    const auto pair = plan_of(one_group({1, 1}, {1, 0.25}));
    EXPECT_NEAR(branching(*pair, ConversationIndex{0}).ratio, 0.5, 1e-6);
}

TEST(Replies, OfOneWhoAnswersEverythingEndAtOnce) {
    const auto plan = plan_of(one_group({1, 9}, {1, 0}));
    EXPECT_EQ(branching(*plan, ConversationIndex{0}).ratio, 0);
    EXPECT_EQ(branching(*plan, ConversationIndex{0}).answers, 1);
    EXPECT_EQ(branching(*plan_of(one_group({3}, {0})), ConversationIndex{0}).answers, 0);
}

TEST(Replies, ThatWouldTakeOverAreRefused) {
    EXPECT_THAT(test::plan_error(one_group({5}, {0.95})),
                HasSubstr("behaviors.part0.reply.probability: in conversation 0 (group) every answer would "
                          "bring about 0.95 more; it must stay below 0.9"));
    EXPECT_EQ(test::plan_error(one_group({5}, {0.89})), "");
    EXPECT_EQ(test::plan_error(one_group({1, 1}, {1, 0.7})), "") << "0.84 a generation";
}

TEST(Replies, AndMessagesOfTheLoadAreEditedAlike) {
    Scenario scenario = one_group({4}, {0.5});
    scenario.behaviors[1].habits.edit = EditHabit{0.25, {}, 0};
    scenario.phases[1].streams = {test::stream_of_law(ArrivalLaw::constant, 30)};
    // 300 of the load, 300 answers, and a quarter of all 600 edited.
    EXPECT_NEAR(figures(*plan_of(scenario)).induced.messages, 300 + 150, 1e-2);
}

TEST(Replies, StandInThePlanBesideTheLoad) {
    Scenario scenario = one_group({4}, {0.5});
    scenario.phases[1].streams = {test::stream_of_law(ArrivalLaw::constant, 30)};
    const auto plan = plan_of(scenario);
    const PlanFigures all = figures(*plan);
    EXPECT_NEAR(all.total.messages, 300, 1e-6);
    // 1/2 + 1/4 + ... = 1 answer a message; each reaches three others.
    EXPECT_NEAR(all.induced.messages, 300, 1e-3);
    EXPECT_NEAR(all.induced.deliveries, 900, 1e-2);
    EXPECT_NEAR(all.branching, 0.5, 1e-6);
    const std::string text = describe(*plan, {}, {});
    EXPECT_THAT(text,
                HasSubstr("besides        at most about 300 replies and edits, 900 deliveries; branching "
                          "ratio at most 0.50"));
    EXPECT_THAT(text, HasSubstr("replies and edits besides: at most about 30 messages/s, 90 deliveries/s"));
    EXPECT_THAT(describe(*plan_of(test::small_scenario()), {}, {}), testing::Not(HasSubstr("besides")));
}

}  // namespace
}  // namespace hubbub
