#include <gmock/gmock.h>

#include "protocol/limits.hpp"
#include "worker_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::crowd;
using test::FakeServer;
using test::lonely_sender;
using testing::HasSubstr;

class WorkerConnecting : public test::WorkerTest {};

TEST_F(WorkerConnecting, SaysHelloResumesAllItsStreamsAndIsLive) {
    start(crowd(20, 10, 1s));
    ASSERT_TRUE(connect());
    EXPECT_EQ(status().online, 20U);
    EXPECT_EQ(status().connects, 20U);
    EXPECT_EQ(status().links_open, 20U);
    EXPECT_EQ(workers[0]->connect_latency().count(), 20U);
    for (auto& [link, session] : server.sessions) {
        const auto user = plan->user_from(session.user);
        ASSERT_TRUE(user);
        EXPECT_EQ(session.attached.size(), plan->conversations_of(plan->device_of(*user)).size());
    }
    expect_no_accusation();
}

TEST_F(WorkerConnecting, OpensEachSessionAtItsTime) {
    Scenario scenario = crowd(20, 10, 1s);
    scenario.phases[0].connect_rate = 10;
    start(scenario);
    const Time begin = world.now();
    ASSERT_TRUE(connect());
    EXPECT_GE(world.now() - begin, 1900ms);
    EXPECT_LE(world.now() - begin, 2s);
}

TEST_F(WorkerConnecting, SpreadsAStormOfDialsOverTurns) {
    Scenario scenario = crowd(1000, 10, 1s);
    scenario.phases[0].connect_rate = 1e9;
    start(scenario);
    obey(command::BeginPhase{0, world.now()});
    Time now = world.now() + 1s;  // all are due
    while (world.dials < 1000) {
        const std::uint64_t before = world.dials;
        workers[0]->turn(now);
        ASSERT_GT(world.dials, before) << "a turn that dials nobody would be the end";
        ASSERT_LE(world.dials - before, 500U);
        now += 5ms;
        EXPECT_TRUE(world.dials == 1000 || workers[0]->next_deadline() <= now);
    }
}

// Entry 2 was missed, 3 is the own send: its ack overtakes the answer that says where the stream goes on.
TEST_F(WorkerConnecting, TakesNoGapFromAnAckBeforeItsResumeIsAnswered) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    server.ack_delay = 1h;
    server.drop_live = [](const auto&, const auto&, Sequence q) { return q == 2; };
    append_foreign();
    begin_load();
    ASSERT_TRUE(world.run_until([&] { return !server.sends.empty(); }));
    bool early = false;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        early |= std::holds_alternative<Resume>(message);
        if (std::holds_alternative<Resume>(message)) server.say(session.link, Ack{conversation(), 1, 3});
        return false;
    };
    world.cut(server.sessions.begin()->first, LinkEnd::reset);
    world.run_for(3s);
    EXPECT_TRUE(early);
    EXPECT_EQ(status().live.gap_live, 0U);
    EXPECT_EQ(status().live.delivered, 1U);
    expect_no_accusation();
}

TEST_F(WorkerConnecting, NamesManyPositionsInSeveralFrames) {
    Scenario scenario = lonely_sender(1);
    scenario.topology = {{ConversationClass::group, 2400, 2, 2, {}}};
    scenario.behaviors = {test::everyone_sends(0, 1, 0)};
    start(scenario);
    ASSERT_TRUE(connect());
    EXPECT_EQ(server.resumes, 3U);
    EXPECT_EQ(server.sessions.begin()->second.attached.size(), 2400U);
}

TEST_F(WorkerConnecting, IsLiveWithoutAResumeWhenItHasNoConversations) {
    Scenario scenario = lonely_sender(1);
    scenario.topology.clear();
    scenario.behaviors.clear();
    scenario.phases.pop_back();
    start(scenario);
    ASSERT_TRUE(connect());
    EXPECT_EQ(server.resumes, 0U);
}

TEST_F(WorkerConnecting, ComesBackAfterALostLinkAndResumes) {
    start(crowd(10, 10, 1s));
    ASSERT_TRUE(connect());
    for (const auto& [link, session] : server.sessions) world.cut(link, LinkEnd::reset);
    world.run_for(5s);
    EXPECT_EQ(status().online, 10U);
    EXPECT_EQ(status().reconnects, 10U);
    EXPECT_EQ(workers[0]->reconnect_latency().count(), 10U);
    EXPECT_EQ(errors("link: reset"), 10U);
    expect_no_accusation();
}

TEST_F(WorkerConnecting, CatchesUpOnWhatItMissed) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    world.cut(server.sessions.begin()->first, LinkEnd::reset);
    for (int i = 0; i < 20; ++i) append_foreign();
    world.run_for(5s);
    EXPECT_EQ(status().live.delivered, 20U);
    EXPECT_EQ(server.history_reads, 0U);
    expect_no_accusation();
}

