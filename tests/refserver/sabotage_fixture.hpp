// A server that does one kind of wrong, and what it says that it did.
// One test; one thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {

using ::testing::SizeIs;
using Kind = SabotageKind;

struct Wrong : ::testing::TestWithParam<std::uint32_t> {
    void plan(const std::string& text) {
        SabotageParse parse = parse_sabotage(text, 5);
        ASSERT_EQ(parse.error, "");
        WorldOptions options{.shards = GetParam(), .seed = 3};
        options.server.sabotage = parse.plan;
        world.emplace(std::move(options));
        c = world->conversation("k", {"ann", "bob", "cem"});
        other = world->conversation("other", {"eve"});
        std::uint32_t shard = 0;
        for (const char* name : {"ann", "bob", "cem", "eve"}) {
            Client& one = world->client(name);
            one.connect(shard++ % GetParam());
            one.resume({});
            world->settle();
        }
    }
    Client& client(const std::string& name) { return world->client(name); }
    /// Ann speaks `count` times, with rests between so that each message is an occasion of its own.
    void speak(int count) {
        for (int i = 0; i < count; ++i) {
            ++n;
            client("ann").send(c, n, "message-" + std::to_string(n));
            world->settle();
            world->pass(600ms);
            for (const char* name : {"ann", "bob", "cem", "eve"}) client(name).say(Beat{});
        }
    }
    const SabotageRecord& record(Kind kind) {
        EXPECT_THAT(world->truth, SizeIs(1));
        EXPECT_EQ(world->truth.at(0).kind, kind);
        EXPECT_EQ(world->truth.at(0).conversation, c);
        return world->truth.at(0);
    }
    std::vector<Sequence> history(const std::string& name, Sequence* head = nullptr) {
        client(name).read(c, 1);
        world->settle();
        std::vector<Sequence> out;
        for (const Said& entry : client(name).pages.back().entries) out.push_back(entry.sequence);
        if (head) *head = client(name).pages.back().page.head;
        return out;
    }
    Client& victim(const SabotageRecord& told) { return client(told.victim_user); }
    std::optional<World> world;
    ConversationId c, other;
    WireNumber n = 0;
};

}  // namespace hubbub::testing
