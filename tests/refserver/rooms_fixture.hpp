// People in conversations of all kinds, some open, some not.
// One test; one thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "refserver/core/keys.hpp"
#include "tests/refserver/harness.hpp"

namespace hubbub::testing {

struct Rooms : ::testing::Test {
    explicit Rooms(std::uint32_t shards = 3) : world({.shards = shards}) {}
    World world;
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    Client& cem = world.client("cem");
    Client& eve = world.client("eve");

    void SetUp() override {
        for (Client* client : {&ann, &bob, &cem, &eve}) {
            client->connect(0);
            client->resume({});
        }
        world.settle();
    }
    /// By ann, who is its owner.
    ConversationId make(bool open, bool all_history, std::vector<std::string_view> members = {"ann", "bob"},
                        ConversationClass kind = ConversationClass::group) {
        ann.say(Create{ann.next_request(), "key" + std::to_string(made++), kind, std::move(members), open,
                       all_history});
        world.settle();
        const ConversationId id = ann.created.back().conversation;
        for (Client* client : {&ann, &bob, &cem, &eve}) client->resume({});
        world.settle();
        for (Client* client : {&ann, &bob, &cem, &eve}) client->forget();
        return id;
    }
    void say(Client& who, const ConversationId& c, WireNumber number) {
        who.send(c, number, who.user + std::to_string(number));
        world.settle();
    }
    int made = 0;
};

// ---- coming

}  // namespace hubbub::testing
