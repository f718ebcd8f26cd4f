#include "loadgen/client/setup.hpp"

#include <gmock/gmock.h>

#include "fake_server.hpp"
#include "plan_fixture.hpp"
#include "protocol/limits.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::FakeServer;
using test::FakeWorld;
using testing::HasSubstr;

class SetupTest : public testing::Test {
  protected:
    void make(double rate = 100'000, std::uint32_t links = 4) {
        setup.emplace(*plan, 5, world.links(0), make_adapter("hubbub"), rate, links);
        world.serve(0, *setup);
    }
    bool run() {
        return world.run_until([&] { return setup->done() || !setup->error().empty(); }, 2min) &&
               setup->done();
    }
    /// Every conversation of the plan stands on the server with its members, and setup knows where.
    void expect_all_created() {
        ASSERT_EQ(setup->error(), "");
        ASSERT_EQ(server.conversations.size(), plan->conversations.size());
        for (std::uint32_t c = 0; c < plan->conversations.size(); ++c) {
            const ConversationIndex index{c};
            const ReadyConversation& ready = setup->conversations()[c];
            EXPECT_EQ(ready.id, server.by_key.at(plan->create_key(index, 5)));
            const auto& there = server.conversations.at(ready.id);
            EXPECT_EQ(ready.head, there.log.size());
            EXPECT_EQ(ready.epoch, there.epoch);
            ASSERT_EQ(there.members.size(), plan->members_of(index).size());
            for (const UserIndex user : plan->members_of(index))
                EXPECT_TRUE(there.members.contains(plan->user_name(user)));
        }
    }

    FakeWorld world{3};
    FakeServer server{world};
    std::shared_ptr<const Plan> plan = test::plan_of(test::small_scenario());
    std::optional<hubbub::Setup> setup;  // testing::Test hides the bare name
};

TEST_F(SetupTest, CreatesEveryConversationOfThePlanAndClosesItsLinks) {
    make();
    ASSERT_TRUE(run());
    EXPECT_EQ(setup->created(), plan->conversations.size());
    EXPECT_TRUE(server.sessions.empty());
    expect_all_created();
}

TEST_F(SetupTest, BuildsALargeChannelInSeveralFramesInOrder) {
    Scenario scenario = test::small_scenario();
    scenario.users = 4000;
    scenario.topology = {{ConversationClass::channel, 3, 3500, 3500, {}}};
    scenario.behaviors = {test::everyone_sends(0, 0, 1)};
    plan = test::plan_of(scenario);
    make();
    ASSERT_TRUE(run());
    expect_all_created();
    for (const auto& [id, conversation] : server.conversations) {
        ASSERT_EQ(conversation.log.size(), 4U);  // create and three adds
        for (const auto& entry : conversation.log)
            EXPECT_LE(entry.members.size(), limits::members_per_frame_max);
    }
}

TEST_F(SetupTest, KeepsItsRate) {
    make(100);
    const Time begin = world.now();
    ASSERT_TRUE(run());
    const double seconds = to_seconds(world.now() - begin);
    const auto wanted = static_cast<double>(plan->conversations.size()) / 100;
    EXPECT_GT(seconds, wanted * 0.9);
    EXPECT_LT(seconds, wanted * 1.2);
}

TEST_F(SetupTest, StaysAliveWhileItsRateMakesItWait) {
    make(1, 1);
    server.beat_ms = 200;
    world.run_for(10s);
    ASSERT_EQ(server.sessions.size(), 1U);
    std::size_t beats = 0;
    for (const std::string& said : server.sessions.begin()->second.said)
        beats += said.find("beat") != said.npos;
    EXPECT_GE(beats, 30U);
}

TEST_F(SetupTest, AsksAgainAfterALostLinkAndCreatesNothingTwice) {
    make();
    int requests = 0;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        if (std::holds_alternative<Create>(message) && ++requests % 40 == 0) world.cut(session.link);
        return false;
    };
    ASSERT_TRUE(run());
    expect_all_created();
    EXPECT_GT(world.dials, 4U);
    EXPECT_GT(server.creates.size(), plan->conversations.size());  // asked again, by the same keys
}

TEST_F(SetupTest, ComesBackLaterToAnOverloadedTarget) {
    make();
    int refusals = 20;
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        const auto* create = std::get_if<Create>(&message);
        if (create == nullptr || --refusals < 0) return false;
        server.say(session.link, Rejected{ErrorCode::overloaded, create->id, {}, 0, 500});
        return true;
    };
    const Time begin = world.now();
    ASSERT_TRUE(run());
    EXPECT_GE(world.now() - begin, 500ms);
    expect_all_created();
}

TEST_F(SetupTest, SaysThatTheTargetCannotBeReached) {
    make();
    world.refuse_dial = [](std::uint32_t) { return LinkEnd::connect_refused; };
    EXPECT_FALSE(run());
    EXPECT_THAT(setup->error(), HasSubstr("connect: refused"));
    EXPECT_LT(world.now() - Time{}, 60s);
}

TEST_F(SetupTest, SaysWhichConversationWasRefused) {
    make();
    server.intercept = [&](FakeServer::Session& session, const ClientMessage& message) {
        const auto* create = std::get_if<Create>(&message);
        if (create == nullptr) return false;
        server.say(session.link, Rejected{ErrorCode::forbidden, create->id, {}, 0, 0});
        return true;
    };
    EXPECT_FALSE(run());
    EXPECT_THAT(setup->error(), HasSubstr("conversation"));
    EXPECT_THAT(setup->error(), HasSubstr("forbidden"));
}

TEST_F(SetupTest, GivesUpOnATargetThatDoesNotAnswer) {
    make();
    server.intercept = [](FakeServer::Session&, const ClientMessage& message) {
        return std::holds_alternative<Create>(message);
    };
    EXPECT_FALSE(run());
    EXPECT_THAT(setup->error(), HasSubstr("no answer"));
}

TEST_F(SetupTest, ReadsAnswersThatArriveInPieces) {
    world.cut_reads_at = 7;
    make();
    ASSERT_TRUE(run());
    expect_all_created();
}

TEST_F(SetupTest, GivesUpWhenItMayNotComeBack) {
    make();
    server.intercept = [&](FakeServer::Session& session, const ClientMessage&) {
        server.close(session.link, traits(ErrorCode::unauthenticated).close_code);
        return true;
    };
    EXPECT_FALSE(run());
    EXPECT_THAT(setup->error(), HasSubstr("3501"));
}

}  // namespace
}  // namespace hubbub
