#include <gmock/gmock.h>

#include <map>
#include <set>

#include "loadgen/check/worker_evidence.hpp"
#include "worker_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::crowd;
using test::FakeServer;
using test::lonely_sender;
using testing::ElementsAre;
using testing::Pair;

class WorkerSending : public test::WorkerTest {
  protected:
    /// u0's sends as (n, body), in the order of their coming.
    std::vector<std::pair<WireNumber, std::string>> arrived() {
        std::vector<std::pair<WireNumber, std::string>> out;
        for (const auto& send : server.sends) out.emplace_back(send.number, send.body);
        return out;
    }
};

TEST_F(WorkerSending, SendsEveryArrivalOfThePlanOnceAtItsTime) {
    start(crowd(20, 100, 5s));
    ASSERT_TRUE(connect());
    const Time begin = begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().live.sent, planned_arrivals());
    EXPECT_EQ(status().live.acked, planned_arrivals());
    EXPECT_EQ(workers[0]->schedule_lag().count(), planned_arrivals());
    EXPECT_LE(workers[0]->schedule_lag().max(), 200);  // one tick of the wheel, in us
    std::set<std::pair<std::uint32_t, std::uint64_t>> planned, sent;
    Arrivals arrivals(*plan, 1);
    while (const auto arrival = arrivals.next())
        planned.emplace(plan->stream_device[arrival->stream.value].value,
                        to_micros(begin + arrival->offset - key.epoch));
    for (const auto& send : server.sends) {
        const Stamp stamp = read_stamp(send.body, key.run, key.hash_key).stamp;
        sent.emplace(stamp.device.value, stamp.intended_us);
    }
    EXPECT_EQ(sent, planned);
    expect_no_accusation();
}

TEST_F(WorkerSending, SplitOverWorkersSendsTheSameMessages) {
    using Message = std::tuple<std::string, ConversationId, WireNumber, std::uint32_t, std::uint64_t>;
    std::vector<std::set<Message>> sent;
    for (const std::uint32_t workers_wanted : {1U, 2U, 3U}) {
        sent.emplace_back();
        workers.clear();
        server.sends.clear();
        server.conversations.clear();
        start(crowd(20, 100, 3s), workers_wanted);
        ASSERT_TRUE(connect());
        const auto begin = static_cast<std::uint64_t>(to_micros(begin_load() - key.epoch));
        ASSERT_TRUE(settle());
        for (const auto& send : server.sends) {
            const Stamp stamp = read_stamp(send.body, key.run, key.hash_key).stamp;
            const std::uint64_t offset = stamp.intended_us - begin;
            sent.back().emplace(send.user, send.conversation, send.number, stamp.k, offset);
        }
        EXPECT_EQ(sent.back().size(), planned_arrivals());
    }
    EXPECT_TRUE(sent[0] == sent[1]);
    EXPECT_TRUE(sent[0] == sent[2]);
}

TEST_F(WorkerSending, LooksUpWhatItWasToldBeforeWhenAnAckComesAgain) {
    start(lonely_sender(3));
    ASSERT_TRUE(connect());
    begin_load();
    ASSERT_TRUE(settle());
    const std::uint64_t link = server.sessions.begin()->first;
    server.say(link, Ack{conversation(), 2, 3});  // as before
    world.run_for(1s);
    EXPECT_TRUE(workers[0]->checker().evidence().ledger.second_acks().empty());
    server.say(link, Ack{conversation(), 2, 4});
    server.say(link, Ack{conversation(), 9, 5});
    world.run_for(1s);
    const auto& second = workers[0]->checker().evidence().ledger.second_acks();
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(second[0].sequence, 4U);
    EXPECT_EQ(errors("an ack of what was not sent"), 1U);
}

TEST_F(WorkerSending, ResendsAfterALostLinkWithTheSameNumberAndBytes) {
    start(lonely_sender(3));
    ASSERT_TRUE(connect());
    int lost = 3;
    std::vector<std::pair<WireNumber, std::string>> first;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (!is_send(message) || lost == 0) return false;
        const auto& send = std::get<Send>(message);
        first.emplace_back(send.number, send.body);
        if (--lost == 0) world.cut(session.link, LinkEnd::reset);
        return true;  // the server never saw it
    };
    begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(arrived(), first);
    EXPECT_EQ(status().live.acked, 3U);
    expect_no_accusation();
}

TEST_F(WorkerSending, TakesItsOwnCaughtUpEntryForTheAck) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    bool cut = false;
    server.ack_delay = 1s;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        // Taken, but the ack never comes: the link is gone before, and all resends are ignored.
        if (!is_send(message)) return false;
        if (cut) return true;
        cut = true;
        world.after(10ms, [&, link = session.link] { world.cut(link, LinkEnd::reset); });
        return false;
    };
    begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().live.acked, 1U);
    EXPECT_EQ(messages().size(), 1U);
    expect_no_accusation();
}

TEST_F(WorkerSending, DoesNotResendWhatItsCatchUpShows) {
    start(lonely_sender(10));
    ASSERT_TRUE(connect());
    server.ack_delay = 1s;
    const Time begin = begin_load();
    world.run_until([&] { return messages().size() == 10; });
    world.cut(server.sessions.begin()->first, LinkEnd::reset);  // before any ack
    ASSERT_TRUE(settle());
    EXPECT_EQ(server.sends.size(), 10U);
    EXPECT_EQ(status().live.acked, 10U);
    EXPECT_LT(world.now() - begin, 10s + 100ms);
    expect_no_accusation();
}

