#include <gmock/gmock.h>

#include "loadgen/client/conductor.hpp"
#include "worker_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::crowd;
using test::FakeServer;
using test::lonely_sender;

class WorkerDrain : public test::WorkerTest {
  protected:
    void hide_one(Sequence sequence) {
        server.drop_live = [sequence](const auto&, const auto&, Sequence q) { return q == sequence; };
        server.hide = [sequence](const auto&, const auto&, Sequence q) { return q == sequence; };
    }
};

TEST_F(WorkerDrain, RepairsALiveGapByHistory) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    server.drop_live = [](const auto&, const auto&, Sequence q) { return q == 5 || q == 6; };
    for (int i = 0; i < 10; ++i) append_foreign();
    world.run_for(1s);
    EXPECT_EQ(status().live.gap_live, 2U);
    EXPECT_EQ(status().live.gap_healed, 2U);
    EXPECT_EQ(status().live.delivered, 10U);
    EXPECT_EQ(server.history_reads, 1U);
}

TEST_F(WorkerDrain, PagesWhatIsAnnouncedAsSkipped) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    server.drop_live = [](const auto&, const auto&, Sequence q) { return q == 5 || q == 6; };
    for (int i = 0; i < 5; ++i) append_foreign();  // 2 to 6
    server.say(server.sessions.begin()->first, Skipped{conversation(), 5, 6});
    for (int i = 0; i < 4; ++i) append_foreign();
    world.run_for(1s);
    expect_no_accusation();
    EXPECT_EQ(status().live.skipped, 2U);
    EXPECT_EQ(status().live.delivered, 9U);
    EXPECT_EQ(server.history_reads, 1U);
    EXPECT_EQ(errors("protocol"), 0U);
}

// Whoever has left is refused the history; the protocol gives it the rest of its time by a resume.
TEST_F(WorkerDrain, ResumesForWhatWasSkippedBeforeItLeft) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    std::vector<Sequence> resumed_from;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (const auto* resume = std::get_if<Resume>(&message))
            resumed_from.push_back(resume->positions.front().sequence);
        const auto* const read = std::get_if<ReadHistory>(&message);
        if (read == nullptr) return false;
        Rejected refusal;
        refusal.id = read->id;
        refusal.code = ErrorCode::forbidden;
        server.say(session.link, refusal);
        return true;
    };
    server.drop_live = [](const auto&, const auto&, Sequence q) { return q == 5 || q == 6; };
    for (int i = 0; i < 5; ++i) append_foreign();  // 2 to 6
    const FakeServer::Session& session = server.sessions.begin()->second;
    const std::string user = session.user;
    server.say(session.link, Skipped{conversation(), 5, 6});
    server.append(conversation(), {EntryKind::left, user, "", "", 0, {user}});
    world.run_for(5s);
    EXPECT_THAT(resumed_from, testing::ElementsAre(4));
    EXPECT_EQ(status().live.delivered, 5U);
    expect_no_accusation();
}

TEST_F(WorkerDrain, TakesAnAnnouncementOfAnotherConversationForALeak) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    server.say(server.sessions.begin()->first, Skipped{ConversationId{9, 9}, 5, 6});
    world.run_for(1s);
    EXPECT_EQ(status().live.leaked, 1U);
}

TEST_F(WorkerDrain, TakesAPageOfAnotherConversationForALeak) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    server.drop_live = [](const auto&, const auto&, Sequence q) { return q == 5; };
    server.alter_page = [](HistoryPage& page) {
        page.conversation = ConversationId{9, 9};
        for (Entry& entry : page.entries) entry.conversation = page.conversation;
    };
    for (int i = 0; i < 10; ++i) append_foreign();
    world.run_for(1s);
    EXPECT_EQ(server.history_reads, 1U);
    EXPECT_EQ(status().live.leaked, 1U);
    EXPECT_EQ(errors("a foreign entry in a page"), 1U);
}

TEST_F(WorkerDrain, CountsAnAnnouncementOfNothingAsAnError) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    server.say(server.sessions.begin()->first, Skipped{conversation(), 6, 5});
    world.run_for(1s);
    EXPECT_EQ(errors("protocol"), 1U);
    expect_no_accusation();
}

