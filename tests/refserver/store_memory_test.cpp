#include <gtest/gtest.h>

#include <vector>

#include "refserver/store/memory_store.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;

constexpr Time start{1s};

struct MemoryStoreTest : testing::Test {
    std::vector<CommitTicket> done;
    MemoryStore store{2ms, [this](CommitTicket ticket, CommitStatus) { done.push_back(ticket); }};

    void submit(std::uint64_t number, std::string key) {
        WriteBatch batch;
        batch.put(std::move(key), "v");
        store.submit({ShardId{0}, number}, std::move(batch));
    }
};

TEST_F(MemoryStoreTest, TakesTheLatencyFromTheBeginOfTheCommitToItsReport) {
    EXPECT_EQ(store.next_deadline(), never);
    submit(1, "a");
    EXPECT_EQ(store.next_deadline(), Time::min());
    store.deliver(start);
    EXPECT_EQ(store.next_deadline(), start + 2ms);
    store.deliver(start + 1ms);
    EXPECT_TRUE(done.empty());
    EXPECT_FALSE(store.get("a").value().has_value());
    store.deliver(start + 2ms);
    ASSERT_EQ(done.size(), 1u);
    EXPECT_TRUE(store.get("a").value().has_value());
    EXPECT_EQ(store.next_deadline(), never);
}

TEST_F(MemoryStoreTest, CommitsEverythingThatWaitedAsOneGroup) {
    submit(1, "a");
    store.deliver(start);
    submit(2, "b");
    submit(3, "c");
    store.deliver(start + 2ms);
    EXPECT_EQ(done.size(), 1u);
    EXPECT_EQ(store.next_deadline(), start + 4ms);
    store.deliver(start + 4ms);
    EXPECT_EQ(done.size(), 3u);
}

}  // namespace
}  // namespace hubbub
