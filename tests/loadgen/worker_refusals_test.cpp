#include <gmock/gmock.h>

#include "worker_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::FakeServer;
using test::lonely_sender;
using testing::ElementsAre;
using testing::Pair;

class WorkerRefusals : public test::WorkerTest {};

TEST_F(WorkerRefusals, GivesARejectedNumberToTheNextMessageAndResendsTheOnesBehindInOrder) {
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

TEST_F(WorkerRefusals, TriesAnOverloadedServerAgainAndRejectsNothing) {
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

TEST_F(WorkerRefusals, AsksAnOverloadedServerMoreAndMoreRarely) {
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

TEST_F(WorkerRefusals, BelievesARejectionAfterAnOverload) {
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

TEST_F(WorkerRefusals, ResumesAndResendsAfterAnUnknownOutcome) {
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

TEST_F(WorkerRefusals, CountsAReadOnlyServersRefusalAsRejected) {
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

TEST_F(WorkerRefusals, BelievesAServerThatTookASendLongAgo) {
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

TEST_F(WorkerRefusals, LearnsItsNumbersAgainFromALogThatLostSome) {
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

TEST_F(WorkerRefusals, LearnsItsNumbersAgainFromALogThatMustBePaged) {
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

TEST_F(WorkerRefusals, DoesNotTakeAnothersMessageUnderItsOwnNameForTheAck) {
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

}  // namespace
}  // namespace hubbub
