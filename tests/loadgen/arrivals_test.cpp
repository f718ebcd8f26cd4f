#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "loadgen/plan/plan.hpp"
#include "loadgen/plan/senders.hpp"
#include "plan_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::load_phase;
using test::plan_of;
using test::small_scenario;
using test::stream_of_law;

constexpr std::uint32_t load = 1;  // phase 0 connects

std::vector<Arrival> all_of(const Plan& plan, std::uint32_t phase = load) {
    std::vector<Arrival> out;
    Arrivals arrivals(plan, phase);
    while (const auto arrival = arrivals.next()) out.push_back(*arrival);
    return out;
}

Scenario with_streams(Duration length, std::vector<SendStream> streams) {
    Scenario scenario = small_scenario();
    scenario.phases[load] = load_phase(length, std::move(streams));
    return scenario;
}

/// Kolmogorov-Smirnov distance of sorted samples from the uniform law on [0, 1).
double ks_distance(std::vector<double> samples) {
    std::sort(samples.begin(), samples.end());
    const auto n = static_cast<double>(samples.size());
    double distance = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        distance = std::max({distance, std::abs(samples[i] - static_cast<double>(i) / n),
                             std::abs(samples[i] - static_cast<double>(i + 1) / n)});
    }
    return distance;
}

/// Critical distance for a chance of 10^-4 of a false alarm (the seed is fixed: it fails always or never).
double ks_bound(std::size_t n) {
    return 2.23 / std::sqrt(static_cast<double>(n));
}

double offset_seconds(const Arrival& arrival) {
    return to_seconds(arrival.offset);
}

TEST(Arrivals, AreTheSameForEverybodyWithTheSamePlan) {
    const auto one = all_of(*plan_of(small_scenario()));
    const auto two = all_of(*plan_of(small_scenario()));
    ASSERT_EQ(one.size(), two.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_EQ(one[i].offset, two[i].offset);
        EXPECT_EQ(one[i].stream, two[i].stream);
        EXPECT_EQ(one[i].body_bytes, two[i].body_bytes);
        EXPECT_EQ(one[i].serial, two[i].serial);
    }
}

TEST(Arrivals, DifferForAnotherSeed) {
    Scenario other = small_scenario();
    other.seed = 8;
    EXPECT_NE(all_of(*plan_of(small_scenario())).front().offset, all_of(*plan_of(other)).front().offset);
}

TEST(Arrivals, RiseOverAMillionAndStayInsideThePhase) {
    const auto plan = plan_of(with_streams(
        100s, {stream_of_law(ArrivalLaw::poisson, 9000), stream_of_law(ArrivalLaw::constant, 1000),
               stream_of_law(ArrivalLaw::ramp, 10, 2000)}));
    Arrivals arrivals(*plan, load);
    Duration before{};
    std::uint64_t count = 0;
    while (const auto arrival = arrivals.next()) {
        ASSERT_GE(arrival->offset, before);
        before = arrival->offset;
        ++count;
    }
    EXPECT_LT(before, 100s);
    EXPECT_GT(count, 1'000'000U);
}

TEST(Arrivals, AreEvenlySpacedWhenConstant) {
    const auto arrivals = all_of(*plan_of(with_streams(60s, {stream_of_law(ArrivalLaw::constant, 2)})));
    ASSERT_EQ(arrivals.size(), 120U);
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
        EXPECT_EQ(arrivals[i].offset, i * 500ms);
        EXPECT_EQ(arrivals[i].serial, i);
    }
}

TEST(Arrivals, HaveExponentialGapsWhenPoisson) {
    const double rate = 1000;
    const auto arrivals = all_of(*plan_of(with_streams(50s, {stream_of_law(ArrivalLaw::poisson, rate)})));
    const double expected = rate * 50;
    EXPECT_NEAR(static_cast<double>(arrivals.size()), expected, 5 * std::sqrt(expected));
    std::vector<double> uniform;
    double before = 0;
    for (const Arrival& arrival : arrivals) {
        uniform.push_back(1 - std::exp(-rate * (offset_seconds(arrival) - before)));
        before = offset_seconds(arrival);
    }
    EXPECT_LT(ks_distance(uniform), ks_bound(uniform.size()));
}

