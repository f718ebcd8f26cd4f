// Who is planned offline when: the plan's word, before anything runs.
#include "loadgen/plan/sessions.hpp"

#include <gtest/gtest.h>

#include "tests/loadgen/plan_fixture.hpp"

namespace hubbub::test {
namespace {

using namespace std::chrono_literals;

Scenario with_sessions(Delay online, Delay offline) {
    Scenario scenario = small_scenario();
    scenario.behaviors.front().habits.session = SessionHabit{online, offline};
    return scenario;
}

TEST(Sessions, NobodyIsAwayWhereNoBehaviorSaysSo) {
    const auto plan = plan_of(small_scenario());
    EXPECT_TRUE(plan->sessions->empty());
    EXPECT_EQ(plan->sessions->absence_at(DeviceIndex{3}, 5s), nullptr);
    EXPECT_EQ(plan->sessions->share_online(), 1);
}

TEST(Sessions, AbsencesLieWithinTheLoadAndFollowEachOther) {
    const auto plan = plan_of(with_sessions({1s, 3s}, {500ms, 2s}));
    std::size_t absences = 0;
    for (std::uint32_t d = 0; d < plan->online_devices; ++d) {
        Duration before{};
        for (const Absence& absence : plan->sessions->absences_of(DeviceIndex{d})) {
            EXPECT_GE(absence.leaves, before);
            EXPECT_GE(absence.closes, absence.leaves);
            EXPECT_GT(absence.opens, absence.closes);
            EXPECT_LE(absence.opens, 10s);
            EXPECT_EQ(plan->sessions->absence_at(DeviceIndex{d}, absence.leaves), &absence);
            EXPECT_EQ(plan->sessions->absence_at(DeviceIndex{d}, absence.opens), nullptr);
            before = absence.opens;
            ++absences;
        }
    }
    EXPECT_GT(absences, 100U);
}

// Fixed lengths: after a session of 2 s comes an absence of 1 s, so a third of the time is spent offline, but
// for the first session, which has no absence before it.
TEST(Sessions, TheShareThatIsOnlineIsWhatTheLengthsSay) {
    Scenario scenario = with_sessions({2s, 2s}, {1s, 1s});
    scenario.phases[1].length = 300s;
    EXPECT_NEAR(plan_of(scenario)->sessions->share_online(), 2.0 / 3, 0.01);
}

TEST(Sessions, LoadTimeLeavesOutWhatIsNoLoad) {
    Scenario scenario = with_sessions({1s, 3s}, {500ms, 2s});
    Phase second = load_phase(5s, {stream_of_law(ArrivalLaw::poisson, 10)});
    second.name = "second";
    scenario.phases.push_back(second);
    const auto plan = plan_of(scenario);
    EXPECT_EQ(plan->sessions->phase_begins(0), std::nullopt);
    EXPECT_EQ(plan->sessions->phase_begins(1), Duration{});
    EXPECT_EQ(plan->sessions->phase_begins(2), Duration{10s});
    EXPECT_EQ(plan->sessions->load_ends(), 15s);
}

TEST(Sessions, NobodyWritesWhileHeIsPlannedOffline) {
    const auto plan = plan_of(with_sessions({1s, 3s}, {1s, 3s}));
    Arrivals arrivals(*plan, 1);
    std::size_t sends = 0;
    while (const auto arrival = arrivals.next()) {
        EXPECT_EQ(plan->sessions->absence_at(plan->stream_device[arrival->stream.index()], arrival->offset),
                  nullptr);
        ++sends;
    }
    EXPECT_GT(sends, 800U);
}

}  // namespace
}  // namespace hubbub::test