TEST_F(WorkerConnecting, PagesWhatTheServerCallsTooOld) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    server.catch_up_max = 100;
    world.cut(server.sessions.begin()->first, LinkEnd::reset);
    for (int i = 0; i < 450; ++i) append_foreign();
    world.run_for(5s);
    EXPECT_EQ(server.history_reads, 3U);
    EXPECT_EQ(workers[0]->checker().missing_from(StreamIndex{0}), 452U);
    expect_no_accusation();
}

TEST_F(WorkerConnecting, DoesNotComeBackAfterACloseCodeThatSaysSo) {
    start(crowd(10, 10, 1s));
    ASSERT_TRUE(connect());
    server.close(server.sessions.begin()->first, traits(ErrorCode::replaced).close_code);
    world.run_for(60s);
    EXPECT_EQ(status().online, 9U);
    EXPECT_EQ(status().gave_up, 1U);
    EXPECT_EQ(errors("close 35"), 1U);
}

TEST_F(WorkerConnecting, ComesBackAfterACloseCodeThatSaysSoAndNotBeforeTheHint) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    const std::uint64_t link = server.sessions.begin()->first;
    server.say(link, Rejected{ErrorCode::going_away, 0, {}, 0, 3000});
    server.close(link, traits(ErrorCode::going_away).close_code);
    world.run_for(2900ms);
    EXPECT_EQ(status().online, 0U);
    world.run_for(2s);
    EXPECT_EQ(status().online, 1U);
    EXPECT_EQ(errors("close 30"), 1U);
}

TEST_F(WorkerConnecting, CountsRefusedDialsByStageAndKeepsTrying) {
    start(lonely_sender(1));
    bool up = false;
    world.refuse_dial = [&](std::uint32_t) { return up ? LinkEnd::closed_by_us : LinkEnd::connect_refused; };
    obey(command::BeginPhase{0, world.now()});
    world.run_for(20s);
    EXPECT_EQ(status().online, 0U);
    EXPECT_GT(status().connect_errors, 3U);
    EXPECT_EQ(errors("connect: refused"), status().connect_errors);
    up = true;
    world.run_for(11s);
    EXPECT_EQ(status().online, 1U);
}

TEST_F(WorkerConnecting, TakesItsEndpointsInTurn) {
    options.endpoints = 3;
    start(crowd(12, 10, 1s));
    std::map<std::uint32_t, int> dials;
    world.refuse_dial = [&](std::uint32_t endpoint) {
        ++dials[endpoint];
        return LinkEnd::closed_by_us;
    };
    ASSERT_TRUE(connect());
    EXPECT_THAT(dials, testing::ElementsAre(testing::Pair(0, 4), testing::Pair(1, 4), testing::Pair(2, 4)));
}

TEST_F(WorkerConnecting, GivesUpWaitingForAWelcome) {
    start(lonely_sender(1));
    int deaf = 1;
    server.intercept = [&](FakeServer::Session&, const ClientMessage&) { return deaf-- > 0; };
    ASSERT_TRUE(connect());
    EXPECT_EQ(errors("welcome: timeout"), 1U);
    EXPECT_EQ(status().connects, 1U);
    EXPECT_EQ(status().connect_errors, 1U);
}

TEST_F(WorkerConnecting, GivesUpWaitingForTheAnswerToItsResume) {
    start(lonely_sender(1));
    int deaf = 1;
    server.intercept = [&](FakeServer::Session&, const ClientMessage& message) {
        return std::holds_alternative<Resume>(message) && deaf-- > 0;
    };
    ASSERT_TRUE(connect());
    EXPECT_EQ(errors("resume: timeout"), 1U);
}

TEST_F(WorkerConnecting, ShowsLifeAtLeastEveryBeat) {
    start(lonely_sender(1));
    server.beat_ms = 400;
    std::vector<Time> heard;
    server.intercept = [&](FakeServer::Session&, const ClientMessage&) {
        heard.push_back(world.now());
        return false;
    };
    ASSERT_TRUE(connect());
    world.run_for(10s);
    ASSERT_GT(heard.size(), 20U);
    for (std::size_t i = 1; i < heard.size(); ++i) EXPECT_LE(heard[i] - heard[i - 1], 400ms);
    EXPECT_LT(heard.size(), 35U);
}

