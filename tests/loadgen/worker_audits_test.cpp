#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "loadgen/client/audit_queue.hpp"

namespace hubbub {
namespace {

class AuditQueueTest : public testing::Test {
  protected:
    std::vector<std::uint32_t> take_all() {
        std::vector<std::uint32_t> taken;
        while (const auto job = queue.take([&](std::uint32_t client) { return live.contains(client); }))
            taken.push_back(*job);
        return taken;
    }
    AuditQueue queue;
    std::set<std::uint32_t> live{1, 2};
};

TEST_F(AuditQueueTest, GivesOneReaderItsShareOnly) {
    for (std::uint32_t c = 0; c < 20; ++c) queue.add(ConversationIndex{c}, 1, 1);
    const auto first = take_all();
    EXPECT_EQ(first.size(), AuditQueue::per_client_max);
    queue.finish(first[0]);
    EXPECT_EQ(take_all().size(), 1U);
    EXPECT_EQ(queue.pending(), 19U);
}

TEST_F(AuditQueueTest, GivesAWorkerItsShareOnly) {
    for (std::uint32_t client = 0; client < 100; ++client) {
        live.insert(client);
        queue.add(ConversationIndex{client}, client, 1);
    }
    EXPECT_EQ(take_all().size(), AuditQueue::per_worker_max);
}

TEST_F(AuditQueueTest, WaitsForAReaderToBeLive) {
    live.clear();
    queue.add(ConversationIndex{0}, 1, 1);
    EXPECT_TRUE(take_all().empty());
    live.insert(1);
    queue.wake(1);
    EXPECT_EQ(take_all().size(), 1U);
}

TEST_F(AuditQueueTest, ComesToEveryJobInTheEnd) {
    for (std::uint32_t c = 0; c < 300; ++c) queue.add(ConversationIndex{c}, 1 + c % 2, 1);
    std::size_t done = 0;
    while (queue.pending() > 0) {
        const auto taken = take_all();
        ASSERT_FALSE(taken.empty());
        for (const std::uint32_t job : taken) queue.finish(job);
        done += taken.size();
    }
    EXPECT_EQ(done, 300U);
}

TEST_F(AuditQueueTest, FailsWhatAGoneReaderHadToRead) {
    for (std::uint32_t c = 0; c < 20; ++c) queue.add(ConversationIndex{c}, 1 + c % 2, 1);
    for (const std::uint32_t job : take_all())
        if (queue.job(job).client == 1) queue.park(job);
    EXPECT_EQ(queue.fail(1).size(), 10U);
    EXPECT_EQ(queue.pending(), 10U);
    EXPECT_EQ(queue.fail_all().size(), 10U);
    EXPECT_EQ(queue.pending(), 0U);
}

}  // namespace
}  // namespace hubbub
