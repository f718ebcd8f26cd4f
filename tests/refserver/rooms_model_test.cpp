// Thousands of joins, leaves, kicks, role changes and sends that race each other, against a model: the log
// alone says who may have what. Seeded; every seed is another interleaving of shards, mails and commits.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "tests/refserver/harness.hpp"
#include "tests/support/campaign.hpp"

namespace hubbub::testing {
namespace {

using Numbers = std::set<Sequence>;

/// About a third of them change a membership. HUBBUB_ROOMS_DEEDS=300000 is the proof at length.
int deeds() {
    return static_cast<int>(test::asked_or(3000, "HUBBUB_ROOMS_DEEDS"));
}

/// Who may have which entries, by what the log says.
std::map<std::string, Numbers> entitled(const std::vector<Said>& log) {
    std::map<std::string, Numbers> out;
    std::set<std::string> inside;
    for (const Said& entry : log) {
        if (entry.kind == EntryKind::joined) inside.insert(entry.members.begin(), entry.members.end());
        for (const std::string& user : inside) out[user].insert(entry.sequence);
        if (entry.kind == EntryKind::left)
            for (const std::string& user : entry.members) inside.erase(user);
    }
    return out;
}

/// What the newest time of each user holds, whether it still goes on or not.
std::map<std::string, Numbers> last_interval(const std::vector<Said>& log) {
    std::map<std::string, Numbers> out;
    std::set<std::string> inside;
    for (const Said& entry : log) {
        if (entry.kind == EntryKind::joined)
            for (const std::string& user : entry.members) {
                out[user].clear();
                inside.insert(user);
            }
        for (const std::string& user : inside) out[user].insert(entry.sequence);
        if (entry.kind == EntryKind::left)
            for (const std::string& user : entry.members) inside.erase(user);
    }
    return out;
}

class RoomsModel : public ::testing::TestWithParam<std::uint64_t> {
  protected:
    RoomsModel() : RoomsModel(SabotagePlan{}) {}
    explicit RoomsModel(SabotagePlan sabotage)
        : world(options(std::move(sabotage))), random(Random(GetParam()).child("deeds")) {}
    static WorldOptions options(SabotagePlan sabotage) {
        WorldOptions out{.shards = 3, .seed = GetParam()};
        out.server.sabotage = std::move(sabotage);
        return out;
    }

    void SetUp() override {
        for (const char* user : {"u0", "u1", "u2", "u3", "u4", "u5"})
            for (const char* device : {"a", "b"}) members.push_back(&world.client(user, device));
        spies = {&world.client("spy0"), &world.client("spy1")};
        for (Client* one : all()) online(*one);
        owner.connect(0);
        owner.resume({});
        world.settle();
        for (int i = 0; i < 3; ++i) {
            owner.say(Create{owner.next_request(),
                             "room" + std::to_string(i),
                             ConversationClass::group,
                             {"owner"},
                             true,
                             false});
            world.settle();
            rooms.push_back(owner.created.back().conversation);
        }
    }
    std::vector<Client*> all() {
        std::vector<Client*> out = members;
        out.insert(out.end(), spies.begin(), spies.end());
        return out;
    }
    void online(Client& client) {
        client.connect(static_cast<std::uint32_t>(random.below(3)));
        client.resume({});
    }
    void act() {
        Client& who = *members[random.below(members.size())];
        const ConversationId& room = rooms[random.below(rooms.size())];
        const std::string other = "u" + std::to_string(random.below(6));
        switch (random.below(12)) {
            case 0:
            case 1:
                who.join(room);
                break;
            case 2:
                who.leave(room);
                break;
            case 3:
                owner.kick(room, {other});
                break;
            case 4:
                owner.role(room, {other}, random.below(3) == 0 ? MemberRole::reader : MemberRole::member);
                break;
            case 5:
                owner.add(room, {other});
                break;
            case 6:
                spy(*spies[random.below(2)], room);
                break;
            case 7:
                owner.send(room, ++sent[&owner][room], "from the owner");
                break;
            default:
                // A number that was refused is free again; guessing wrong is refused, which is no matter
                // here.
                who.send(room, 1 + random.below(40), who.user);
        }
    }
    /// `count` deeds that race each other, and everything that follows from them.
    void race(int count) {
        for (int i = 0; i < count; ++i) {
            act();
            for (std::uint64_t steps = random.below(6); steps != 0; --steps)
                if (!world.step()) world.pass(100us);
            if (i % 100 != 99) continue;
            for (Client* one : all())
                if (one->connected()) one->say(Beat{});
            owner.say(Beat{});
            world.settle();
        }
        world.settle();
    }
    /// Entries that somebody has and must not have; spies included.
    std::size_t leaks() {
        std::size_t out = 0;
        for (const ConversationId& room : rooms) {
            const auto may_have = entitled(log(room));
            for (Client* one : all()) {
                const auto expected = may_have.find(one->user);
                for (const Sequence q : one->stream(room))
                    out += expected == may_have.end() || expected->second.count(q) == 0 ? 1U : 0U;
            }
        }
        return out;
    }
    static void spy(Client& spy, const ConversationId& room) {
        spy.send(room, 1, "let me in");
        spy.resume({{room, 0, 0}, {room, 1, 1}}, false);
        spy.read(room, 1);
        spy.leave(room);
        spy.kick(room, {"u0"});
        spy.role(room, {"spy0"}, MemberRole::owner);
        spy.add(room, {"spy0"});
        spy.say(ListMembers{spy.next_request(), room, {}, 10});
    }
    std::vector<Said> log(const ConversationId& room) {
        std::vector<Said> out;
        while (true) {
            owner.pages.clear();
            owner.read(room, out.size() + 1);
            world.settle();
            const Page& page = owner.pages.at(0);
            out.insert(out.end(), page.entries.begin(), page.entries.end());
            if (out.size() >= page.page.head || page.entries.empty()) return out;
        }
    }

