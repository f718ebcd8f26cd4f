// ann, who resumes a conversation, and bob, who talks in it. Owned by one test; its thread only.
// Entry 1 is the `joined` entry of the two; bob's messages follow.
#pragma once

#include <gtest/gtest.h>

#include "tests/refserver/harness.hpp"

namespace hubbub::testing {

struct Resuming : ::testing::Test {
    World world;
    ConversationId c = world.conversation("k", {"ann", "bob"});
    Client& ann = world.client("ann");
    Client& bob = world.client("bob");
    void SetUp() override { bob.connect(0); }
    void say(int count, const std::string& body = "x") {
        for (int i = 0; i < count; ++i) {
            bob.send(c, ++sent, body);
            if (i % 16 == 15) world.settle();
        }
        world.settle();
    }
    ResumedPosition resume_at(Epoch epoch, Sequence sequence) {
        ann.connect(0);
        ann.resume({{c, epoch, sequence}}, false);
        return first_answer();
    }
    ResumedPosition first_answer() {
        world.settle();
        EXPECT_EQ(ann.resumed.back().pending, 0U);
        // The answer may come in parts: the first one says where it begins.
        for (const Resumed& part : ann.resumed)
            if (!part.positions.empty()) return part.positions.at(0);
        ADD_FAILURE() << "not answered";
        return {};
    }
    WireNumber sent = 0;
};

}  // namespace hubbub::testing
