// Users who read history while the load runs: what they ask, and what a page must show them.
#include <gmock/gmock.h>

#include "worker_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::FakeServer;
using test::lonely_sender;

/// u0 has read one conversation of 21 entries when it connects, and reads the newest 10 of it every second.
class WorkerHistory : public test::WorkerTest {
  protected:
    void connect_reader(std::uint32_t on_open = 10, std::uint32_t page = 4) {
        Scenario scenario = lonely_sender(1, 60s);
        scenario.behaviors.front().habits.history = HistoryHabit{on_open, page, 1s};
        start(std::move(scenario));
        server.intercept = [this](FakeServer::Session&, const ClientMessage& message) {
            if (const auto* read = std::get_if<ReadHistory>(&message))
                asked.emplace_back(read->before, read->limit);
            return false;
        };
        ASSERT_TRUE(connect());
        for (int i = 0; i < 20; ++i) append_foreign();
        world.run_for(500ms);
        asked.clear();
    }
    /// A return, and until what it looks at is answered.
    void look() {
        drop_connection();
        ASSERT_TRUE(world.run_until([&] { return status().online == status().users; }));
        world.run_for(500ms);
    }
    void drop_connection() {
        world.cut(server.session_of("u0")->link);
        ASSERT_TRUE(world.run_until([&] { return status().online == 0; }));
    }
    [[nodiscard]] std::uint64_t accused() const { return status().live.history; }

    std::vector<std::pair<Sequence, std::uint32_t>> asked;  ///< before, limit
};

TEST_F(WorkerHistory, ReadsTheNewestEntriesPageByPageBackwards) {
    connect_reader();
    look();
    EXPECT_THAT(asked, testing::ElementsAre(std::pair<Sequence, std::uint32_t>{UINT32_MAX, 4U},
                                            std::pair<Sequence, std::uint32_t>{18, 4U},
                                            std::pair<Sequence, std::uint32_t>{14, 2U}));
    expect_no_accusation();
}

TEST_F(WorkerHistory, StopsAtTheBeginningOfTheLog) {
    connect_reader(1000, 200);
    look();
    EXPECT_EQ(asked.size(), 1U);
    expect_no_accusation();
}

TEST_F(WorkerHistory, LooksAgainAndAgainWhileTheLoadRuns) {
    connect_reader(2, 2);
    begin_load();
    world.run_for(10s);
    EXPECT_GE(asked.size(), 9U);
    drop_connection();
    world.run_for(10s);
    EXPECT_GE(asked.size(), 17U);
    obey(command::Settle{});
    world.run_for(2s);
    const std::size_t until_settle = asked.size();
    world.run_for(10s);
    EXPECT_EQ(asked.size(), until_settle);
    expect_no_accusation();
}

TEST_F(WorkerHistory, CondemnsAPageThatLacksWhatItsReaderHadSeen) {
    connect_reader(4, 4);
    server.alter_page = [](HistoryPage& page) {
        if (page.entries.back().sequence == 21) page.entries.pop_back();
    };
    look();
    EXPECT_EQ(accused(), 1U);
}

TEST_F(WorkerHistory, CondemnsAnEmptyPage) {
    connect_reader(4, 4);
    server.alter_page = [](HistoryPage& page) { page.entries.clear(); };
    look();
    EXPECT_EQ(accused(), 1U);
}

TEST_F(WorkerHistory, CondemnsAPageThatLeavesOutANumber) {
    connect_reader(8, 4);
    server.alter_page = [](HistoryPage& page) {
        if (page.entries.size() == 4) page.entries.erase(page.entries.begin() + 2);
    };
    look();
    EXPECT_EQ(accused(), 2U);
}

// A server that shows its newest page whatever it is asked.
TEST_F(WorkerHistory, CondemnsAPageThatIsNotBelowTheEntryThatWasNamed) {
    connect_reader(8, 4);
    std::vector<Entry> newest;
    server.alter_page = [&](HistoryPage& page) {
        if (newest.empty()) newest = page.entries;
        page.entries = newest;
    };
    look();
    EXPECT_EQ(asked.size(), 2U);
    EXPECT_EQ(accused(), 1U);
}

TEST_F(WorkerHistory, CondemnsAPageOfAnotherConversationAsALeak) {
    connect_reader(4, 4);
    server.alter_page = [](HistoryPage& page) {
        page.conversation = ConversationId{9, 9};
        for (Entry& entry : page.entries) entry.conversation = page.conversation;
    };
    look();
    EXPECT_EQ(status().live.leaked, 4U);
}

TEST_F(WorkerHistory, CondemnsAPageWithAnotherContentThanWasDelivered) {
    connect_reader(4, 4);
    server.alter_page = [](HistoryPage& page) { ++page.entries[1].number; };
    look();
    EXPECT_EQ(accused(), 1U);
}

// What came since the question was asked may be there or not; so may anything of another log.
TEST_F(WorkerHistory, ExcusesWhatCameSinceAndAnotherLog) {
    connect_reader(4, 4);
    server.alter_page = [this](HistoryPage&) { append_foreign(); };
    look();
    EXPECT_EQ(accused(), 0U);
    server.alter_page = [](HistoryPage& page) {
        ++page.epoch;
        page.entries.clear();
    };
    drop_connection();
    world.run_for(5s);
    EXPECT_EQ(accused(), 0U);
}

TEST_F(WorkerHistory, AnswersThatNeverComeAreNoFault) {
    connect_reader(4, 4);
    server.intercept = [](FakeServer::Session&, const ClientMessage& message) {
        return std::holds_alternative<ReadHistory>(message);
    };
    look();
    EXPECT_EQ(accused(), 0U);
    EXPECT_EQ(status().online, 1U);
}

}  // namespace
}  // namespace hubbub
