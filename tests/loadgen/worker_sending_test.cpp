#include <gmock/gmock.h>

#include <map>
#include <set>

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

TEST_F(WorkerSending, GivesARejectedNumberToTheNextMessageAndResendsTheOnesBehindInOrder) {
    start(lonely_sender(5));
    ASSERT_TRUE(connect());
    bool refused = false;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (!is_send(message) || std::get<Send>(message).number != 2 || refused) return false;
        refused = true;
        server.refuse(session, std::get<Send>(message), ErrorCode::too_large);
        return true;
    };
    begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().live.rejected, 1U);
    EXPECT_EQ(status().live.acked, 4U);
    EXPECT_THAT(messages(), ElementsAre(Pair("u0", 1), Pair("u0", 2), Pair("u0", 3), Pair("u0", 4)));
    EXPECT_THAT(ks_in_log(), ElementsAre(1, 3, 4, 5));
    EXPECT_EQ(status().reconnects, 0U);
    expect_no_accusation();
}

TEST_F(WorkerSending, TriesAnOverloadedServerAgainAndRejectsNothing) {
    start(lonely_sender(4));
    ASSERT_TRUE(connect());
    int refusals = 6;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (!is_send(message) || --refusals < 0) return false;
        server.refuse(session, std::get<Send>(message), ErrorCode::overloaded, 700);
        return true;
    };
    const Time begin = begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().live.rejected, 0U);
    EXPECT_EQ(status().live.acked, 4U);
    EXPECT_EQ(status().live.sent, 4U);
    EXPECT_GE(world.now() - begin, 1s + 1400ms);  // the hint was kept, twice
    EXPECT_THAT(ks_in_log(), ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(status().reconnects, 0U);
}

TEST_F(WorkerSending, AsksAnOverloadedServerMoreAndMoreRarely) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    std::size_t refusals = 0;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (!is_send(message)) return false;
        ++refusals;
        server.refuse(session, std::get<Send>(message), ErrorCode::overloaded);
        return true;
    };
    begin_load();
    world.run_for(61s);
    // Half the longest pause (5 s) on average: about 24 a minute, and a few at the beginning.
    EXPECT_GT(refusals, 10U);
    EXPECT_LT(refusals, 50U);
}

TEST_F(WorkerSending, BelievesARejectionAfterAnOverload) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    int times = 0;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (!is_send(message)) return false;
        server.refuse(session, std::get<Send>(message),
                      times++ == 0 ? ErrorCode::overloaded : ErrorCode::too_large);
        return true;
    };
    begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(times, 2);
    EXPECT_EQ(status().live.rejected, 1U);
}

TEST_F(WorkerSending, DoesNotTakeAnothersMessageUnderItsOwnNameForTheAck) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    bool cut = false;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (!is_send(message)) return false;
        if (cut) return true;
        cut = true;
        world.cut(session.link, LinkEnd::reset);
        server.append(conversation(), {EntryKind::message, "u0", "d0", "no stamp of ours", 1, {}});
        return true;
    };
    begin_load();
    world.run_for(5s);
    EXPECT_EQ(status().in_flight, 1U);
    EXPECT_EQ(status().live.acked, 0U);
}

TEST_F(WorkerSending, ResumesAndResendsAfterAnUnknownOutcome) {
    start(lonely_sender(2));
    ASSERT_TRUE(connect());
    bool failed = false;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (!is_send(message) || failed) return false;
        failed = true;
        server.refuse(session, std::get<Send>(message), ErrorCode::unknown_outcome);
        return true;
    };
    begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(errors("send: unknown_outcome"), 1U);
    EXPECT_EQ(status().reconnects, 1U);
    EXPECT_EQ(status().live.rejected, 0U);
    EXPECT_THAT(ks_in_log(), ElementsAre(1, 2));
}

TEST_F(WorkerSending, CountsAReadOnlyServersRefusalAsRejected) {
    start(lonely_sender(2));
    ASSERT_TRUE(connect());
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (!is_send(message)) return false;
        server.refuse(session, std::get<Send>(message), ErrorCode::read_only);
        return true;
    };
    begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().live.rejected, 2U);
}

TEST_F(WorkerSending, BelievesAServerThatTookASendLongAgo) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (!is_send(message)) return false;
        server.refuse(session, std::get<Send>(message), ErrorCode::already_sent);
        return true;
    };
    begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().live.acked, 1U);
    EXPECT_EQ(status().live.rejected, 0U);
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

TEST_F(WorkerSending, LearnsItsNumbersAgainFromALogThatLostSome) {
    start(lonely_sender(6));
    ASSERT_TRUE(connect());
    begin_load();
    world.run_for(2s);
    ASSERT_EQ(messages().size(), 6U);
    // The server comes back without its last two entries, and says so by another epoch.
    auto& conversation = log();
    conversation.log.resize(conversation.log.size() - 2);
    conversation.last["u0/d0"] = 4;
    ++conversation.epoch;
    world.cut(server.sessions.begin()->first, LinkEnd::reset);
    world.run_for(3s);
    obey(command::BeginPhase{1, world.now()});  // the same burst again
    ASSERT_TRUE(settle());
    EXPECT_EQ(messages().back(), std::pair(std::string("u0"), WireNumber{10}));
    EXPECT_EQ(status().live.acked, 12U);
    EXPECT_EQ(status().live.rejected, 0U);
}

TEST_F(WorkerSending, LearnsItsNumbersAgainFromALogThatMustBePaged) {
    start(lonely_sender(300));
    ASSERT_TRUE(connect());
    begin_load();
    world.run_for(3s);
    ASSERT_EQ(messages().size(), 300U);
    auto& conversation = log();
    conversation.log.resize(conversation.log.size() - 10);
    conversation.last["u0/d0"] = 290;
    ++conversation.epoch;
    server.catch_up_max = 100;
    server.too_old_before_reset = true;
    world.cut(server.sessions.begin()->first, LinkEnd::reset);
    world.run_for(3s);
    obey(command::BeginPhase{1, world.now()});
    ASSERT_TRUE(settle());
    EXPECT_EQ(messages().back(), std::pair(std::string("u0"), WireNumber{590}));
    EXPECT_EQ(status().live.rejected, 0U);
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
