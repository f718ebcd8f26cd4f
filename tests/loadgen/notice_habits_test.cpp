// Typing ahead of the plan's sends, reactions to what was seen, and second thoughts: what is said when, and
// what of the answers is believed.
#include <deque>
#include <map>

#include "judged.hpp"
#include "loadgen/check/judge.hpp"
#include "protocol/limits.hpp"
#include "talk_fixture.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

constexpr DeviceIndex writer{0};
constexpr Time start_of_load = Time{} + 5s;

// ---- typing
class TypingHabitTest : public test::TalkTest {
  protected:
    void start_typing(Duration ahead, std::uint32_t users = 4, double rate = 100) {
        Habits habits;
        habits.typing = TypingHabit{ahead};
        start(make_typing_habit, habits, users, rate);
    }
    [[nodiscard]] std::vector<Arrival> planned() const {
        std::vector<Arrival> out;
        Arrivals arrivals(host->plan(), 1);
        while (const auto arrival = arrivals.next()) out.push_back(*arrival);
        return out;
    }
    TypingNotice notice(UserIndex user, bool on = true) {
        names.push_back(host->plan().user_name(user));
        return {host->ready(ConversationIndex{0}).id, names.back(), on};
    }
    [[nodiscard]] std::uint64_t leaked() const { return host->checker().live().leaked; }
    std::deque<std::string> names;
};

TEST_F(TypingHabitTest, RunsAheadOfEverySendAndOfNothingElse) {
    start_typing(2s);
    begin_load(start_of_load);
    const auto sends = planned();
    ASSERT_GT(sends.size(), 100U);
    host->play(*habit, start_of_load + 60s);
    ASSERT_EQ(host->said.size(), sends.size());
    // All at once in this host: only who says it is looked at here.
    std::map<std::uint32_t, int> said, wanted;
    for (const auto& [device, message] : host->said) {
        ++said[device.value];
        EXPECT_TRUE(std::get<Typing>(message).on);
        EXPECT_EQ(std::get<Typing>(message).conversation, host->ready(ConversationIndex{0}).id);
    }
    for (const Arrival& send : sends) ++wanted[host->plan().stream_device[send.stream.index()].value];
    EXPECT_EQ(said, wanted);
}

TEST_F(TypingHabitTest, BeginsThatLongBeforeTheMessageButNotBeforeTheLoad) {
    start_typing(2s);
    begin_load(start_of_load);
    std::size_t checked = 0;
    for (const Arrival& send : planned()) {
        const Time at = std::max(start_of_load, start_of_load + send.offset - 2s);
        host->play(*habit, at - 1ns);
        const std::size_t before = host->said.size();
        host->play(*habit, at);
        EXPECT_GT(host->said.size(), at == start_of_load ? checked : before) << "send " << checked;
        if (++checked == 200) break;
    }
}

TEST_F(TypingHabitTest, IsNotSaidInLargeConversationsNorByWhoIsGoneNorAfterTheLoad) {
    start_typing(2s, limits::talkative_members_max + 1);
    begin_load(start_of_load);
    host->play(*habit, start_of_load + 60s);
    EXPECT_TRUE(host->said.empty()) << "nobody would be told";

    start_typing(2s, 4);
    host->dead.assign(host->dead.size(), true);
    begin_load(start_of_load);
    host->play(*habit, start_of_load + 4s);
    host->dead.assign(host->dead.size(), false);
    habit->settle(start_of_load + 4s);
    host->play(*habit, start_of_load + 60s);
    EXPECT_TRUE(host->said.empty());
}