    World world;
    Random random;
    Client& owner = world.client("owner");
    std::vector<Client*> members, spies;
    std::vector<ConversationId> rooms;
    std::map<Client*, std::map<ConversationId, WireNumber>> sent;
};

TEST_P(RoomsModel, WhoStaysConnectedHasExactlyWhatTheLogEntitlesItToAndSpiesHaveNothing) {
    race(deeds());
    EXPECT_EQ(leaks(), 0U);
    std::size_t changes = 0;
    for (const ConversationId& room : rooms) {
        const std::vector<Said> entries = log(room);
        for (const Said& entry : entries) changes += entry.kind != EntryKind::message ? 1U : 0U;
        const auto last = last_interval(entries);
        for (Client* member : members) {
            const auto stream = member->stream(room);
            // An unasked answer may repeat what came before. Times before the last one may have gone by
            // before anybody heard of them; the last one has not.
            const auto expected = last.find(member->user);
            Numbers missing;
            const Numbers has(stream.begin(), stream.end());
            if (expected != last.end())
                std::set_difference(expected->second.begin(), expected->second.end(), has.begin(), has.end(),
                                    std::inserter(missing, missing.end()));
            EXPECT_EQ(missing, Numbers()) << member->user << " " << member->device;
        }
    }
    EXPECT_GT(changes, static_cast<std::size_t>(deeds()) / 10);
    RecordProperty("changes", static_cast<int>(changes));
    for (const Client* one : spies) {
        EXPECT_TRUE(one->said.empty());
        EXPECT_TRUE(one->pages.empty());
        EXPECT_TRUE(one->listed.empty());
        EXPECT_TRUE(one->done.empty());
        EXPECT_FALSE(one->rejected.empty());
        for (const Rejected& refusal : one->rejected) EXPECT_EQ(refusal.code, ErrorCode::forbidden);
        for (const Resumed& answer : one->resumed)
            for (const ResumedPosition& position : answer.positions) {
                EXPECT_EQ(position.status, ResumeStatus::forbidden);
                EXPECT_EQ(position.head, 0U);
            }
    }
}

TEST_P(RoomsModel, WhoComesAndGoesNeverGetsMoreThanThatAndHasTheRestAfterAResume) {
    for (int i = 0; i < 2000; ++i) {
        act();
        if (random.below(10) == 0) {
            Client& who = *members[random.below(members.size())];
            if (who.connected()) who.reset();
            online(who);
        }
        for (std::uint64_t steps = random.below(6); steps != 0; --steps)
            if (!world.step()) world.pass(100us);
    }
    world.settle();
    for (const ConversationId& room : rooms) {
        const auto may_have = entitled(log(room));
        for (Client* member : members) {
            const auto stream = member->stream(room);
            const auto expected = may_have.find(member->user);
            for (const Sequence q : stream)
                EXPECT_TRUE(expected != may_have.end() && expected->second.count(q) != 0)
                    << member->user << " " << member->device << " has " << q;
        }
    }
    // From the beginning: exactly the last interval, whether it still goes on or not.
    for (const ConversationId& room : rooms) {
        const auto last = last_interval(log(room));
        for (Client* member : members) {
            if (member->connected()) member->reset();
            member->forget();
            member->connect(1);
            member->resume({{room, 1, 0}}, false);
            world.settle();
            const auto stream = member->stream(room);
            const auto expected = last.find(member->user);
            EXPECT_EQ(Numbers(stream.begin(), stream.end()),
                      expected == last.end() ? Numbers() : expected->second)
                << member->user;
        }
    }
}

/// The proof is worth something only if it condemns a server that goes on delivering.
struct RoomsModelSabotaged : RoomsModel {
    RoomsModelSabotaged() : RoomsModel(parse_sabotage("deliver_after_leave:0.5", GetParam()).plan) {}
};

TEST_P(RoomsModelSabotaged, EveryDeliveryAfterALeaveIsFoundAndNothingElseIsAccused) {
    race(2000);
    EXPECT_GT(world.truth.size(), 3U);
    for (const SabotageRecord& record : world.truth)
        EXPECT_EQ(record.kind, SabotageKind::deliver_after_leave);
    // Who was on the way back in, and joined before that entry, may have it after all: the log says so.
    std::size_t wrongs = 0;
    for (const SabotageRecord& record : world.truth) {
        const auto may_have = entitled(log(record.conversation));
        const auto victim = may_have.find(record.victim_user);
        wrongs += victim == may_have.end() || victim->second.count(record.sequence) == 0 ? 1U : 0U;
    }
    EXPECT_GT(wrongs, 3U);
    EXPECT_EQ(leaks(), wrongs);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RoomsModelSabotaged, ::testing::Values(1, 2));
INSTANTIATE_TEST_SUITE_P(Seeds, RoomsModel, ::testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace hubbub::testing