TEST_F(WorkerSending, DoesNotWaitForEverForTheEndOfACatchUp) {
    start(lonely_sender(2));
    ASSERT_TRUE(connect());
    begin_load();
    server.ack_delay = 1s;
    world.run_until([&] { return messages().size() == 2; });
    server.hide = [](const auto&, const auto&, Sequence q) { return q == 3; };  // the second message
    world.cut(server.sessions.begin()->first, LinkEnd::reset);
    ASSERT_TRUE(settle());
    EXPECT_EQ(server.sends.size(), 3U);
    EXPECT_EQ(status().live.acked, 2U);
}

TEST_F(WorkerSending, ComesBackAndResendsWhenAnAckDoesNotCome) {
    start(lonely_sender(2));
    ASSERT_TRUE(connect());
    int swallowed = 0;
    server.intercept = [&](FakeServer::Session&, const ClientMessage& message) {
        return is_send(message) && swallowed++ == 0;
    };
    const Time begin = begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(errors("ack: timeout"), 1U);
    EXPECT_EQ(status().reconnects, 1U);
    EXPECT_GE(world.now() - begin, 1s + options.ack_timeout);
    EXPECT_THAT(messages(), ElementsAre(Pair("u0", 1), Pair("u0", 2)));
    EXPECT_THAT(ks_in_log(), ElementsAre(1, 2));
    expect_no_accusation();
}

TEST_F(WorkerSending, KeepsTheWindowOfTheWelcome) {
    start(lonely_sender(50));
    server.in_flight = 3;
    server.ack_delay = 20ms;
    std::size_t unanswered = 0, most = 0;
    server.intercept = [&](FakeServer::Session&, const ClientMessage& message) {
        if (!is_send(message)) return false;
        most = std::max(most, ++unanswered);
        world.after(20ms, [&] { --unanswered; });
        return false;
    };
    ASSERT_TRUE(connect());
    begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(most, 3U);
    EXPECT_EQ(status().live.acked, 50U);
    EXPECT_EQ(workers[0]->schedule_lag().count(), 3U);  // the others waited for the window, not for us
}

TEST_F(WorkerSending, LetsSendsWaitWhileItIsDisconnectedAndSendsThemInOrder) {
    start(lonely_sender(40));
    ASSERT_TRUE(connect());
    bool down = true;
    world.refuse_dial = [&](std::uint32_t) {
        return down ? LinkEnd::connect_refused : LinkEnd::closed_by_us;
    };
    const Time begin = begin_load();
    world.cut(server.sessions.begin()->first, LinkEnd::reset);
    world.run_for(2s);
    EXPECT_EQ(status().waiting, 40U);
    EXPECT_EQ(status().live.sent, 0U);
    down = false;
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().live.acked, 40U);
    EXPECT_EQ(workers[0]->schedule_lag().count(), 0U);
    std::uint32_t k = 0;
    for (const auto& send : server.sends) {
        EXPECT_EQ(k_of(send.body), ++k);
        const Stamp stamp = read_stamp(send.body, key.run, key.hash_key).stamp;
        EXPECT_EQ(stamp.intended_us, static_cast<std::uint64_t>(to_micros(begin + 1s - key.epoch)));
    }
}

TEST_F(WorkerSending, BoundsWhatWaits) {
    options.waiting_max = 10;
    start(lonely_sender(40));
    ASSERT_TRUE(connect());
    world.refuse_dial = [](std::uint32_t) { return LinkEnd::connect_refused; };
    begin_load();
    world.cut(server.sessions.begin()->first, LinkEnd::reset);
    world.run_for(2s);
    EXPECT_EQ(status().waiting, 10U);
    world.refuse_dial = {};
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().live.acked, 10U);
}

TEST_F(WorkerSending, LeavesTheSendsOfAGoneDeviceUnsent) {
    start(lonely_sender(5));
    ASSERT_TRUE(connect());
    begin_load();
    server.close(server.sessions.begin()->first, traits(ErrorCode::replaced).close_code);
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().gave_up, 1U);
    EXPECT_EQ(status().live.sent, 0U);
}

TEST_F(WorkerSending, WaitsForNoAnswerToAGoneDevice) {
    start(lonely_sender(40));
    ASSERT_TRUE(connect());
    server.intercept = [&](FakeServer::Session&, const ClientMessage& message) { return is_send(message); };
    begin_load();
    world.run_for(2s);
    EXPECT_EQ(status().in_flight, 16U);
    EXPECT_EQ(status().waiting, 24U);
    server.close(server.sessions.begin()->first, traits(ErrorCode::replaced).close_code);
    world.run_for(1s);
    EXPECT_EQ(status().in_flight + status().waiting, 0U);
}

TEST_F(WorkerSending, StopsAtTheSettleCommand) {
    start(crowd(20, 100, 100s));
    ASSERT_TRUE(connect());
    begin_load();
    world.run_for(2s);
    obey(command::Settle{});
    const std::uint64_t sent = status().live.sent;
    EXPECT_GT(sent, 100U);
    world.run_for(5s);
    EXPECT_EQ(status().live.sent, sent);
    EXPECT_TRUE(status().arrivals_done);
    EXPECT_EQ(status().waiting + status().in_flight, 0U);
}

}  // namespace
}  // namespace hubbub