TEST(Arrivals, FollowTheIntegratedRateOfARampAtEveryMoment) {
    for (const auto& [from, to] :
         {std::pair{100.0, 2000.0}, {2000.0, 100.0}, {0.0, 500.0}, {500.0, 0.0}, {50.0, 50.0}}) {
        const auto arrivals =
            all_of(*plan_of(with_streams(20s, {stream_of_law(ArrivalLaw::ramp, from, to)})));
        const auto integrated = [from = from, to = to](double t) {
            return from * t + (to - from) * t * t / 40;
        };
        EXPECT_NEAR(static_cast<double>(arrivals.size()), integrated(20), 1) << from << ".." << to;
        for (std::size_t i = 0; i < arrivals.size(); ++i)
            ASSERT_NEAR(integrated(offset_seconds(arrivals[i])), static_cast<double>(i), 0.001);
    }
}

TEST(Arrivals, KeepTheRampsShapeWithExponentialGaps) {
    SendStream ramp = stream_of_law(ArrivalLaw::ramp, 100, 2000);
    ramp.poisson_ramp = true;
    const auto arrivals = all_of(*plan_of(with_streams(20s, {ramp})));
    const double expected = 21'000;
    EXPECT_NEAR(static_cast<double>(arrivals.size()), expected, 5 * std::sqrt(expected));
    // Given their number, the arrivals of an inhomogeneous Poisson process are independent draws from N(t) /
    // N(T).
    std::vector<double> uniform;
    for (const Arrival& arrival : arrivals) {
        const double t = offset_seconds(arrival);
        uniform.push_back((100 * t + 1900 * t * t / 40) / expected);
    }
    EXPECT_LT(ks_distance(uniform), ks_bound(uniform.size()));
}

TEST(Arrivals, ComeAllAtOnceInABurst) {
    SendStream burst = stream_of_law(ArrivalLaw::burst, 0);
    burst.burst = 5;
    burst.at = 3s;
    const auto arrivals =
        all_of(*plan_of(with_streams(10s, {stream_of_law(ArrivalLaw::constant, 1), burst})));
    EXPECT_EQ(arrivals.size(), 15U);
    EXPECT_EQ(
        std::count_if(arrivals.begin(), arrivals.end(), [](const Arrival& a) { return a.offset == 3s; }), 6);
}

TEST(Arrivals, AreNotMovedByAnotherStreamOfThePhase) {
    const SendStream first = stream_of_law(ArrivalLaw::poisson, 100);
    const auto alone = all_of(*plan_of(with_streams(10s, {first})));
    auto both = all_of(*plan_of(with_streams(10s, {first, stream_of_law(ArrivalLaw::constant, 50)})));
    for (const Arrival& arrival : alone) {
        const auto same = std::find_if(both.begin(), both.end(), [&](const Arrival& a) {
            return a.offset == arrival.offset && a.stream == arrival.stream && a.serial == arrival.serial;
        });
        ASSERT_NE(same, both.end());
        both.erase(same);
    }
    EXPECT_EQ(both.size(), 500U);
}

TEST(Arrivals, ChooseOnlineMembersOnlyAndTheClassesByTheirShares) {
    const auto plan = plan_of(with_streams(100s, {stream_of_law(ArrivalLaw::constant, 1000)}));
    std::map<ConversationClass, double> seen;
    for (const Arrival& arrival : all_of(*plan)) {
        EXPECT_TRUE(plan->online(plan->stream_device[arrival.stream.index()]));
        ++seen[plan->conversations[plan->stream_conversation[arrival.stream.index()].index()].kind];
    }
    const auto near_share = [&](ConversationClass kind, double share) {
        EXPECT_NEAR(seen[kind], 100'000 * share, 5 * std::sqrt(100'000 * share * (1 - share)));
    };
    near_share(ConversationClass::direct, 0.6);
    near_share(ConversationClass::group, 0.3);
    near_share(ConversationClass::channel, 0.1);
}

