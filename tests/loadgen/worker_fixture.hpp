// Workers against the fake server in virtual time.
// One test; one thread.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fake_server.hpp"
#include "loadgen/check/stamp.hpp"
#include "loadgen/client/worker.hpp"
#include "plan_fixture.hpp"

namespace hubbub::test {

/// u0 is online and sends all messages of one direct conversation; u1 is only a member.
inline Scenario lonely_sender(std::uint32_t messages, Duration length = std::chrono::seconds{10}) {
    Scenario scenario = small_scenario();
    scenario.users = 2;
    scenario.online = 1;
    scenario.topology = {{ConversationClass::direct, 1, 2, 2, {}}};
    scenario.behaviors = {everyone_sends(1, 0, 0)};
    SendStream burst = stream_of_law(ArrivalLaw::burst, 0);
    burst.burst = messages;
    burst.at = std::chrono::seconds{1};
    scenario.phases = {connect_phase(100), load_phase(length, {burst})};
    return scenario;
}

/// All online, direct and group conversations, a steady load.
inline Scenario crowd(std::uint32_t users, double rate, Duration length) {
    Scenario scenario = small_scenario();
    scenario.users = scenario.online = users;
    scenario.topology = {{ConversationClass::direct, users, 2, 2, {}},
                         {ConversationClass::group, users / 4, 3, users / 2, {}}};
    scenario.behaviors = {everyone_sends(0.5, 0.5, 0)};
    scenario.phases = {connect_phase(1000), load_phase(length, {stream_of_law(ArrivalLaw::poisson, rate)})};
    return scenario;
}

class WorkerTest : public testing::Test {
  protected:
    void start(Scenario scenario, std::uint32_t worker_count = 1) {
        plan = plan_of(std::move(scenario));
        auto list = std::make_shared<std::vector<ReadyConversation>>();
        for (std::uint32_t c = 0; c < plan->conversations.size(); ++c) {
            const ConversationId id{0xabcd'0000ULL + c, c};
            FakeServer::Kept joined{EntryKind::joined, "setup-0", "", "", 0, {}};
            for (const UserIndex user : plan->members_of(ConversationIndex{c}))
                joined.members.push_back(plan->user_name(user));
            server.conversations[id].members.insert(joined.members.begin(), joined.members.end());
            server.append(id, joined);
            list->push_back({id, 1, 1});
        }
        ready = list;
        for (std::uint32_t w = 0; w < worker_count; ++w) {
            workers.push_back(std::make_unique<Worker>(*plan, plan->slice(w, worker_count), key,
                                                       world.links(w), make_adapter("hubbub"), options));
            world.serve(w, *workers.back());
        }
        obey(command::Conversations{ready});
    }
    void obey(const WorkerCommand& command) {
        for (const auto& worker : workers) worker->obey(command, world.now());
    }
    /// Everybody online, or false.
    bool connect() {
        obey(command::BeginPhase{0, world.now()});
        return world.run_until([&] { return status().online == status().users; }, std::chrono::minutes{1});
    }
    Time begin_load() {
        // On a whole millisecond, so that stamps round nothing.
        const Time begin{std::chrono::ceil<std::chrono::milliseconds>(world.now().time_since_epoch()) +
                         std::chrono::milliseconds{50}};
        obey(command::BeginPhase{1, begin});
        return begin;
    }
    /// The rest of the load phase, and until nothing waits or is in flight.
    bool settle(Duration limit = std::chrono::minutes{2}) {
        if (!world.run_until([&] { return status().arrivals_done; }, limit)) return false;
        obey(command::Settle{});
        return world.run_until([&] { return status().waiting + status().in_flight == 0; }, limit);
    }
    /// The heads of all workers' own acks, as the conductor merges them.
    void expect_heads() {
        auto heads = std::make_shared<std::vector<Sequence>>(plan->conversations.size());
        for (const auto& worker : workers)
            for (std::size_t c = 0; c < heads->size(); ++c)
                (*heads)[c] = std::max((*heads)[c], worker->checker().acked_heads()[c]);
        obey(command::ExpectHeads{heads});
    }
    [[nodiscard]] WorkerStatus status() const {
        WorkerStatus sum;
        sum.arrivals_done = true;
        for (const auto& worker : workers) {
            const WorkerStatus one = worker->status();
            sum.users += one.users;
            sum.online += one.online;
            sum.gave_up += one.gave_up;
            sum.arrivals_done = sum.arrivals_done && one.arrivals_done;
            sum.waiting += one.waiting;
            sum.in_flight += one.in_flight;
            sum.owed += one.owed;
            sum.audits_pending += one.audits_pending;
            sum.links_open += one.links_open;
            sum.connects += one.connects;
            sum.connect_errors += one.connect_errors;
            sum.reconnects += one.reconnects;
            sum.live.sent += one.live.sent;
            sum.live.acked += one.live.acked;
            sum.live.rejected += one.live.rejected;
            sum.live.delivered += one.live.delivered;
            sum.live.duplicate_raw += one.live.duplicate_raw;
            sum.live.gap_live += one.live.gap_live;
            sum.live.gap_healed += one.live.gap_healed;
            sum.live.leaked += one.live.leaked;
            sum.live.corrupt += one.live.corrupt;
            sum.live.phantom += one.live.phantom;
            sum.live.disagreement += one.live.disagreement;
            sum.live.resume += one.live.resume;
            sum.live.history += one.live.history;
            sum.live.skipped += one.live.skipped;
        }
        return sum;
    }
    /// Nothing that a checker sees at receipt was accused.
    void expect_no_accusation() const {
        const Checker::Live live = status().live;
        EXPECT_EQ(live.duplicate_raw + live.gap_live + live.gap_healed + live.leaked + live.corrupt +
                      live.phantom + live.disagreement + live.resume + live.history,
                  0U);
    }
    /// The i-th intended message of the load phase is at most this often in the plan.
    [[nodiscard]] std::size_t planned_arrivals() const {
        Arrivals arrivals(*plan, 1);
        std::size_t count = 0;
        while (arrivals.next()) ++count;
        return count;
    }
    [[nodiscard]] ConversationId conversation(std::uint32_t index = 0) const { return (*ready)[index].id; }
    FakeServer::Conversation& log(std::uint32_t index = 0) {
        return server.conversations.at(conversation(index));
    }
    /// The messages of a log with (user, n), in order.
    std::vector<std::pair<std::string, WireNumber>> messages(std::uint32_t index = 0) {
        std::vector<std::pair<std::string, WireNumber>> out;
        for (const auto& entry : log(index).log)
            if (entry.kind == EntryKind::message) out.emplace_back(entry.user, entry.number);
        return out;
    }
    /// A message that nobody of the run sent; its stamp is another run's.
    Sequence append_foreign(std::uint32_t index = 0) {
        FakeServer::Kept entry{EntryKind::message, "somebody", "d0", "", ++foreign, {}};
        Stamp stamp;
        stamp.run = key.run + 1;
        append_stamped_body(entry.body, stamp, 64, key.hash_key);
        return server.append(conversation(index), entry);
    }
    [[nodiscard]] std::uint64_t errors(const std::string& which) const {
        std::uint64_t count = 0;
        for (const auto& worker : workers)
            for (const auto& [text, times] : worker->errors())
                if (text.find(which) != text.npos) count += times;
        return count;
    }
    /// The device's own count of the i-th message of the log that is one.
    std::uint32_t k_of(const std::string& body) {
        const StampReading reading = read_stamp(body, key.run, key.hash_key);
        EXPECT_EQ(reading.state, StampState::valid);
        return reading.stamp.k;
    }
    std::vector<std::uint32_t> ks_in_log() {
        std::vector<std::uint32_t> out;
        for (const auto& entry : log().log)
            if (entry.kind == EntryKind::message) out.push_back(k_of(entry.body));
        return out;
    }
    static bool is_send(const ClientMessage& message) { return std::holds_alternative<Send>(message); }

    FakeWorld world{11};
    FakeServer server{world};
    RunKey key{7, 0x1234'5678, Time{}};
    WorkerOptions options;
    std::shared_ptr<const Plan> plan;
    std::shared_ptr<const std::vector<ReadyConversation>> ready;
    std::vector<std::unique_ptr<Worker>> workers;
    WireNumber foreign = 0;
};

}  // namespace hubbub::test
