// What nobody may do, a thousand times: strangers, former members, readers, members in owners' business,
// blocked users, others' entries, guessed ids. None is accepted, nobody else hears of it, and what is not
// there answers byte for byte as what is not theirs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// One thing to try in a conversation. `id` of a request, number of a send.
using Deed = ClientMessage (*)(const ConversationId&, RequestId id, Random&);

constexpr RequestId request = 77;
constexpr Sequence anns_entry = 4, bobs_entry = 5;

constexpr Deed reading[] = {
    [](const ConversationId& c, RequestId id, Random& r) -> ClientMessage {
        return ReadHistory{id, c, 1 + r.below(9), 50};
    },
    [](const ConversationId& c, RequestId id, Random& r) -> ClientMessage {
        return ReadHistory{id, c, 0, 50, 1 + r.below(9)};
    },
    [](const ConversationId& c, RequestId id, Random&) -> ClientMessage {
        return ListMembers{id, c, "", 50};
    },
    [](const ConversationId& c, RequestId id, Random&) -> ClientMessage {
        return ListReceipts{id, c};
    },
    [](const ConversationId& c, RequestId id, Random& r) -> ClientMessage {
        return ListReactions{id, c, 1, 1 + r.below(9)};
    },
    [](const ConversationId& c, RequestId id, Random& r) -> ClientMessage {
        return React{id, c, 1 + r.below(9), "heart", r.chance(0.5)};
    },
    [](const ConversationId& c, RequestId id, Random&) -> ClientMessage {
        return Leave{id, c};
    },
};
constexpr Deed joining[] = {
    [](const ConversationId& c, RequestId id, Random&) -> ClientMessage {
        return Join{id, c};
    },
};
constexpr Deed writing[] = {
    [](const ConversationId& c, RequestId, Random&) -> ClientMessage {
        return Send{c, 1, "let me in"};
    },
    [](const ConversationId& c, RequestId, Random& r) -> ClientMessage {
        return Send{c, 1, "so there", SendOp::reply, 1 + r.below(9)};
    },
    [](const ConversationId& c, RequestId, Random& r) -> ClientMessage {
        return Send{c, 1, "changed", SendOp::edit, 1 + r.below(9)};
    },
    [](const ConversationId& c, RequestId, Random& r) -> ClientMessage {
        return Send{c, 1, "", SendOp::erase, 1 + r.below(9)};
    },
};
constexpr Deed arranging[] = {
    [](const ConversationId& c, RequestId id, Random&) -> ClientMessage {
        return AddMembers{id, c, {"eve"}};
    },
    [](const ConversationId& c, RequestId id, Random& r) -> ClientMessage {
        return Kick{id, c, {r.chance(0.5) ? "ann" : "bob"}};
    },
    [](const ConversationId& c, RequestId id, Random& r) -> ClientMessage {
        return SetRole{id, c, {r.chance(0.5) ? "bob" : "rea"}, static_cast<MemberRole>(r.below(3))};
    },
};
/// Of one's own and of what may be answered, in a conversation that one writes in; number 9 would be next.
constexpr Deed meddling[] = {
    [](const ConversationId& c, RequestId n, Random& r) -> ClientMessage {
        return Send{c, n, "changed", r.chance(0.5) ? SendOp::edit : SendOp::erase, bobs_entry};
    },
    [](const ConversationId& c, RequestId n, Random& r) -> ClientMessage {
        return Send{c, n, "on nothing", SendOp::reply, 100 + r.below(1000)};
    },
    [](const ConversationId& c, RequestId n, Random&) -> ClientMessage {
        return Send{c, n, "on who came", SendOp::edit, 1};
    },
};
/// Neither is ever answered.
constexpr Deed whispering[] = {
    [](const ConversationId& c, RequestId, Random& r) -> ClientMessage {
        return Typing{c, r.chance(0.5)};
    },
    [](const ConversationId& c, RequestId, Random& r) -> ClientMessage {
        return Receipt{c, r.below(9), r.below(9)};
    },
};

template <std::size_t... Counts>
std::vector<Deed> all_of(const Deed (&... lists)[Counts]) {
    std::vector<Deed> out;
    (out.insert(out.end(), std::begin(lists), std::end(lists)), ...);
    return out;
}

struct Forbidden : ::testing::Test {
    World world{{.shards = 3}};
    std::vector<Client*> everybody;
    ConversationId room, pair, silenced, founded;
    Random draw{20'260'101};

    Client& person(const std::string& name) { return world.client(name); }
    void SetUp() override {
        for (const char* name : {"ann", "bob", "rea", "kim", "eve", "dan", "maker"}) {
            everybody.push_back(&person(name));
            everybody.back()->connect(static_cast<std::uint32_t>(everybody.size()) % 3);
            everybody.back()->resume({});
        }
        world.settle();
        room = made_by("ann", "room", {"ann", "bob", "rea", "kim"}, ConversationClass::group);
        pair = made_by("ann", "pair", {"ann", "bob"}, ConversationClass::direct);
        silenced = made_by("dan", "silenced", {"ann", "dan"}, ConversationClass::direct);
        founded = world.conversation("founded", {"ann", "bob"});
        Client& ann = person("ann");
        ann.role(room, {"rea"}, MemberRole::reader);
        world.settle();
        ann.kick(room, {"kim"});  // entry 3
        world.settle();
        ann.send(room, 1, "by ann");
        world.settle();
        person("bob").send(room, 1, "by bob");
        ann.send(pair, 1, "between us");
        ann.say(ChangeContact{1, "dan", ContactChange::block});
        world.settle();
        for (Client* client : everybody) client->resume({});
        world.settle();
        for (Client* client : everybody) client->forget();
    }
    ConversationId made_by(const std::string& who, const std::string& key, std::vector<std::string> members,
                           ConversationClass kind) {
        person(who).create(key, std::move(members), kind);
        world.settle();
        return person(who).created.back().conversation;
    }
    ConversationId absent() { return {draw.below(UINT64_MAX), draw.below(UINT64_MAX)}; }