TEST(Arrivals, ChooseConversationsUniformlyWithoutZipf) {
    Scenario scenario = with_streams(100s, {stream_of_law(ArrivalLaw::constant, 1000)});
    scenario.behaviors = {test::everyone_sends(0, 1, 0)};
    const auto plan = plan_of(scenario);
    std::map<std::uint32_t, double> seen;
    for (const Arrival& arrival : all_of(*plan))
        ++seen[plan->stream_conversation[arrival.stream.index()].value];
    const auto& choices = plan->senders->behaviors[0].by_class[1].conversations;
    const double mean = 100'000.0 / static_cast<double>(choices.size());
    double chi2 = 0;
    for (const ConversationIndex c : choices) chi2 += std::pow(seen[c.value] - mean, 2) / mean;
    const double freedom = static_cast<double>(choices.size()) - 1;
    EXPECT_LT(chi2, freedom + 6 * std::sqrt(2 * freedom));
}

TEST(Arrivals, ChooseConversationsByZipfRank) {
    Scenario scenario = with_streams(100s, {stream_of_law(ArrivalLaw::constant, 1000)});
    scenario.behaviors = {test::everyone_sends(0, 1, 0)};
    scenario.behaviors[0].send->zipf = 1.2;
    const auto plan = plan_of(scenario);
    std::map<std::uint32_t, double> seen;
    for (const Arrival& arrival : all_of(*plan))
        ++seen[plan->stream_conversation[arrival.stream.index()].value];
    const auto& choices = plan->senders->behaviors[0].by_class[1].conversations;
    double harmonic = 0;
    for (std::size_t r = 1; r <= choices.size(); ++r) harmonic += std::pow(static_cast<double>(r), -1.2);
    double chi2 = 0;
    for (std::size_t r = 1; r <= choices.size(); ++r) {
        const double mean = 100'000 * std::pow(static_cast<double>(r), -1.2) / harmonic;
        chi2 += std::pow(seen[choices[r - 1].value] - mean, 2) / mean;
    }
    const double freedom = static_cast<double>(choices.size()) - 1;
    EXPECT_LT(chi2, freedom + 6 * std::sqrt(2 * freedom));
}

TEST(Arrivals, ComeOnlyFromUsersWithTheBehavior) {
    Scenario scenario = small_scenario();
    scenario.behaviors[0].share = 0.2;
    const auto plan = plan_of(scenario);
    for (const Arrival& arrival : all_of(*plan)) {
        const UserIndex user = plan->user_of(plan->stream_device[arrival.stream.index()]);
        EXPECT_EQ(plan->part_of[user.index()], 0);
    }
}

TEST(Arrivals, ShareTheTotalOutByWeight) {
    Scenario scenario = with_streams(100s, {stream_of_law(ArrivalLaw::constant, 1000)});
    scenario.behaviors.push_back(scenario.behaviors[0]);
    scenario.behaviors[0].share = scenario.behaviors[1].share = 0.5;
    scenario.behaviors[1].name = "others";
    scenario.behaviors[1].send->weight = 3;
    const auto plan = plan_of(scenario);
    std::vector<double> seen(2);
    for (const Arrival& arrival : all_of(*plan))
        ++seen[plan->part_of[plan->stream_device[arrival.stream.index()].index()]];
    EXPECT_NEAR(seen[1], 75'000, 5 * std::sqrt(100'000 * 0.75 * 0.25));
}

TEST(Arrivals, DrawBodiesThroughTheirTwoPercentiles) {
    Scenario scenario = with_streams(100s, {stream_of_law(ArrivalLaw::constant, 1000)});
    scenario.behaviors[0].send->bytes = {400, 4096};
    std::size_t below_p50 = 0;
    std::size_t below_p99 = 0;
    const auto arrivals = all_of(*plan_of(scenario));
    for (const Arrival& arrival : arrivals) {
        EXPECT_GE(arrival.body_bytes, 48U);
        EXPECT_LE(arrival.body_bytes, 16'384U);
        below_p50 += arrival.body_bytes < 400 ? 1 : 0;
        below_p99 += arrival.body_bytes < 4096 ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(below_p50), 50'000,
                5 * std::sqrt(100'000 * 0.25) + 60);  // 60: sizes 399.5 to 400 round up
    EXPECT_NEAR(static_cast<double>(below_p99), 99'000, 5 * std::sqrt(100'000 * 0.99 * 0.01) + 50);
}

TEST(Arrivals, AreNoneInAPhaseWithoutStreams) {
    EXPECT_TRUE(all_of(*plan_of(small_scenario()), 0).empty());
}

}  // namespace
}  // namespace hubbub