TEST_F(TypingHabitTest, IsTimedFromWhereItBeganAndOnlyWhereThatIsCertain) {
    start_typing(1s, 2, 1);
    begin_load(start_of_load);
    const auto timed = [&] {
        return test::judged(host->plan(), {7, 0x1234, Time{}}, {}, {&host->checker()})
            .latency[{"typing", ""}]
            .count();
    };
    // Two users and ten messages, one a second: whoever writes first writes again within eight seconds.
    const auto sends = planned();
    const auto typist_of = [&](const Arrival& send) {
        return host->plan().stream_device[send.stream.index()];
    };
    const auto again = std::find_if(sends.begin() + 1, sends.end(), [&](const Arrival& send) {
        return typist_of(send) == typist_of(sends[0]);
    });
    ASSERT_LT(again - sends.begin(), 8);
    const UserIndex user = host->plan().user_of(typist_of(sends[0]));
    const DeviceIndex other{1 - typist_of(sends[0]).value};
    Time now = start_of_load + sends[0].offset;
    host->play(*habit, now);
    EXPECT_TRUE(habit->heard(other, notice(user), now));
    EXPECT_EQ(timed(), 1U);
    EXPECT_TRUE(habit->heard(other, notice(user, false), now));
    EXPECT_EQ(timed(), 1U) << "the end of it is no latency";
    now = start_of_load + again->offset;
    host->play(*habit, now);
    EXPECT_TRUE(habit->heard(other, notice(user), now));
    EXPECT_EQ(timed(), 1U) << "it may be of the first time";
    EXPECT_EQ(leaked(), 0U);
}

TEST_F(TypingHabitTest, HandsLeaksToTheChecker) {
    start_typing(2s);
    begin_load(start_of_load);
    EXPECT_TRUE(habit->heard(writer, notice(host->plan().user_of(writer)), start_of_load));
    EXPECT_EQ(leaked(), 1U) << "about oneself";
    TypingNotice elsewhere = notice(UserIndex{1});
    elsewhere.conversation = ConversationId{1, 2};
    EXPECT_TRUE(habit->heard(writer, elsewhere, start_of_load));
    EXPECT_EQ(leaked(), 2U);
    EXPECT_FALSE(habit->heard(writer, Done{}, start_of_load)) << "others' news";
}

// ---- reactions
class ReactHabitTest : public test::TalkTest {
  protected:
    void start_reacting(std::uint32_t users = 4) {
        Habits habits;
        habits.react = ReactHabit{1, {1s, 1s}};
        start(make_react_habit, habits, users);
        begin_load();
    }
    [[nodiscard]] TalkBook& talk() { return host->checker().talk(); }
    [[nodiscard]] TalkBook::Made made() {
        TalkBook::Made sum;
        for (const auto& [place, one] : talk().reactions) {
            sum.acked += one.acked;
            sum.unknown += one.unknown;
        }
        return sum;
    }
    static constexpr Time now = Time{} + 5s;
};

TEST_F(ReactHabitTest, AllRecipientsReactOnceAfterTheirDelay) {
    start_reacting();
    show(message(writer, 1, 12), now);
    show(message(writer, 1, 12), now);  // by a page, or a catch-up
    EXPECT_EQ(host->deeds.size(), 3U);
    host->play(*habit, now + 999ms);
    EXPECT_TRUE(host->said.empty());
    host->play(*habit, now + 1s);
    ASSERT_EQ(host->said.size(), 3U);
    for (const auto& [device, said] : host->said) {
        const React& react = std::get<React>(said);
        EXPECT_NE(device, writer);
        EXPECT_EQ(react.target, 12U);
        EXPECT_TRUE(react.set);
        EXPECT_LT(reaction_index(react.body), unknown_reaction);
    }
    EXPECT_EQ(made().unknown, 3U);
}