    /// All that the client is answered, as it came.
    std::vector<std::string> answers(Client& client, const ClientMessage& deed) {
        for (Client* one : everybody) one->forget();
        client.say(deed);
        world.settle();
        for (Client* one : everybody) {
            if (one == &client) continue;
            EXPECT_THAT(one->raw, IsEmpty()) << one->user << " heard of it";
        }
        return client.raw;
    }
    void refused(Client& client, const ClientMessage& deed) {
        const std::vector<std::string> said = answers(client, deed);
        ASSERT_THAT(said, SizeIs(1)) << client.user;
        ASSERT_THAT(client.rejected, SizeIs(1)) << client.user << " was answered " << said[0];
        EXPECT_EQ(client.rejected[0].code, ErrorCode::forbidden) << client.user;
        EXPECT_TRUE(traits(ErrorCode::forbidden).definite);
        ++tried;
    }
    /// The same in a conversation that does not exist: another id, and not one byte more.
    void looks_absent(Client& client, Deed deed, const ConversationId& there) {
        const ConversationId nowhere = absent();
        Random same = draw;  // the same numbers for both
        const auto here = answers(client, deed(there, request, same));
        same = draw;
        auto elsewhere = answers(client, deed(nowhere, request, same));
        for (std::string& text : elsewhere)
            if (const std::size_t at = text.find(to_string(nowhere)); at != text.npos)
                text.replace(at, to_string(nowhere).size(), to_string(there));
        EXPECT_EQ(here, elsewhere);
        draw.below(2);
    }
    Deed one_of(const std::vector<Deed>& deeds) { return deeds[draw.below(deeds.size())]; }

    /// What ann sees of it all.
    std::vector<std::string> state() {
        std::vector<std::string> out;
        for (const ConversationId& c : {room, pair, silenced, founded}) {
            for (const ClientMessage& question :
                 {ClientMessage{ReadHistory{request, c, 1, 200}},
                  ClientMessage{ListMembers{request, c, "", 100}}, ClientMessage{ListReceipts{request, c}},
                  ClientMessage{ListReactions{request, c, 1, 100}}})
                for (const std::string& answer : answers(person("ann"), question)) out.push_back(answer);
        }
        return out;
    }
    int tried = 0;
};

TEST_F(Forbidden, AThousandTimesAndNothingComesOfIt) {
    const auto before = state();
    ASSERT_THAT(before, SizeIs(16));
    const auto outside = all_of(reading, joining, writing, arranging);
    const auto in_writing = all_of(writing, arranging), in_arranging = all_of(arranging);
    const auto founding = all_of(writing), own = all_of(meddling);
    const ConversationId rooms[] = {room, pair, founded};
    while (tried < 1000) {
        switch (draw.below(9)) {
            case 0:
            case 1:  // a stranger, with an id that it guessed or was told
                refused(person("eve"),
                        one_of(outside)(draw.chance(0.3) ? absent() : rooms[draw.below(3)], request, draw));
                break;
            case 2:
            case 3:  // who was put out
                refused(person("kim"), one_of(outside)(room, request, draw));
                break;
            case 4:  // who only reads
                refused(person("rea"), one_of(in_writing)(room, request, draw));
                break;
            case 5:  // a member in an owner's business; everybody, where two people are two people
                refused(person(draw.chance(0.5) ? "bob" : "ann"), one_of(in_arranging)(pair, request, draw));
                refused(person("bob"), one_of(in_arranging)(room, request, draw));
                break;
            case 6:  // others' entries, entries that are not there or are no messages
                refused(person("ann"), one_of(own)(room, 2, draw));
                break;
            case 7:  // who is blocked
                if (draw.chance(0.3))
                    refused(person("dan"),
                            Create{request, "again", ConversationClass::direct, {"ann", "dan"}});
                else
                    refused(person("dan"), one_of(founding)(silenced, request, draw));
                break;
            case 8:  // who founded it without being in it
                refused(person("maker"), one_of(founding)(founded, request, draw));
                break;
        }
        if (HasFatalFailure()) return;
    }
    EXPECT_EQ(state(), before);
    for (Client* client : everybody) EXPECT_TRUE(client->connected());
}

TEST_F(Forbidden, WhatIsNotThereLooksLikeWhatIsNotTheirs) {
    for (const Deed deed : all_of(reading, joining, writing, arranging)) {
        for (int i = 0; i < 5; ++i) {
            looks_absent(person("eve"), deed, room);
            looks_absent(person("eve"), deed, pair);
            looks_absent(person("eve"), deed, founded);
            looks_absent(person("kim"), deed, room);
        }
    }
    const Deed resuming = [](const ConversationId& c, RequestId, Random&) -> ClientMessage {
        return Resume{{{c, 1, 1000}}, false};
    };
    for (const char* name : {"eve", "kim"}) looks_absent(person(name), resuming, room);
}

TEST_F(Forbidden, SignsOfLifeOfStrangersReachNobody) {
    const auto before = state();
    for (int i = 0; i < 100; ++i) {
        const Deed deed = one_of(all_of(whispering));
        EXPECT_THAT(answers(person("eve"), deed(draw.chance(0.3) ? absent() : room, 0, draw)), IsEmpty());
        EXPECT_THAT(answers(person("kim"), deed(room, 0, draw)), IsEmpty());
        EXPECT_THAT(answers(person("dan"), deed(silenced, 0, draw)), IsEmpty());
    }
    EXPECT_EQ(state(), before);
}

}  // namespace
}  // namespace hubbub::testing