TEST_F(WorkerDrain, AsksHistoryOnlyOnceForWhatItLacks) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    std::vector<Sequence> asked;
    server.intercept = [&](FakeServer::Session&, const ClientMessage& message) {
        if (const auto* read = std::get_if<ReadHistory>(&message)) asked.push_back(read->from);
        return false;
    };
    server.drop_live = [](const auto&, const auto&, Sequence q) { return q % 10 == 5; };
    server.hide = [](const auto&, const auto&, Sequence q) { return q == 5 || q == 25; };
    for (int i = 0; i < 50; ++i) {
        append_foreign();
        world.run_for(10ms);
    }
    EXPECT_EQ(status().live.gap_live, 5U);
    EXPECT_EQ(status().live.gap_healed, 3U);
    // From behind what was asked for before, up to the new gap: never the same entry twice.
    EXPECT_THAT(asked, testing::ElementsAre(5, 6, 16, 26, 36));
}

TEST_F(WorkerDrain, RepairsAGapThatOpensWhileAnotherIsBeingRepaired) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    server.drop_live = [](const auto&, const auto&, Sequence q) { return q == 4 || q == 8; };
    for (int i = 0; i < 10; ++i) append_foreign();
    world.run_for(1s);
    EXPECT_EQ(status().live.gap_live, 2U);
    EXPECT_EQ(status().live.gap_healed, 2U);
}

TEST_F(WorkerDrain, TellsTheCheckerOfALostLink) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    server.drop_live = [](const auto&, const auto&, Sequence q) { return q == 4; };
    for (int i = 0; i < 5; ++i) append_foreign();
    world.run_for(1s);
    ASSERT_EQ(status().live.gap_healed, 1U);
    world.cut(server.sessions.begin()->first, LinkEnd::reset);
    world.run_for(1s);
    ASSERT_EQ(status().reconnects, 1U);
    // The push that the page stood for could have come late on the old link, not on this one.
    const auto& kept = log().log[3];
    server.say(server.sessions.begin()->first,
               Entry{kept.kind, conversation(), 4, kept.user, kept.device, kept.number, kept.body, {}});
    world.run_for(1s);
    EXPECT_EQ(status().live.duplicate_raw, 1U);
}

TEST_F(WorkerDrain, AsksAgainForWhatIsOwedAtTheDrain) {
    start(lonely_sender(10));
    ASSERT_TRUE(connect());
    hide_one(3);
    for (int i = 0; i < 3; ++i) append_foreign();
    world.run_for(1s);
    EXPECT_EQ(server.history_reads, 1U);
    begin_load();
    ASSERT_TRUE(settle());
    expect_heads();
    EXPECT_EQ(status().owed, 1U);
    server.hide = {};  // found after all
    obey(command::Repair{});
    ASSERT_TRUE(world.run_until([&] { return status().owed == 0; }, 10s));
    EXPECT_EQ(status().live.gap_healed, 1U);
}

TEST_F(WorkerDrain, PagesATailThatWasNeverPushed) {
    start(crowd(8, 40, 2s), 2);
    ASSERT_TRUE(connect());
    begin_load();
    world.run_until([&] { return status().live.sent * 2 > planned_arrivals(); });
    server.drop_live = [](const auto& session, const auto&, Sequence) { return session.user == "u3"; };
    ASSERT_TRUE(settle());
    world.run_for(1s);
    expect_heads();
    EXPECT_GT(status().owed, 0U);
    obey(command::Repair{});
    ASSERT_TRUE(world.run_until([&] { return status().owed == 0; }, 10s));
    EXPECT_GT(status().live.gap_live, 0U);
    EXPECT_EQ(status().live.gap_healed, status().live.gap_live);
}

TEST_F(WorkerDrain, TriesAnOverloadedHistoryAgain) {
    start(lonely_sender(1));
    ASSERT_TRUE(connect());
    server.drop_live = [](const auto&, const auto&, Sequence q) { return q == 5; };
    int refusals = 3;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        const auto* read = std::get_if<ReadHistory>(&message);
        if (read == nullptr || --refusals < 0) return false;
        server.say(session.link, Rejected{ErrorCode::overloaded, read->id, {}, 0, 50});
        return true;
    };
    for (int i = 0; i < 10; ++i) append_foreign();
    world.run_for(10s);
    EXPECT_EQ(status().live.gap_healed, 1U);
}

