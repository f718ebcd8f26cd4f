// Readers that are slower than what they are told, and a book of what they were shown or told was skipped.
// One test; one thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "protocol/slow_reader_limits.hpp"
#include "refserver/core/connection.hpp"
#include "tests/refserver/ann_and_bob.hpp"

namespace hubbub::testing {

inline constexpr std::size_t bound = 16 * 1024;

inline WorldOptions with(SlowReaderPolicy policy, std::uint32_t shards = 2, std::uint64_t seed = 1) {
    WorldOptions options{.shards = shards, .seed = seed};
    options.server.outbox_bytes_max = bound;
    options.server.slow_reader = policy;
    return options;
}

/// What a client heard of one conversation, in order: each number shown, or announced as skipped.
struct Coverage {
    Sequence last = 0;
    std::uint64_t announced = 0;
    bool broken = false;
    void take(Sequence from, Sequence until) {
        broken |= from != last + 1 || until < from;
        last = until;
    }
};
using Coverages = std::map<ConversationId, Coverage>;

/// Watches everything that the client is told from now on.
inline void watch(Client& client, Coverages& coverages) {
    client.also = [&coverages](const ServerMessage& message) {
        if (const auto* entry = std::get_if<Entry>(&message))
            coverages[entry->conversation].take(entry->sequence, entry->sequence);
        if (const auto* ack = std::get_if<Ack>(&message))
            coverages[ack->conversation].take(ack->sequence, ack->sequence);
        if (const auto* skipped = std::get_if<Skipped>(&message)) {
            coverages[skipped->conversation].take(skipped->from, skipped->until);
            coverages[skipped->conversation].announced += skipped->until - skipped->from + 1;
        }
    };
}

struct SlowReaders : ::testing::Test {
    explicit SlowReaders(SlowReaderPolicy policy) : world(with(policy)) {}
    World world;
    const ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    Coverages heard;
    WireNumber sent = 0;
    void SetUp() override {
        ann.connect(0);
        bob.connect(1);
        for (Client* client : {&ann, &bob}) client->resume({{c, 1, 1}});
        world.settle();
        heard[c].last = 1;
        watch(bob, heard);
        bob.reads = false;
    }
    void say(int count, std::size_t bytes = 500) {
        for (int i = 0; i < count; ++i) {
            ann.send(c, ++sent, std::string(bytes, 'x'));
            bob.say(Beat{});  // it writes, and does not read
            world.settle();
        }
    }
    void bob_reads() {
        bob.reads = true;
        world.settle(1s);
    }
    std::uint64_t total(RelaxedCounter ShardCounters::*counter) { return world.total(counter); }
};

// ---- drop-oldest

}  // namespace hubbub::testing
