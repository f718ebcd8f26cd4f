// What waits for a slow reader: in order, dropped oldest first, and every dropped entry announced in its
// place.
#include "refserver/core/backlog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "base/random.hpp"

namespace hubbub {
namespace {

using ::testing::ElementsAre;

constexpr ConversationId red{0, 1}, blue{0, 2};

SharedBytes bytes(std::string_view text) {
    return SharedBytes::copy_of(text);
}
FrameLabel entry(const ConversationId& conversation, Sequence sequence) {
    return {FrameClass::entry, conversation, sequence};
}
FrameLabel notice(const std::string& key) {
    return {.what = FrameClass::notice, .key = key};
}

std::vector<std::string> rest(Backlog& backlog) {
    std::vector<std::string> out;
    while (!backlog.empty()) {
        const Backlog::Next next = backlog.pop();
        out.push_back(next.frame.empty()
                          ? std::to_string(next.hole.from) + ".." + std::to_string(next.hole.until)
                          : std::string(next.frame.view()));
    }
    return out;
}

struct ABacklog : ::testing::Test {
    Backlog backlog{true};
    void entries(const ConversationId& conversation, Sequence from, Sequence until) {
        for (Sequence q = from; q <= until; ++q)
            backlog.push(entry(conversation, q), bytes("e" + std::to_string(q)));
    }
    void drop_entries(int count) {
        for (int i = 0; i < count; ++i) EXPECT_TRUE(backlog.drop(FrameClass::entry));
    }
};

TEST_F(ABacklog, HandsOutWhatItHoldsInTheOrderInWhichItCame) {
    backlog.push(entry(red, 1), bytes("e1"));
    backlog.push({}, bytes("ack"));
    backlog.push(notice("t"), bytes("typing"));
    backlog.push({.what = FrameClass::state}, bytes("receipt"));
    backlog.push(entry(red, 3), bytes("e3"));
    EXPECT_THAT(rest(backlog), ElementsAre("e1", "ack", "typing", "receipt", "e3"));
    EXPECT_EQ(backlog.bytes(), 0U);
}

TEST_F(ABacklog, AnnouncesDroppedEntriesOnceAndBeforeTheNextOneOfTheirConversation) {
    entries(red, 5, 6);
    entries(blue, 1, 1);
    entries(red, 7, 8);
    drop_entries(4);
    EXPECT_THAT(rest(backlog), ElementsAre("5..7", "1..1", "e8"));
    EXPECT_EQ(backlog.bytes(), 0U);
}

TEST_F(ABacklog, DoesNotSwallowAnAckThatStandsBetweenDroppedEntries) {
    entries(red, 5, 6);
    backlog.push({}, bytes("ack 7"));
    entries(red, 8, 9);
    drop_entries(3);
    EXPECT_THAT(rest(backlog), ElementsAre("5..6", "ack 7", "8..8", "e9"));
}

TEST_F(ABacklog, AnnouncesAnewWhatIsDroppedAfterTheAnnouncement) {
    entries(red, 5, 7);
    drop_entries(1);
    EXPECT_EQ(backlog.pop().hole.until, 5U);
    drop_entries(1);
    EXPECT_THAT(rest(backlog), ElementsAre("6..6", "e7"));
}

TEST_F(ABacklog, DropsOfAClassOnlyWhatItHolds) {
    backlog.push({}, bytes("ack"));
    EXPECT_EQ(backlog.oldest(), std::nullopt);
    EXPECT_FALSE(backlog.drop(FrameClass::entry));
    backlog.push(notice("t"), bytes("typing"));
    entries(red, 1, 1);
    EXPECT_EQ(backlog.oldest(), FrameClass::notice);
    EXPECT_TRUE(backlog.drop(FrameClass::notice));
    EXPECT_EQ(backlog.oldest(), FrameClass::entry);
}

TEST_F(ABacklog, PutsANewerFrameInThePlaceOfTheOneUnderItsKey) {
    backlog.push(notice("bob"), bytes("bob types"));
    backlog.push(notice("cem"), bytes("cem types"));
    ASSERT_NE(backlog.waiting("bob"), nullptr);
    backlog.replace("bob", bytes("bob stopped"));
    EXPECT_EQ(backlog.bytes(), 20U);
    EXPECT_EQ(backlog.waiting("bob")->view(), "bob stopped");
    EXPECT_THAT(rest(backlog), ElementsAre("bob stopped", "cem types"));
    EXPECT_EQ(backlog.waiting("bob"), nullptr);
}

TEST_F(ABacklog, ForgetsTheKeyOfWhatItDropped) {
    backlog.push(notice("bob"), bytes("one"));
    EXPECT_TRUE(backlog.drop(FrameClass::notice));
    EXPECT_EQ(backlog.waiting("bob"), nullptr);
    backlog.push(notice("bob"), bytes("two"));
    EXPECT_EQ(backlog.waiting("bob")->view(), "two");
}

// Whatever is dropped and whenever: each number of each conversation is shown or announced, once, in order.
TEST(BacklogProperty, EveryNumberIsShownOrAnnouncedOnceAndInOrder) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Random random(seed);
        Backlog backlog(true);
        std::map<std::string, ConversationId> named;  // of kept frames: which conversation's they are
        std::map<ConversationId, Sequence> pushed, shown;
        const auto take = [&] {
            const Backlog::Next next = backlog.pop();
            if (next.frame.empty()) {
                Sequence& last = shown[next.hole.conversation];
                ASSERT_EQ(next.hole.from, last + 1) << "seed " << seed;
                ASSERT_GE(next.hole.until, next.hole.from);
                last = next.hole.until;
            } else if (const auto of = named.find(std::string(next.frame.view())); of != named.end()) {
                ASSERT_EQ(std::to_string(++shown[of->second]) + of->first.substr(of->first.find(' ')),
                          next.frame.view())
                    << "seed " << seed;
            }
        };
        for (int i = 0; i < 400; ++i) {
            const ConversationId c{0, 1 + random.below(3)};
            const std::uint64_t what = random.below(10);
            if (what < 6) {
                const Sequence q = ++pushed[c];
                const std::string text = std::to_string(q) + " of " + std::to_string(c.low);
                named[text] = c;
                backlog.push(random.chance(0.2) ? FrameLabel{} : entry(c, q), bytes(text));
            } else if (what == 6) {
                backlog.push(notice("k" + std::to_string(random.below(3))), bytes("notice"));
            } else if (what < 9) {
                if (const auto oldest = backlog.oldest()) backlog.drop(*oldest);
            } else if (!backlog.empty()) {
                ASSERT_NO_FATAL_FAILURE(take());
            }
        }
        while (!backlog.empty()) ASSERT_NO_FATAL_FAILURE(take());
        EXPECT_EQ(shown, pushed) << "seed " << seed;
        EXPECT_EQ(backlog.bytes(), 0U);
    }
}

}  // namespace
}  // namespace hubbub
