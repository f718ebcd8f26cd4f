// ann on one shard and bob on another, both live in whatever they are in. Owned by one test; its thread only.
// What a test says of one shard, it thus says of two.
#pragma once

#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {

struct AnnAndBob : ::testing::Test {
    explicit AnnAndBob(WorldOptions options = {.shards = 2}) : world(std::move(options)) {}
    World world;
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    void SetUp() override { enter({&ann, &bob}); }
    /// Connects them to the shards in turn, and waits until they are live.
    void enter(const std::vector<Client*>& clients) {
        for (Client* const client : clients) {
            client->connect(next_shard++ % world.shards());
            client->resume({});
        }
        world.settle();
    }

  private:
    std::uint32_t next_shard = 0;
};

/// The same two, in one conversation, whose entry 1 is their `joined`.
struct AnnAndBobInRoom : AnnAndBob {
    explicit AnnAndBobInRoom(std::vector<std::string> members = {"ann", "bob"})
        : c(world.conversation("k", std::move(members))) {}
    const ConversationId c;
};

}  // namespace hubbub::testing