TEST_F(WorkerDrain, AuditsEveryConversationWithTrafficOnce) {
    start(crowd(20, 100, 3s), 3);
    ASSERT_TRUE(connect());
    begin_load();
    ASSERT_TRUE(settle());
    world.run_for(1s);
    expect_heads();
    ASSERT_EQ(status().owed, 0U);
    std::map<ConversationId, int> read;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (const auto* history = std::get_if<ReadHistory>(&message)) {
            ++read[history->conversation];
            EXPECT_EQ(history->from, 2U);
            EXPECT_TRUE(server.conversations.at(history->conversation).members.contains(session.user));
        }
        return false;
    };
    obey(command::Audit{});
    EXPECT_GT(status().audits_pending, 0U);
    ASSERT_TRUE(world.run_until([&] { return status().audits_pending == 0; }, 30s));
    std::size_t with_traffic = 0;
    for (std::uint32_t c = 0; c < plan->conversations.size(); ++c) {
        with_traffic += messages(c).empty() ? 0 : 1;
        EXPECT_EQ(read[conversation(c)], messages(c).empty() ? 0 : 1);
    }
    EXPECT_GT(with_traffic, 5U);
}

TEST_F(WorkerDrain, GoesOnWithAnAuditAfterALostLink) {
    start(lonely_sender(600));
    ASSERT_TRUE(connect());
    begin_load();
    ASSERT_TRUE(settle());
    expect_heads();
    int reads = 0;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (!std::holds_alternative<ReadHistory>(message) || ++reads != 2) return false;
        world.cut(session.link, LinkEnd::reset);
        return true;
    };
    obey(command::Audit{});
    ASSERT_TRUE(world.run_until([&] { return status().audits_pending == 0; }, 30s));
    EXPECT_EQ(server.history_reads, 3U);
    EXPECT_EQ(reads, 4);
}

TEST_F(WorkerDrain, FinishesWithOrderlyCloses) {
    start(crowd(10, 10, 1s), 2);
    ASSERT_TRUE(connect());
    expect_heads();
    obey(command::Finish{});
    ASSERT_TRUE(world.run_until([&] { return status().links_open == 0; }, 5s));
    EXPECT_EQ(server.close_codes, std::vector<std::uint16_t>(10, 1000));
    world.run_for(60s);
    EXPECT_EQ(world.dials, 10U);  // nobody comes back
    EXPECT_EQ(errors(""), 0U);
}

TEST_F(WorkerDrain, FinishesWhileADialIsUnderWay) {
    start(lonely_sender(1));
    obey(command::BeginPhase{0, world.now()});
    ASSERT_TRUE(world.run_until([&] { return status().links_open == 1; }, 1s));
    expect_heads();
    obey(command::Finish{});
    ASSERT_TRUE(world.run_until([&] { return status().links_open == 0; }, 5s));
    EXPECT_EQ(status().online, 0U);
}

/// The whole way, led by the conductor, through cuts at random.
TEST_F(WorkerDrain, DeliversEverythingThroughRandomCutsAndAccusesNobody) {
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        workers.clear();
        server.conversations.clear();
        Scenario scenario = crowd(16, 80, 5s);
        scenario.seed = seed;
        Phase drain;
        drain.kind = PhaseKind::drain;
        drain.length = 15s;
        scenario.phases.push_back(drain);
        start(scenario, 2);
        Conductor conductor(*plan, *ready, world.now());
        Random random(seed);
        ConductorStep step;
        const Time cuts_until = world.now() + 6s;
        while (!step.done && world.now() < Time{10min * seed}) {
            std::vector<WorkerStatus> states;
            for (const auto& worker : workers) states.push_back(worker->status());
            for (WorkerStatus& state : states) --state.obeyed;  // the fixture's own command
            step = conductor.step(states, world.now());
            for (const WorkerCommand& command : step.commands) obey(command);
            if (step.want_heads) {
                std::vector<Sequence> heads(plan->conversations.size());
                for (const auto& worker : workers)
                    for (std::size_t c = 0; c < heads.size(); ++c)
                        heads[c] = std::max(heads[c], worker->checker().acked_heads()[c]);
                conductor.heads(heads);
            }
            if (world.now() < cuts_until && !server.sessions.empty() && random.chance(0.3)) {
                auto victim = server.sessions.begin();
                std::advance(victim, static_cast<long>(random.below(server.sessions.size())));
                world.cut(victim->first, LinkEnd::reset);
            }
            world.run_for(20ms);
        }
        ASSERT_TRUE(step.done);
        EXPECT_GT(status().reconnects, 5U);
        EXPECT_EQ(status().live.acked, planned_arrivals());
        EXPECT_EQ(status().owed, 0U);
        std::size_t stored = 0;
        for (std::uint32_t c = 0; c < plan->conversations.size(); ++c) stored += messages(c).size();
        EXPECT_EQ(stored, planned_arrivals());
        expect_no_accusation();
    }
}

}  // namespace
}  // namespace hubbub
