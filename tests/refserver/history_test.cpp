// History pages: what they show, to whom, and how much of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<Sequence> numbers(const Page& page) {
    std::vector<Sequence> out;
    for (const Said& entry : page.entries) out.push_back(entry.sequence);
    return out;
}

struct History : ::testing::Test {
    World world;
    ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& ann = world.client("ann");
    void SetUp() override { ann.connect(0); }
    void say(int count, const std::string& body = "x") {
        for (int i = 0; i < count; ++i) {
            ann.send(c, ++sent, body);
            world.settle();
        }
    }
    const Page& read(Sequence from, std::uint32_t limit = 200) {
        ann.read(c, from, limit);
        world.settle();
        return ann.pages.back();
    }
    WireNumber sent = 0;
};

TEST_F(History, APageHoldsEntriesFromTheAskedOneUpwardsAndTheHead) {
    say(5);
    const Page& page = read(3, 2);
    EXPECT_THAT(numbers(page), ElementsAre(3U, 4U));
    EXPECT_EQ(page.page.head, 6U);
    EXPECT_EQ(page.page.epoch, 1U);
    EXPECT_EQ(page.entries[0].user, "ann");
    EXPECT_EQ(page.entries[0].number, 2U);
    EXPECT_EQ(page.entries[0].body, "x");
}

TEST_F(History, AReadBegunAfterAnAckShowsTheEntryWithEveryDurability) {
    for (const auto durability : {Durability::none, Durability::memory, Durability::wal_sync}) {
        World other({.commit_latency = 5ms, .durability = durability});
        Client& maker = other.client("maker");
        const ConversationId d = other.conversation("k", {"maker"});
        maker.send(d, 1, "seen");
        while (maker.said.empty()) {
            if (!other.step()) other.pass(1ms);
        }
        maker.read(d, 1);
        while (maker.pages.empty()) ASSERT_TRUE(other.step());
        EXPECT_EQ(maker.pages[0].page.head, 2U);
        EXPECT_EQ(maker.pages[0].entries.back().body, "seen") << name(durability);
    }
}

TEST_F(History, NothingUncommittedIsShown) {
    World slow({.commit_latency = 50ms});
    const ConversationId d = slow.conversation("k", {"maker"});
    Client& maker = slow.client("maker");
    maker.send(d, 1, "x");
    slow.pass(10ms);
    maker.read(d, 1);
    slow.settle(1ms);
    ASSERT_THAT(maker.pages, SizeIs(1));
    EXPECT_EQ(maker.pages[0].page.head, 1U);
    EXPECT_THAT(numbers(maker.pages[0]), ElementsAre(1U));
}

TEST_F(History, APageHoldsAtMost200EntriesAndBytes) {
    say(250);
    EXPECT_THAT(read(1, 4'000'000).entries, SizeIs(limits::history_page_entries_max));
    say(20, std::string(16'000, 'y'));
    const Page& page = read(252);
    EXPECT_EQ(page.entries.front().sequence, 252U);
    EXPECT_THAT(page.entries, SizeIs(8));  // 8 x 16,000 bytes fit into 128 KiB, 9 do not
}

TEST_F(History, APageOfEscapesStaysBelowWhatAClientMayRefuse) {
    // Control characters take six bytes each in JSON. The client's reader refuses above 256 KiB.
    say(14, std::string(10'000, '\x01'));
    Sequence next = 1;
    std::vector<Sequence> all;
    while (next <= 15) {
        const Page& page = read(next);
        ASSERT_FALSE(page.entries.empty());
        for (const Sequence q : numbers(page)) all.push_back(q);
        next = all.back() + 1;
    }
    EXPECT_THAT(all, SizeIs(15));
    EXPECT_TRUE(ann.connected());
}

TEST_F(History, PagedToTheHeadItIsTheLog) {
    say(30);
    std::vector<Sequence> all;
    Sequence next = 1;
    while (true) {
        const Page& page = read(next, 7);
        for (const Sequence q : numbers(page)) all.push_back(q);
        if (all.back() == page.page.head) break;
        next = all.back() + 1;
    }
    ASSERT_THAT(all, SizeIs(31));
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], i + 1);
}

TEST_F(History, BeyondTheHeadAPageIsEmpty) {
    EXPECT_THAT(read(2).entries, IsEmpty());
    EXPECT_EQ(ann.pages.back().page.head, 1U);
}

TEST_F(History, AMemberSeesNothingBeforeItsOwnJoin) {
    say(3);
    world.client("maker").add(c, {"cem"});
    world.settle();
    say(1);
    Client& cem = world.client("cem");
    cem.connect(0);
    cem.read(c, 1);
    world.settle();
    ASSERT_THAT(cem.pages, SizeIs(1));
    EXPECT_THAT(numbers(cem.pages[0]), ElementsAre(5U, 6U));
    EXPECT_EQ(cem.pages[0].entries[0].kind, EntryKind::joined);
}

TEST_F(History, StrangersAndAbsentConversationsAreForbidden) {
    Client& eve = world.client("eve");
    eve.connect(0);
    const RequestId one = eve.read(c, 1);
    const RequestId two = eve.read(ConversationId{7, 8}, 1);
    world.settle();
    ASSERT_THAT(eve.rejected, SizeIs(2));
    EXPECT_EQ(eve.rejected[0].code, ErrorCode::forbidden);
    EXPECT_EQ(eve.rejected[0].id, one);
    EXPECT_EQ(eve.rejected[1].code, ErrorCode::forbidden);
    EXPECT_EQ(eve.rejected[1].id, two);
}

}  // namespace
}  // namespace hubbub::testing