class WorkerHeartbeat : public test::WorkerTest {
  protected:
    /// Beats of one quiet device within 10 s.
    std::size_t beats(Duration every) {
        Scenario scenario = lonely_sender(1);
        scenario.behaviors[0].habits.heartbeat = every;
        start(std::move(scenario));
        std::size_t beats = 0;
        server.intercept = [&](FakeServer::Session&, const ClientMessage& message) {
            beats += std::holds_alternative<Beat>(message);
            return false;
        };
        EXPECT_TRUE(connect());
        world.run_for(10s);
        return beats;
    }
};

TEST_F(WorkerHeartbeat, IsAsOftenAsTheScenarioSays) {
    const std::size_t count = beats(500ms);
    EXPECT_LE(count, 20U);
    EXPECT_GE(count, 18U);
}

TEST_F(WorkerHeartbeat, MayBeMoreSeldomThanTheServerAsks) {
    EXPECT_EQ(beats(7s), 1U);
}

TEST_F(WorkerHeartbeat, OfZeroIsNone) {
    EXPECT_EQ(beats(0s), 0U);
}

TEST_F(WorkerConnecting, AnswersPings) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    std::string ping;
    websocket::append_frame(ping, websocket::Opcode::ping, "are you there");
    world.push(server.sessions.begin()->first, ping);
    world.run_for(1s);
    EXPECT_EQ(server.sessions.begin()->second.pongs, 1U);
}

TEST_F(WorkerConnecting, ReadsFramesThatArriveInPieces) {
    world.cut_reads_at = 5;
    start(crowd(10, 50, 2s));
    ASSERT_TRUE(connect());
    begin_load();
    ASSERT_TRUE(settle());
    EXPECT_EQ(status().live.acked, planned_arrivals());
    expect_no_accusation();
}

TEST_F(WorkerConnecting, SaysWhatWasWrongWithAFrameThatBreaksTheRules) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    world.push(server.sessions.begin()->first, std::string("\xc1\x01x", 3));  // RSV1 without an extension
    world.run_for(5s);
    EXPECT_EQ(errors("websocket: "), 1U);
    EXPECT_EQ(status().reconnects, 1U);
}

TEST_F(WorkerConnecting, SaysWhatWasWrongWithAMessageThatIsNone) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    std::string frame;
    websocket::append_frame(frame, websocket::Opcode::text, "hello yourself");
    world.push(server.sessions.begin()->first, frame);
    world.run_for(5s);
    EXPECT_EQ(errors("protocol: "), 1U);
    EXPECT_EQ(status().reconnects, 1U);
}

TEST_F(WorkerConnecting, ReadsNothingBehindWhatEndedTheConnection) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    std::string frames;
    websocket::append_frame(frames, websocket::Opcode::text, "hello yourself");
    websocket::append_frame(frames, websocket::Opcode::text, "and again");
    world.push(server.sessions.begin()->first, frames);
    world.run_for(5s);
    EXPECT_EQ(errors("protocol: "), 1U);
}

TEST_F(WorkerConnecting, ComesBackQuicklyAgainAfterItWasLive) {
    start(lonely_sender(1));
    int refusals = 12;
    world.refuse_dial = [&](std::uint32_t) {
        return --refusals >= 0 ? LinkEnd::connect_refused : LinkEnd::closed_by_us;
    };
    ASSERT_TRUE(connect());
    for (int i = 0; i < 5; ++i) {
        world.cut(server.sessions.begin()->first, LinkEnd::reset);
        world.run_for(300ms);
        EXPECT_EQ(status().online, 1U);
    }
}

TEST_F(WorkerConnecting, ReportsWhatReachesAStranger) {
    start(crowd(10, 10, 1s));
    ASSERT_TRUE(connect());
    // u's device gets an entry of the first conversation that it is no member of.
    auto& [link, session] = *server.sessions.begin();
    const auto device = plan->device_of(*plan->user_from(session.user));
    std::uint32_t c = 0;
    while (plan->stream_of(device, ConversationIndex{c})) ++c;
    server.say(link, Entry{EntryKind::message, conversation(c), 2, "u1", "d0", 1, "body", {}});
    server.say(link, Entry{EntryKind::message, ConversationId{4, 5}, 2, "u1", "d0", 1, "body", {}});
    world.run_for(1s);
    EXPECT_EQ(status().live.leaked, 2U);
}

TEST_F(WorkerConnecting, DecodesAFrameOnceForAllItsReceivers) {
    Scenario scenario = crowd(30, 10, 1s);
    scenario.topology = {{ConversationClass::channel, 1, 30, 30, {}}};
    scenario.behaviors = {test::everyone_sends(0, 0, 1)};
    start(scenario);
    ASSERT_TRUE(connect());
    append_foreign();
    append_foreign();
    world.run_for(1s);
    EXPECT_EQ(status().live.delivered, 60U);
    EXPECT_EQ(workers[0]->frame_cache_hits(), 58U);
}

}  // namespace
}  // namespace hubbub
