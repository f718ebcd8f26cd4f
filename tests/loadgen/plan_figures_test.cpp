#include <gmock/gmock.h>

#include <cmath>

#include "loadgen/plan/figures.hpp"
#include "loadgen/plan/wire_figures.hpp"
#include "plan_fixture.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

using test::plan_of;
using test::small_scenario;
using testing::HasSubstr;

TEST(PlanFigures, CountWhatThePlanHolds) {
    const auto plan = plan_of(small_scenario());
    const PlanFigures all = figures(*plan);
    EXPECT_EQ(all.users, 200U);
    EXPECT_EQ(all.connections, 150U);
    EXPECT_EQ(all.memberships, plan->members.size());
    EXPECT_EQ(all.by_class[0].conversations, 300U);
    EXPECT_EQ(all.by_class[0].memberships, 600U);
    EXPECT_EQ(all.by_class[2].memberships, 200U);
    EXPECT_EQ(all.connect_seconds, 3);
    EXPECT_EQ(all.load_seconds, 10);
}

TEST(PlanFigures, ExpectAReceiptADeliveryAndOneAReading) {
    Scenario scenario = small_scenario();
    EXPECT_EQ(figures(*plan_of(scenario)).phases[0].receipts, 0);
    scenario.behaviors[0].habits.read = ReadHabit{};
    PlanFigures all = figures(*plan_of(scenario));
    EXPECT_NEAR(all.phases[0].receipts, all.total.deliveries * 2, 1e-6);
    EXPECT_THAT(describe(*plan_of(scenario), {}, {}), HasSubstr("receipts: at most "));
    scenario.population.devices_per_user = {{3, 1.0}};
    all = figures(*plan_of(scenario));
    // Each of three devices says that it has the message, and one of them that it was read.
    EXPECT_NEAR(all.phases[0].receipts, all.total.deliveries * 4 / 3, 1e-6);
}

TEST(PlanFigures, ExpectTheMessagesOfEachLaw) {
    Scenario scenario = small_scenario();
    SendStream burst = test::stream_of_law(ArrivalLaw::burst, 0);
    burst.burst = 7;
    scenario.phases[1].streams = {test::stream_of_law(ArrivalLaw::constant, 10),
                                  test::stream_of_law(ArrivalLaw::poisson, 20),
                                  test::stream_of_law(ArrivalLaw::ramp, 0, 100), burst};
    const PlanFigures all = figures(*plan_of(scenario));
    EXPECT_NEAR(all.total.messages, 100 + 200 + 500 + 7, 1e-6);
    EXPECT_EQ(all.phases[0].peak_rate, 130);
    EXPECT_NEAR(all.phases[0].by_class[0].messages, 807 * 0.6, 1e-6);
}

