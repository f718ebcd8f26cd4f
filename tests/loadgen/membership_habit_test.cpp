// Users who leave and join again, at a server that does not mean it: what it shows is judged to the end.
#include "loadgen/check/judge.hpp"
#include "loadgen/plan/churn.hpp"
#include "worker_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::FakeServer;

class WorkerMembership : public test::WorkerTest {
  protected:
    /// Leaves are done as they should be; `lets_in`: joins, too, else they are acknowledged and nothing more.
    void begin(bool lets_in) {
        Scenario scenario = test::crowd(8, 40, 6s);
        scenario.behaviors.front().habits.membership = MembershipHabit{0.2, {300ms, 1s}};
        start(std::move(scenario));
        server.intercept = [this, lets_in](FakeServer::Session& session, const ClientMessage& message) {
            if (const auto* leave = std::get_if<Leave>(&message))
                put_out(session, *leave);
            else if (const auto* join = std::get_if<Join>(&message))
                let_in(session, *join, lets_in);
            else
                return false;
            return true;
        };
        ASSERT_TRUE(connect());
        begin_load();
    }
    void put_out(FakeServer::Session& session, const Leave& leave) {
        const Sequence q =
            server.append(leave.conversation, {EntryKind::left, session.user, "", "", 0, {session.user}});
        server.say(session.link, Done{leave.id, q});
        session.attached.erase(leave.conversation);
        ++departures;
    }
    void let_in(FakeServer::Session& session, const Join& join, bool really) {
        const FakeServer::Conversation& conversation = server.conversations.at(join.conversation);
        const Sequence q = conversation.log.size() + 1;
        if (really) {
            server.say(session.link,
                       Resumed{0, {{join.conversation, conversation.epoch, q, q, ResumeStatus::ok}}});
            session.attached.insert(join.conversation);
            ++returns;
        }
        server.append(join.conversation, {EntryKind::joined, session.user, "", "", 0, {session.user}});
        server.say(session.link, Done{join.id, q});
    }
    Violations judge() {
        EXPECT_TRUE(settle());
        expect_heads();
        world.run_for(5s);
        obey(command::Audit{});
        EXPECT_TRUE(world.run_until([&] { return status().audits_pending == 0; }));
        obey(command::Finish{});
        Judge judge(*plan, key, make_adapter("hubbub")->abilities());
        judge.add(workers[0]->checker());
        return judge.judge().violations;
    }
    int departures = 0, returns = 0;
};

TEST_F(WorkerMembership, AServerThatMeansItIsNotAccused) {
    begin(true);
    EXPECT_EQ(judge(), Violations{});
    EXPECT_GT(departures, 3);
    EXPECT_GT(returns, 3);
}

// Leaving ends the pushes, and a new connection has all of it again.
TEST_F(WorkerMembership, AServerThatForgetsOnAResumeWhoLeftIsFound) {
    begin(true);
    ASSERT_TRUE(world.run_until([&] { return departures > 3; }));
    std::vector<std::uint64_t> links;
    for (const auto& [link, session] : server.sessions) links.push_back(link);
    world.run_for(200ms);
    for (const std::uint64_t link : links) world.cut(link, LinkEnd::reset);
    EXPECT_GT(judge().leaked, 0U);
}

TEST_F(WorkerMembership, AServerThatAcknowledgesJoinsAndLetsNobodyInIsFound) {
    begin(false);
    const Violations found = judge();
    EXPECT_GT(departures, 3);
    EXPECT_GT(found.lost, 0U);
}

}  // namespace
}  // namespace hubbub
