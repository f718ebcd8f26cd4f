#include "loadgen/plan/plan.hpp"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <cmath>
#include <set>

#include "loadgen/plan/senders.hpp"
#include "plan_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::plan_error;
using test::plan_of;
using test::small_scenario;
using testing::HasSubstr;

std::vector<std::uint32_t> numbers(std::span<const UserIndex> users) {
    std::vector<std::uint32_t> out;
    for (const UserIndex user : users) out.push_back(user.value);
    return out;
}

TEST(Plan, IsTheSameForTheSameSeed) {
    const auto one = plan_of(small_scenario());
    const auto two = plan_of(small_scenario());
    EXPECT_EQ(one->members, two->members);
    EXPECT_EQ(one->stream_conversation, two->stream_conversation);
    EXPECT_EQ(one->part_of, two->part_of);
}

TEST(Plan, DiffersForAnotherSeed) {
    Scenario other = small_scenario();
    other.seed = 8;
    EXPECT_NE(plan_of(small_scenario())->members, plan_of(other)->members);
}

TEST(Plan, KeepsEarlierRowsWhenARowIsAppended) {
    Scenario longer = small_scenario();
    longer.topology.push_back({ConversationClass::group, 5, 4, 4, {}});
    const auto one = plan_of(small_scenario());
    const auto two = plan_of(longer);
    EXPECT_TRUE(std::equal(one->members.begin(), one->members.end(), two->members.begin()));
}

TEST(Plan, MakesTheConversationsOfTheTopologyWithSortedDistinctMembers) {
    const auto plan = plan_of(small_scenario());
    ASSERT_EQ(plan->conversations.size(), 342U);
    for (std::uint32_t c = 0; c < plan->conversations.size(); ++c) {
        const auto members = numbers(plan->members_of(ConversationIndex{c}));
        const TopologyRow& row = plan->scenario->topology[plan->conversations[c].topology_row];
        EXPECT_EQ(plan->conversations[c].kind, row.kind);
        EXPECT_GE(members.size(), row.size_min);
        EXPECT_LE(members.size(), row.size_max);
        for (std::size_t i = 1; i < members.size(); ++i) EXPECT_LT(members[i - 1], members[i]);
        EXPECT_LT(members.back(), plan->users);
    }
}

TEST(Plan, GivesNoTwoUsersTwoDirectConversationsEvenWhenEveryPairIsUsed) {
    Scenario scenario = small_scenario();
    scenario.users = scenario.online = 30;
    scenario.topology = {{ConversationClass::direct, 400, 2, 2, {}},
                         {ConversationClass::direct, 35, 2, 2, {}}};
    scenario.behaviors.clear();
    scenario.phases.pop_back();
    const auto plan = plan_of(scenario);
    std::set<std::vector<std::uint32_t>> pairs;
    for (std::uint32_t c = 0; c < plan->conversations.size(); ++c)
        pairs.insert(numbers(plan->members_of(ConversationIndex{c})));
    EXPECT_EQ(pairs.size(), 30U * 29 / 2);
}

TEST(Plan, DrawsGroupMembersUniformly) {
    Scenario scenario = small_scenario();
    scenario.topology = {{ConversationClass::group, 4000, 5, 5, {}}};
    scenario.behaviors = {test::everyone_sends(0, 1, 0)};
    const auto plan = plan_of(scenario);
    std::vector<double> seen(plan->users);
    for (const UserIndex user : plan->members) ++seen[user.index()];
    const double mean = 4000.0 * 5 / 200;
    double chi2 = 0;
    for (const double count : seen) chi2 += (count - mean) * (count - mean) / mean;
    const double freedom = 199;
    EXPECT_LT(chi2, freedom + 6 * std::sqrt(2 * freedom));
}