TEST(PlanFigures, ExpectTheDeliveriesThatTheArrivalsMake) {
    for (const double zipf : {0.0, 1.1}) {
        Scenario scenario = small_scenario();
        scenario.behaviors = {test::everyone_sends(0, 1, 0)};
        scenario.behaviors[0].send->zipf = zipf;
        scenario.phases[1].streams = {test::stream_of_law(ArrivalLaw::constant, 10'000)};
        const auto plan = plan_of(scenario);
        double deliveries = 0;
        Arrivals arrivals(*plan, 1);
        while (const auto arrival = arrivals.next())
            deliveries += plan->online_members(plan->stream_conversation[arrival->stream.index()]) - 1;
        // Recipients lie in [0, 11]: one message deviates by at most 5.5 in the mean square.
        EXPECT_NEAR(deliveries, figures(*plan).total.deliveries, 5 * 5.5 * std::sqrt(100'000));
    }
}

TEST(PlanFigures, ExpectTheBytesThatTheArrivalsCarry) {
    Scenario scenario = small_scenario();
    scenario.behaviors[0].send->bytes = {200, 800};
    scenario.phases[1].streams = {test::stream_of_law(ArrivalLaw::constant, 10'000)};
    const auto plan = plan_of(scenario);
    double bytes = 0;
    Arrivals arrivals(*plan, 1);
    while (const auto arrival = arrivals.next()) bytes += arrival->body_bytes;
    EXPECT_NEAR(bytes / figures(*plan).body_bytes, 1, 0.01);
}

TEST(PlanFigures, WeighWhatGoesEachWay) {
    Scenario scenario = small_scenario();
    scenario.behaviors[0].send->bytes = {300, 300};
    const auto plan = plan_of(std::move(scenario));
    const PlanFigures all = figures(*plan);
    const PhaseFigures& phase = all.phases.front();
    const WireSizes wire = wire_sizes("hubbub");
    const Traffic load = phase.total();
    const double beats = 150 / to_seconds(limits::beat_interval);
    EXPECT_NEAR(phase.bytes_to_target, load.messages / 10 * (300 + wire.send) + beats * wire.beat, 1);
    EXPECT_NEAR(phase.bytes_from_target,
                load.deliveries / 10 * (300 + wire.delivery) + load.messages / 10 * wire.ack, 1);
}

TEST(PlanFigures, RefusePortsThatAreNotThere) {
    const auto plan = plan_of(small_scenario());
    const MachineLimits few = {.descriptors = 0, .memory_bytes = 0, .ports = 60};
    EXPECT_THAT(refusals(*plan, few, {{}, false, {"wss://chat.example/"}}),
                testing::ElementsAre(HasSubstr("150 connections need as many ports, and 60 are there")));
    EXPECT_THAT(refusals(*plan, few, {{}, false, {"ws://10.0.0.1/", "ws://10.0.0.2/", "ws://10.0.0.3/"}}),
                testing::IsEmpty());
    Scenario large = small_scenario();
    large.users = large.online = 6000;
    const auto crowd = plan_of(std::move(large));
    EXPECT_EQ(source_addresses(*crowd, {{}, true, {}}), 4U);
    EXPECT_EQ(source_addresses(*crowd, {{}, false, {"ws://127.0.0.1:80/"}}), 4U);
    EXPECT_EQ(source_addresses(*crowd, {{}, false, {"ws://10.0.0.1:80/"}}), 1U);
}

TEST(PlanFigures, RefuseWhatTheMachineLacksAndSayWhatToDo) {
    const auto plan = plan_of(small_scenario());
    const Staging staging = {{}, true, {}};
    EXPECT_THAT(refusals(*plan, {}, staging), testing::IsEmpty());
    EXPECT_THAT(refusals(*plan, {.descriptors = 200}, staging),
                testing::ElementsAre(HasSubstr("needs 278 descriptors, the limit is 200: raise it")));
    EXPECT_THAT(refusals(*plan, {.descriptors = 200}, {{}, false, {"ws://10.0.0.1:80/"}}), testing::IsEmpty())
        << "three processes hold them";
    EXPECT_THAT(refusals(*plan, {.descriptors = 128}, {}),
                testing::ElementsAre(HasSubstr("may have 128 descriptors, 128 of them for itself: raise")));
    EXPECT_THAT(refusals(*plan, {.descriptors = 200}, {{.processes = 2}, false, {}}),
                testing::ElementsAre(HasSubstr("150 connections need more than 2 processes")));
    EXPECT_THAT(refusals(*plan, {.descriptors = 200}, {{.processes = 1001}, false, {}}),
                testing::ElementsAre(HasSubstr("--processes 1001 is more than 1,000")));
    EXPECT_THAT(refusals(*plan, {.memory_bytes = 1000}, staging),
                testing::ElementsAre(HasSubstr("of memory are needed, 1.0 KB are free")));
}

TEST(PlanFigures, AreDescribedInWords) {
    const std::string text =
        describe(*plan_of(small_scenario()), {.descriptors = 20'000, .ports = 1000}, {{}, true, {}});
    EXPECT_THAT(text, HasSubstr("users          200, 150 online"));
    EXPECT_THAT(text, HasSubstr("300 direct (600)"));
    EXPECT_THAT(text, HasSubstr("steady: 10 s, 100 messages/s (peak 100)"));
    EXPECT_THAT(text, HasSubstr("direct: 60 messages/s"));
    EXPECT_THAT(text, HasSubstr("1,000 messages"));
    EXPECT_THAT(text, HasSubstr("1 worker in the generator's own process"));
    EXPECT_THAT(text, HasSubstr("278 a process of 20,000 allowed"));
    EXPECT_THAT(text, HasSubstr("embedded server: 278 of 20,000 allowed"));
    EXPECT_THAT(text, HasSubstr("ports          150 of 1,000"));
    EXPECT_THAT(text, HasSubstr("KB/s to the target, "));
    EXPECT_THAT(text, testing::Not(HasSubstr("cannot run")));
    EXPECT_THAT(describe(*plan_of(small_scenario()), {.descriptors = 10}, {}), HasSubstr("cannot run"));
}

TEST(PlanFigures, SayWhomFaultsMeet) {
    Scenario scenario = small_scenario();
    scenario.faults.resize(2);
    for (TimedFault& fault : scenario.faults) {
        fault.phase = "steady";
        fault.offset = std::chrono::seconds{3};
        fault.deed.reset = true;
    }
    scenario.faults[0].offline = std::chrono::seconds{2};
    scenario.faults[1].select.sample = 1e-9;
    const std::string text = describe(*plan_of(scenario), {}, {});
    EXPECT_THAT(text, HasSubstr("fault 1        reset, 3 s into steady, for 2 s; meets 150 devices"));
    EXPECT_THAT(
        text, HasSubstr("fault 2        reset, 3 s into steady; meets nobody: the run would prove nothing"));
}

}  // namespace
}  // namespace hubbub
