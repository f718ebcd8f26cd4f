#include "loadgen/client/conductor.hpp"

#include <gmock/gmock.h>

#include "plan_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

/// connect, a warmup that is not measured, a measured phase, and a drain.
std::shared_ptr<const Plan> conducted_plan() {
    Scenario scenario = test::small_scenario();
    scenario.phases[0].max_duration = 30s;
    Phase warmup = test::load_phase(5s, {test::stream_of_law(ArrivalLaw::constant, 10)});
    warmup.name = "warmup";
    warmup.measure = false;
    scenario.phases.insert(scenario.phases.begin() + 1, warmup);
    Phase drain;
    drain.name = "drain";
    drain.kind = PhaseKind::drain;
    drain.length = 20s;
    drain.max_duration = 60s;
    scenario.phases.push_back(drain);
    return test::plan_of(scenario);
}

/// Plays the runner: obeys at once unless told otherwise, and notes what was ordered when.
class ConductorTest : public testing::Test {
  protected:
    ConductorTest() : workers(2) {
        for (WorkerStatus& worker : workers) worker.users = 10;
    }
    void step() {
        last = conductor.step(workers, now);
        for (const WorkerCommand& command : last.commands) ordered.push_back(command);
        if (obeying)
            for (WorkerStatus& worker : workers) worker.obeyed = ordered.size();
        if (last.want_heads) conductor.heads(std::vector<Sequence>(plan->conversations.size(), 3));
        done = done || last.done;
    }
    void run_for(Duration span) {
        const Time end = now + span;
        while (now < end) {
            step();
            now = std::max(now + 1ms, std::min(end, last.next));
        }
    }
    void all_online() {
        for (WorkerStatus& worker : workers) worker.online = worker.users;
    }
    template <class Command>
    [[nodiscard]] std::size_t count() const {
        std::size_t found = 0;
        for (const WorkerCommand& command : ordered) found += std::holds_alternative<Command>(command);
        return found;
    }
    [[nodiscard]] const command::BeginPhase& phase_begun(std::uint32_t phase) const {
        for (const WorkerCommand& command : ordered)
            if (const auto* begin = std::get_if<command::BeginPhase>(&command))
                if (begin->phase == phase) return *begin;
        throw std::runtime_error("the phase was never begun");
    }

    std::shared_ptr<const Plan> plan = conducted_plan();
    Time now{1s};
    Conductor conductor{*plan, std::vector<ReadyConversation>(plan->conversations.size()), now};
    std::vector<WorkerStatus> workers;
    ConductorStep last;
    std::vector<WorkerCommand> ordered;
    bool obeying = true;
    bool done = false;
};

TEST_F(ConductorTest, LeadsThroughTheWholeRunInOrder) {
    all_online();
    run_for(60s);
    ASSERT_EQ(ordered.size(), 8U);
    EXPECT_TRUE(std::holds_alternative<command::Conversations>(ordered[0]));
    EXPECT_EQ(std::get<command::BeginPhase>(ordered[1]).phase, 0U);
    EXPECT_EQ(std::get<command::BeginPhase>(ordered[2]).phase, 1U);
    EXPECT_EQ(std::get<command::BeginPhase>(ordered[3]).phase, 2U);
    EXPECT_TRUE(std::holds_alternative<command::Settle>(ordered[4]));
    EXPECT_TRUE(std::holds_alternative<command::ExpectHeads>(ordered[5]));
    EXPECT_TRUE(std::holds_alternative<command::Audit>(ordered[6]));
    EXPECT_TRUE(std::holds_alternative<command::Finish>(ordered[7]));
    EXPECT_TRUE(done);
    EXPECT_TRUE(conductor.reached());
}

TEST_F(ConductorTest, GivesEveryWorkerTimeToHearOfAPhaseBeforeItStarts) {
    all_online();
    const Time before = now;
    step();
    EXPECT_EQ(phase_begun(0).start, before + 50ms);
}

TEST_F(ConductorTest, LetsALoadPhaseLastItsLengthFromItsStart) {
    all_online();
    run_for(30s);
    const Duration between = phase_begun(2).start - phase_begun(1).start;
    EXPECT_GE(between, 5s);
    EXPECT_LE(between, 5s + 150ms);
}

TEST_F(ConductorTest, CountsMeasuredPhasesOnly) {
    all_online();
    run_for(60s);
    EXPECT_EQ(conductor.measured(), 10s);
}

TEST_F(ConductorTest, WaitsForEverybodyToBeOnline) {
    all_online();
    workers[1].online = 9;
    run_for(20s);
    EXPECT_EQ(count<command::BeginPhase>(), 1U);
    workers[1].gave_up = 1;
    run_for(200ms);
    EXPECT_EQ(count<command::BeginPhase>(), 2U);
}

TEST_F(ConductorTest, GoesOnWithoutTheMissingWhenTheConnectPhaseIsOver) {
    all_online();
    workers[1].online = 9;
    run_for(31s);
    EXPECT_EQ(count<command::BeginPhase>(), 2U);
}

TEST_F(ConductorTest, EndsWithoutALoadWhenNobodyWasEverReached) {
    run_for(32s);
    EXPECT_FALSE(conductor.reached());
    EXPECT_EQ(count<command::BeginPhase>(), 1U);
    EXPECT_EQ(count<command::Finish>(), 1U);
    EXPECT_TRUE(done);
}