TEST_F(ReactHabitTest, BelievesWhatIsAnsweredAndNothingElse) {
    start_reacting(6);
    show(message(writer, 1, 12), now);
    host->play(*habit, now + 1s);
    ASSERT_EQ(host->said.size(), 5U);
    const auto id = [&](std::size_t i) { return std::get<React>(host->said[i].second).id; };
    const auto device = [&](std::size_t i) { return host->said[i].first; };
    habit->answered(device(0), id(0), Done{id(0), 0}, now + 1s);
    habit->answered(device(1), id(1), Rejected{.code = ErrorCode::forbidden, .id = id(1)}, now + 1s);
    habit->answered(device(2), id(2), Rejected{.code = ErrorCode::internal, .id = id(2)}, now + 1s);
    habit->lost(device(3), now + 1s);
    ASSERT_FALSE(traits(ErrorCode::internal).definite);
    EXPECT_EQ(made().acked, 1U);
    EXPECT_EQ(made().unknown, 3U) << "indefinite, lost, and not answered yet";
    // Once others may read the lists a yes says nothing any more about what they must show.
    habit->settle(now + 2s);
    habit->heads_known(now + 2s);
    habit->answered(device(4), id(4), Done{id(4), 0}, now + 2s);
    EXPECT_EQ(made().acked, 1U);
    EXPECT_EQ(made().unknown, 3U);
}

TEST_F(ReactHabitTest, BelievesWhatIsAnsweredUntilTheOthersMayReadTheLists) {
    start_reacting(6);
    show(message(writer, 1, 12), now);
    host->play(*habit, now + 1s);
    ASSERT_EQ(host->said.size(), 5U);
    habit->settle(now + 2s);
    const RequestId id = std::get<React>(host->said[0].second).id;
    habit->answered(host->said[0].first, id, Done{id, 0}, now + 2s);
    EXPECT_EQ(made().acked, 1U);
    EXPECT_EQ(made().unknown, 4U);
}

TEST_F(ReactHabitTest, ReadsTheListOfEveryConversationWithTrafficPageByPage) {
    start_reacting();
    habit->settle(now);
    const std::vector<Sequence> quiet = {1};
    habit->audit(quiet, now);
    EXPECT_EQ(habit->pending(), 0U);
    const std::vector<Sequence> heads = {50};
    habit->audit(heads, now);
    EXPECT_EQ(habit->pending(), 1U);
    ASSERT_EQ(host->said.size(), 1U);
    const ListReactions& asked = std::get<ListReactions>(host->said[0].second);
    EXPECT_EQ(asked.from, 2U);
    // A full page: its last entry may lack some, and is asked for again.
    ReactionList page{asked.id, asked.conversation, {}};
    for (Sequence q = 2; page.items.size() < limits::listed_reactions_max; ++q)
        for (const std::string_view body : reaction_bodies)
            if (page.items.size() < limits::listed_reactions_max) page.items.push_back({q, body, 1});
    const Sequence last = page.items.back().target;
    habit->answered(host->said[0].first, asked.id, page, now);
    EXPECT_FALSE(talk().listings.at(0).complete);
    ASSERT_EQ(host->said.size(), 2U);
    const ListReactions& again = std::get<ListReactions>(host->said[1].second);
    EXPECT_EQ(again.from, last);
    habit->answered(host->said[1].first, again.id,
                    ReactionList{again.id, again.conversation, {{last, "ok", 2}}}, now);
    EXPECT_TRUE(talk().listings.at(0).complete);
    EXPECT_EQ(habit->pending(), 0U);
    EXPECT_EQ(talk().listings.at(0).counts.at({0, last, reaction_index("ok")}), 2U);
    EXPECT_EQ(talk().listings.at(0).counts.size(), limits::listed_reactions_max - reaction_bodies.size() + 1);
}

