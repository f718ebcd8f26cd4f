// Two receivers agree exactly when the hash of what they saw agrees: every field counts.
#include "loadgen/check/content.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace hubbub {
namespace {

constexpr std::uint64_t key = 0xfeed;

Entry message() {
    Entry entry;
    entry.user = "u1";
    entry.device = "d0";
    entry.number = 7;
    entry.body = "hello";
    return entry;
}

TEST(Content, EveryFieldOfAMessageCounts) {
    const std::vector<std::function<void(Entry&)>> changes = {
        [](Entry&) {},
        [](Entry& e) { e.user = "u2"; },
        [](Entry& e) { e.device = "d1"; },
        [](Entry& e) { e.number = 8; },
        [](Entry& e) { e.body = "hellp"; },
        [](Entry& e) { e.body = ""; },
        [](Entry& e) { e.kind = EntryKind::joined; },
    };
    std::set<std::uint64_t> hashes;
    for (const auto& change : changes) {
        Entry entry = message();
        change(entry);
        hashes.insert(content_hash(entry, key));
    }
    EXPECT_EQ(hashes.size(), changes.size());
}

TEST(Content, WhereItCameDoesNotCount) {
    Entry elsewhere = message();
    elsewhere.sequence = 99;
    elsewhere.conversation = {1, 2};
    EXPECT_EQ(content_hash(elsewhere, key), content_hash(message(), key));
}

TEST(Content, WhatAMessageIsAboutCounts) {
    std::set<std::uint64_t> hashes{content_hash(message(), key)};
    for (const SendOp op : {SendOp::reply, SendOp::edit, SendOp::erase}) {
        for (const Sequence target : {1, 2}) {
            Entry entry = message();
            entry.op = op;
            entry.target = target;
            hashes.insert(content_hash(entry, key));
        }
    }
    EXPECT_EQ(hashes.size(), 7U);
}

TEST(Content, MembersCountAndSoDoesTheirOrder) {
    std::set<std::uint64_t> hashes;
    const std::vector<std::vector<std::string_view>> lists = {{}, {"u1"}, {"u2"}, {"u1", "u2"}, {"u2", "u1"}};
    for (const auto& members : lists) {
        Entry entry = message();
        entry.kind = EntryKind::joined;
        entry.members = members;
        hashes.insert(content_hash(entry, key));
    }
    EXPECT_EQ(hashes.size(), lists.size());
}

TEST(Content, ASenderKnowsTheHashOfItsOwnMessageBeforehand) {
    EXPECT_EQ(message_hash("u1", "d0", 7, body_hash("hello", key), key), content_hash(message(), key));
    EXPECT_NE(message_hash("u1", "d0", 7, body_hash("hello", key + 1), key), content_hash(message(), key));
    Entry reply = message();
    reply.op = SendOp::reply;
    reply.target = 9;
    EXPECT_EQ(message_hash("u1", "d0", 7, body_hash_about(body_hash("hello", key), SendOp::reply, 9), key),
              content_hash(reply, key));
}

}  // namespace
}  // namespace hubbub