TEST_F(ConductorTest, TrustsNoStatusFromBeforeTheLastCommand) {
    all_online();
    run_for(1s);
    obeying = false;  // the workers are slow to obey: their figures are old
    run_for(30s);
    const std::size_t orders = ordered.size();
    EXPECT_EQ(count<command::ExpectHeads>(), 0U);
    for (WorkerStatus& worker : workers) worker.obeyed = orders;
    run_for(100ms);
    EXPECT_GT(ordered.size(), orders);
}

TEST_F(ConductorTest, SettlesUntilNothingWaitsAndNothingIsInFlight) {
    all_online();
    workers[0].in_flight = 1;
    run_for(40s);
    EXPECT_EQ(count<command::Settle>(), 1U);
    EXPECT_EQ(count<command::ExpectHeads>(), 0U);
    workers[0].in_flight = 0;
    workers[1].waiting = 1;
    run_for(1s);
    EXPECT_EQ(count<command::ExpectHeads>(), 0U);
    workers[1].waiting = 0;
    run_for(200ms);
    EXPECT_EQ(count<command::ExpectHeads>(), 1U);
}

TEST_F(ConductorTest, SettlesUntilEverybodyIsBack) {
    all_online();
    run_for(14s);
    workers[0].online = 9;  // cut in the last second of the load
    run_for(20s);
    EXPECT_EQ(count<command::Settle>(), 1U);
    EXPECT_EQ(count<command::ExpectHeads>(), 0U);
    workers[0].online = 10;
    run_for(200ms);
    EXPECT_EQ(count<command::ExpectHeads>(), 1U);
}

TEST_F(ConductorTest, WaitsForNobodyWhenInterrupted) {
    all_online();
    run_for(14s);
    workers[0].online = 9;
    conductor.interrupt();
    run_for(2s);
    EXPECT_EQ(count<command::ExpectHeads>(), 1U);
}

TEST_F(ConductorTest, DoesNotSettleForEver) {
    all_online();
    workers[0].in_flight = 1;
    run_for(15s + 60s + 2s);
    EXPECT_EQ(count<command::ExpectHeads>(), 1U);
}

TEST_F(ConductorTest, RepairsWhatIsOwedAfterTheSettleTimeAndNotBefore) {
    all_online();
    workers[0].owed = 2;
    run_for(15s + 19s);
    EXPECT_EQ(count<command::ExpectHeads>(), 1U);
    EXPECT_EQ(count<command::Repair>(), 0U);
    run_for(2s);
    EXPECT_EQ(count<command::Repair>(), 1U);
    EXPECT_EQ(count<command::Audit>(), 0U);
    workers[0].owed = 0;
    run_for(200ms);
    EXPECT_EQ(count<command::Audit>(), 1U);
}

TEST_F(ConductorTest, AuditsThoughSomethingIsStillOwed) {
    all_online();
    workers[0].owed = 2;
    run_for(15s + 20s + 20s + 1s);
    EXPECT_EQ(count<command::Audit>(), 1U);
}

TEST_F(ConductorTest, FinishesWhenTheAuditsAreDoneAndIsDoneWhenTheLinksAreClosed) {
    all_online();
    workers[0].audits_pending = 5;
    for (WorkerStatus& worker : workers) worker.links_open = 10;
    run_for(30s);
    EXPECT_EQ(count<command::Finish>(), 0U);
    workers[0].audits_pending = 0;
    run_for(200ms);
    EXPECT_EQ(count<command::Finish>(), 1U);
    EXPECT_FALSE(done);
    for (WorkerStatus& worker : workers) worker.links_open = 0;
    run_for(200ms);
    EXPECT_TRUE(done);
}

TEST_F(ConductorTest, IsDoneThoughALinkNeverCloses) {
    all_online();
    workers[0].links_open = 1;
    run_for(60s);
    EXPECT_TRUE(done);
}

TEST_F(ConductorTest, GoesToTheDrainAtOnceWhenInterrupted) {
    all_online();
    run_for(8s);  // 3 s into the measured phase, less the lead times
    conductor.interrupt();
    run_for(200ms);
    EXPECT_EQ(count<command::Settle>(), 1U);
    EXPECT_EQ(count<command::BeginPhase>(), 3U);
    EXPECT_GT(conductor.measured(), 2s);
    EXPECT_LT(conductor.measured(), 3s);
    run_for(2s);
    EXPECT_TRUE(done);
}

TEST_F(ConductorTest, DrainsWhenInterruptedBeforeAnybodyConnected) {
    conductor.interrupt();
    run_for(5s);
    EXPECT_EQ(count<command::Conversations>(), 1U);
    EXPECT_EQ(count<command::BeginPhase>(), 0U);
    EXPECT_TRUE(done);
}

TEST_F(ConductorTest, NamesThePhases) {
    all_online();
    run_for(2s);
    EXPECT_EQ(conductor.phase(), "warmup");
    run_for(6s);
    EXPECT_EQ(conductor.phase(), "steady");
    workers[0].owed = 1;
    run_for(15s);
    EXPECT_EQ(conductor.phase(), "settle");
    run_for(20s);
    EXPECT_EQ(conductor.phase(), "repair");
}

}  // namespace
}  // namespace hubbub