TEST_F(ReactHabitTest, AsksAgainWhereTheReaderIsAwayOrTheServerBusy) {
    start_reacting();
    host->dead.assign(host->dead.size(), true);
    habit->settle(now);
    habit->audit(std::vector<Sequence>{50}, now);
    EXPECT_TRUE(host->said.empty());
    EXPECT_EQ(habit->pending(), 1U);
    host->dead.assign(host->dead.size(), false);
    host->play(*habit, now + 1s);
    ASSERT_EQ(host->said.size(), 1U);
    const auto id = [&] { return std::get<ListReactions>(host->said.back().second).id; };
    habit->answered(host->said[0].first, id(), Rejected{.code = ErrorCode::overloaded, .id = id()}, now + 1s);
    EXPECT_EQ(habit->pending(), 1U);
    host->play(*habit, now + 3s);
    ASSERT_GE(host->said.size(), 2U);
    habit->lost(host->said[0].first, now + 3s);
    host->play(*habit, now + 5s);
    ASSERT_GE(host->said.size(), 3U);
    habit->answered(host->said[0].first, id(), ReactionList{id(), {}, {}}, now + 5s);
    EXPECT_EQ(habit->pending(), 0U);
    EXPECT_TRUE(talk().listings.at(0).complete);
}

TEST_F(ReactHabitTest, HandsLeaksToTheChecker) {
    start_reacting();
    ReactionNotice notice{ConversationId{1, 2}, 3, "u1", "ok", true};
    EXPECT_TRUE(habit->heard(writer, notice, now));
    EXPECT_EQ(host->checker().live().leaked, 1U);
    EXPECT_TRUE(habit->heard(writer, ReactionCounts{ConversationId{1, 2}, {}}, now));
    EXPECT_EQ(host->checker().live().leaked, 2U);
    notice.conversation = host->ready(ConversationIndex{0}).id;
    EXPECT_TRUE(habit->heard(writer, notice, now));
    EXPECT_EQ(host->checker().live().leaked, 2U);
}

// ---- edits
class EditHabitTest : public test::TalkTest {
  protected:
    void start_editing(double erase) {
        Habits habits;
        habits.edit = EditHabit{1, {2s, 2s}, erase};
        start(make_edit_habit, habits);
        begin_load();
    }
    LedgerRow row(const SendAbout& about = {}) {
        return about == SendAbout{} ? host->checker().intended(stream(writer), 1, now)
                                    : host->checker().induced(stream(writer), about, now);
    }
    static constexpr Time now = Time{} + 5s;
};

TEST_F(EditHabitTest, ChangesOwnMessagesAndRepliesOnceTheyAreInTheLog) {
    start_editing(0);
    const LedgerRow text = row(), reply = row({SendOp::reply, 3, DeviceIndex{1}, 1});
    habit->taken(stream(writer), text, 12, now);
    habit->taken(stream(writer), reply, 13, now + 1s);
    host->play(*habit, now + 2s);
    ASSERT_EQ(host->sent.size(), 1U);
    EXPECT_EQ(host->sent[0].about, (SendAbout{SendOp::edit, 12, writer, 1}));
    EXPECT_EQ(host->sent[0].intended, now + 2s);
    host->play(*habit, now + 3s);
    ASSERT_EQ(host->sent.size(), 2U);
    EXPECT_EQ(host->sent[1].about, (SendAbout{SendOp::edit, 13, writer, 2}));
}

TEST_F(EditHabitTest, TakesBackAsOftenAsAsked) {
    start_editing(1);
    habit->taken(stream(writer), row(), 12, now);
    host->play(*habit, now + 2s);
    ASSERT_EQ(host->sent.size(), 1U);
    EXPECT_EQ(host->sent[0].about, (SendAbout{SendOp::erase, 12, writer, 1}));
}

TEST_F(EditHabitTest, ChangesNoEditsAndNothingWithoutAPlaceOrAfterTheLoad) {
    start_editing(0);
    habit->taken(stream(writer), row({SendOp::edit, 3, writer, 1}), 12, now);
    habit->taken(stream(writer), row({SendOp::erase, 3, writer, 1}), 13, now);
    habit->taken(stream(writer), row(), 0, now);
    EXPECT_TRUE(host->deeds.empty());
    habit->taken(stream(writer), row(), 14, now);
    habit->settle(now + 1s);
    host->play(*habit, now + 5s);
    EXPECT_TRUE(host->sent.empty());
}

}  // namespace
}  // namespace hubbub