TEST(Plan, DrawsPairsUniformlyOverTheUsers) {
    Scenario scenario = small_scenario();
    scenario.users = 1000;
    scenario.topology = {{ConversationClass::direct, 50'000, 2, 2, {}}};
    scenario.behaviors = {test::everyone_sends(1, 0, 0)};
    const auto plan = plan_of(scenario);
    std::vector<double> seen(plan->users);
    for (const UserIndex user : plan->members) ++seen[user.index()];
    double chi2 = 0;
    for (const double count : seen) chi2 += (count - 100) * (count - 100) / 100;
    const double freedom = 999;
    EXPECT_LT(chi2, freedom + 6 * std::sqrt(2 * freedom));
}

TEST(Plan, PutsEveryUserIntoAChannelAsLargeAsThePopulation) {
    Scenario scenario = small_scenario();
    scenario.users = 25'000;
    scenario.online = 18'000;
    scenario.topology = {{ConversationClass::channel, 1, 25'000, 25'000, {}}};
    scenario.behaviors = {test::everyone_sends(0, 0, 1)};
    const auto plan = plan_of(scenario);
    EXPECT_EQ(plan->members_of(ConversationIndex{0}).size(), 25'000U);
    EXPECT_EQ(plan->online_members(ConversationIndex{0}), 18'000U);
    EXPECT_EQ(plan->stream_device.size(), 25'000U);
}

TEST(Plan, FindsEveryStreamByDeviceAndConversation) {
    const auto plan = plan_of(small_scenario());
    std::size_t streams = 0;
    for (std::uint32_t c = 0; c < plan->conversations.size(); ++c) {
        std::set<std::uint32_t> members;
        for (const UserIndex user : plan->members_of(ConversationIndex{c})) members.insert(user.value);
        for (std::uint32_t d = 0; d < plan->devices; ++d) {
            const auto stream = plan->stream_of(DeviceIndex{d}, ConversationIndex{c});
            ASSERT_EQ(stream.has_value(), members.contains(d));
            if (!stream) continue;
            ++streams;
            EXPECT_EQ(plan->stream_device[stream->index()], DeviceIndex{d});
            EXPECT_EQ(plan->stream_conversation[stream->index()], ConversationIndex{c});
        }
    }
    EXPECT_EQ(streams, plan->stream_conversation.size());
    EXPECT_FALSE(plan->stream_of(DeviceIndex{plan->devices}, ConversationIndex{0}));
}

TEST(Plan, SlicesCoverTheOnlineUsersExactlyForAnyNumberOfWorkers) {
    const auto plan = plan_of(small_scenario());
    rc::check([&] {
        const auto workers = *rc::gen::inRange<std::uint32_t>(1, 400);
        Slice before;
        for (std::uint32_t w = 0; w < workers; ++w) {
            const Slice slice = plan->slice(w, workers);
            RC_ASSERT(slice.first_user == before.last_user);
            RC_ASSERT(slice.first_device == before.last_device);
            RC_ASSERT(slice.first_stream == before.last_stream);
            RC_ASSERT(slice.last_user - slice.first_user <= plan->online_users / workers + 1);
            for (std::uint32_t s = slice.first_stream; s < slice.last_stream; ++s) {
                RC_ASSERT(plan->stream_device[s].value >= slice.first_device);
                RC_ASSERT(plan->stream_device[s].value < slice.last_device);
            }
            before = slice;
        }
        RC_ASSERT(before.last_user == plan->online_users);
        RC_ASSERT(before.last_stream == plan->stream_begin[plan->online_users]);
    });
}

TEST(Plan, ReadsItsOwnNamesAndNoOthers) {
    const auto plan = plan_of(small_scenario());
    for (std::uint32_t u = 0; u < plan->users; ++u)
        EXPECT_EQ(plan->user_from(plan->user_name(UserIndex{u})), UserIndex{u});
    for (const char* stranger : {"", "u", "u200", "u01", "u+1", "u1 ", "v1", "setup-0", "u99999999999"})
        EXPECT_FALSE(plan->user_from(stranger)) << stranger;
}

TEST(Plan, OpensEveryOnlineUserOnceAtTheRampsRate) {
    const auto plan = plan_of(small_scenario());
    std::set<Duration> offsets;
    for (std::uint32_t u = 0; u < plan->online_users; ++u)
        offsets.insert(plan->open_offset(UserIndex{u}).value());
    ASSERT_EQ(offsets.size(), 150U);
    std::uint32_t rank = 0;
    for (const Duration offset : offsets) EXPECT_EQ(offset, rank++ * 20ms);  // 50 opens/s
    EXPECT_FALSE(plan->open_offset(UserIndex{150}));
}

TEST(Plan, SpreadsTheOpeningsOfEveryWorkerOverTheWholeRamp) {
    const auto plan = plan_of(small_scenario());
    for (std::uint32_t w = 0; w < 2; ++w) {
        const Slice slice = plan->slice(w, 2);
        std::uint32_t early = 0;
        for (std::uint32_t u = slice.first_user; u < slice.last_user; ++u)
            early += plan->open_offset(UserIndex{u}).value() < 1500ms ? 1 : 0;
        EXPECT_NEAR(early, 37.5, 3) << "half of the worker's 75 users";
    }
}

TEST(Plan, MakesCreateKeysThatDependOnScenarioSeedRunAndConversation) {
    const auto plan = plan_of(small_scenario());
    Scenario changed = small_scenario();
    changed.text_hash = "fedcba9876543210";
    Scenario reseeded = small_scenario();
    reseeded.seed = 8;
    std::set<std::string> keys = {
        plan->create_key(ConversationIndex{1}, 1), plan->create_key(ConversationIndex{2}, 1),
        plan->create_key(ConversationIndex{1}, 2), plan_of(changed)->create_key(ConversationIndex{1}, 1),
        plan_of(reseeded)->create_key(ConversationIndex{1}, 1)};
    EXPECT_EQ(keys.size(), 5U);
    EXPECT_EQ(plan->create_key(ConversationIndex{1}, 1),
              plan_of(small_scenario())->create_key(ConversationIndex{1}, 1));
    for (const std::string& key : keys) EXPECT_LE(key.size(), 128U);
}

TEST(Plan, DealsSharesBelowOneOutAsDisjointExactCounts) {
    Scenario scenario = small_scenario();
    Behavior lurker;
    lurker.name = "lurker";
    lurker.share = 0.9;
    scenario.behaviors[0].share = 0.1;
    scenario.behaviors.push_back(lurker);
    const auto plan = plan_of(scenario);
    std::vector<int> counts(2);
    for (const std::uint16_t part : plan->part_of) ++counts.at(part);
    EXPECT_EQ(counts, (std::vector<int>{15, 135}));
}

TEST(Plan, RefusesWhatThePopulationCannotGiveAndNamesThePlace) {
    Scenario scenario = small_scenario();
    scenario.file = "x.yaml";
    scenario.topology[2].size_min = scenario.topology[2].size_max = 201;
    scenario.topology[2].place = {12, 5};
    EXPECT_THAT(plan_error(scenario), HasSubstr("x.yaml:12:5: topology.2: a channel of 201 members"));

    scenario = small_scenario();
    scenario.topology[0].count = 200 * 199 / 2 + 1;
    EXPECT_THAT(plan_error(scenario), HasSubstr("make only 19900 pairs"));

    scenario = small_scenario();
    scenario.online = 201;
    EXPECT_THAT(plan_error(scenario), HasSubstr("population.online"));
}

TEST(Plan, RefusesAClassThatNobodyCanSendTo) {
    Scenario scenario = small_scenario();
    scenario.topology.pop_back();
    EXPECT_THAT(plan_error(scenario),
                HasSubstr("behaviors.everyone.send.to.channel: no channel conversation"));
}

TEST(Plan, RefusesSharesThatDoNotAddUp) {
    Scenario scenario = small_scenario();
    scenario.behaviors[0].send->to_direct = 0.5;
    EXPECT_THAT(plan_error(scenario), HasSubstr("must add up to 100%"));
    scenario = small_scenario();
    scenario.behaviors[0].share = 0.6;
    scenario.behaviors.push_back(scenario.behaviors[0]);
    EXPECT_THAT(plan_error(scenario), HasSubstr("more than 100%"));
}

TEST(Plan, RefusesMessagesThatNoBehaviorSends) {
    Scenario scenario = small_scenario();
    scenario.behaviors[0].send.reset();
    EXPECT_THAT(plan_error(scenario), HasSubstr("no behavior has `send`"));
}

}  // namespace
}  // namespace hubbub
