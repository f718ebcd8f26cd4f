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
        last_left = {session.user, leave.conversation};
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
    /// Whoever left last is refused there, joins again by another device, is told so, and only then hears of
    /// its other conversations.
    void let_in_while_it_resumes(const FakeServer::Session& session, const Resume& resume) {
        const auto& [user, back_in] = last_left;
        const FakeServer::Conversation& conversation = server.conversations.at(back_in);
        auto pending = static_cast<std::uint32_t>(resume.positions.size());
        server.say(session.link, Resumed{--pending, {{back_in, 0, 0, 0, ResumeStatus::forbidden}}});
        const Sequence q = conversation.log.size() + 1;
        server.say(session.link, Resumed{pending, {{back_in, conversation.epoch, q, q, ResumeStatus::ok}}});
        server.sessions.at(session.link).attached.insert(back_in);
        server.append(back_in, {EntryKind::joined, user, "", "", 0, {user}});
        for (const Position& asked : resume.positions)
            if (asked.conversation != back_in)
                server.say(session.link, Resumed{--pending,
                                                 {{asked.conversation, asked.epoch, asked.sequence + 1,
                                                   asked.sequence, ResumeStatus::ok}}});
    }
    int departures = 0, returns = 0;
    std::pair<std::string, ConversationId> last_left;
};

TEST_F(WorkerMembership, AReturnMayBeToldWhileOtherPositionsAreNotAnsweredYet) {
    begin(true);
    ASSERT_TRUE(world.run_until([&] { return departures > 0; }));
    const std::string user = last_left.first;
    world.run_for(5ms);
    bool told = false;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        const auto* resume = std::get_if<Resume>(&message);
        if (resume == nullptr || session.user != user) return !std::holds_alternative<Hello>(message);
        EXPECT_GT(resume->positions.size(), 1U);
        let_in_while_it_resumes(session, *resume);
        return told = true;
    };
    world.cut(server.session_of(user)->link, LinkEnd::reset);
    ASSERT_TRUE(world.run_until([&] { return told; }));
    world.run_for(50ms);
    EXPECT_EQ(status().live.leaked, 0U);
    EXPECT_EQ(errors("protocol"), 0U);
}

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
