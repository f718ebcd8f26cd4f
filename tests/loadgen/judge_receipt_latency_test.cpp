// Whose waiting for a receipt is the target's: not that of a device which its user had closed.
#include <gtest/gtest.h>

#include "loadgen/check/worker_evidence.hpp"
#include "loadgen/plan/sessions.hpp"
#include "tests/loadgen/plan_fixture.hpp"

namespace hubbub::test {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t load = 1;  // the phase

struct ReceiptLatency : testing::Test {
    static Scenario scenario() {
        Scenario scenario = small_scenario();
        scenario.topology = {{ConversationClass::direct, 400, 2, 2, {}}};
        scenario.behaviors = {everyone_sends(1, 0, 0)};
        scenario.behaviors.front().habits.session = SessionHabit{{2s, 2s}, {1s, 1s}};
        scenario.behaviors.front().habits.read = ReadHabit{{1s, 1s}};
        return scenario;
    }
    void SetUp() override {
        evidence.phase_starts[load] = 0;
        evidence.latency.begin_phase(load, 0);
    }
    Time at(Duration of_load) const { return key.epoch + of_load; }
    /// Somebody's two devices in one direct conversation: one that comes back within the load, and one other.
    struct Pair {
        StreamIndex away, other;
        Absence absence;
    };
    Pair pair() const {
        for (std::uint32_t s = 0; s < plan->stream_device.size(); ++s) {
            const DeviceIndex device = plan->stream_device[s];
            const auto absences = plan->sessions->absences_of(device);
            if (absences.empty() || absences.front().opens >= plan->sessions->load_ends()) continue;
            const ConversationIndex conversation = plan->stream_conversation[s];
            for (const UserIndex member : plan->members_of(conversation))
                if (const auto other = plan->stream_of(plan->device_of(member), conversation);
                    other && member != plan->user_of(device))
                    return {StreamIndex{s}, *other, absences.front()};
        }
        ADD_FAILURE() << "nobody is away";
        return {};
    }
    /// `other` has read the first message, and the other one's device hears of it two seconds later.
    void read_and_told(const Pair& two, Duration when) {
        evidence.receipts->said(two.other, 1, 1, at(when));
        const UserIndex reader = plan->user_of(plan->stream_device[two.other.index()]);
        evidence.receipts->noticed(two.away, plan->user_name(reader), 1, 1, at(when + 2s));
    }
    std::uint64_t timed() const {
        return evidence.latency.of(Latency::receipt)
            .cell(static_cast<std::size_t>(ConversationClass::direct), load)
            .count();
    }

    std::shared_ptr<const Plan> plan = plan_of(scenario());
    RunKey key{};
    WorkerEvidence evidence{*plan, plan->slice(0, 1), key, BackendAbilities{}};
};

TEST_F(ReceiptLatency, ADeviceThatIsThereTimesWhatItIsTold) {
    const Pair two = pair();
    read_and_told(two, two.absence.leaves - 1ms);
    EXPECT_EQ(timed(), 1U);
}

TEST_F(ReceiptLatency, OneThatIsPlannedAwayWhenItIsReadDoesNot) {
    const Pair two = pair();
    read_and_told(two, two.absence.closes);
    EXPECT_EQ(timed(), 0U);
}

TEST_F(ReceiptLatency, NorOneThatComesBackAfterTheLoad) {
    const Duration ends = plan->sessions->load_ends();
    std::uint32_t late = 0;  // who is away when the load ends, and does not come back at once
    for (std::uint32_t d = 0; d < plan->online_devices; ++d) {
        const auto absences = plan->sessions->absences_of(DeviceIndex{d});
        const Duration opens = *plan->open_offset(DeviceIndex{d});
        if (absences.empty() || absences.back().opens != ends || opens < 1ms) continue;
        ++late;
        const auto planned = [&](Duration when) {
            return evidence.planned_back(DeviceIndex{d}, load, static_cast<std::uint64_t>(to_micros(when)));
        };
        EXPECT_TRUE(planned(ends + opens - 1ms).has_value());
        EXPECT_FALSE(planned(ends + opens).has_value());
    }
    EXPECT_GT(late, 10U);
}

}  // namespace
}  // namespace hubbub::test
