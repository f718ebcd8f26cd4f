// A real RocksDB on a disk that fails: what was reported as committed is there afterwards, whatever failed.
// HUBBUB_POWER_LOSSES=3000 makes the series of power losses as long.
#include "refserver/store/rocksdb_faulty_disk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/refserver/rocksdb_session.hpp"
#include "tests/refserver/temporary_directory.hpp"
#include "tests/support/campaign.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

RocksDbOptions on(FaultyDisk& disk, const TemporaryDirectory& directory,
                  Durability durability = Durability::wal_sync) {
    return {directory.path(), durability, 8 << 20, false, &disk.env()};
}

TEST(FaultyDisk, AFullDiskTakesNothingMoreAndKeepsWhatWasCommitted) {
    const TemporaryDirectory directory;
    {
        FaultyDisk disk;
        RocksDbSession session(on(disk, directory));
        session.put("before", "v");
        session.settle();
        disk.begin(DiskFault::full);
        session.put("full", "v");
        session.settle();
        disk.end(DiskFault::full);
        session.put("after", "v");
        session.settle();
        EXPECT_THAT(session.statuses(), ElementsAre(CommitStatus::committed, CommitStatus::unknown_outcome,
                                                    CommitStatus::unknown_outcome));
        EXPECT_TRUE(session.get("before").has_value()) << "reads go on";
        EXPECT_GT(disk.bites(DiskFault::full), 0U);
    }
    RocksDbSession reopened({directory.path(), Durability::wal_sync});
    EXPECT_TRUE(reopened.get("before").has_value());
    EXPECT_FALSE(reopened.get("after").has_value());
    EXPECT_EQ(reopened.meta().epoch, 1U) << "half a write at the end is nothing that anybody was told of";
}

TEST(FaultyDisk, AnErrorOfTheDiskIsNoCommit) {
    const TemporaryDirectory directory;
    FaultyDisk disk;
    RocksDbSession session(on(disk, directory));
    disk.begin(DiskFault::error);
    session.put("key", "v");
    session.settle();
    EXPECT_THAT(session.statuses(), ElementsAre(CommitStatus::unknown_outcome));
    EXPECT_EQ(disk.bites(DiskFault::error), 1U);
}

TEST(FaultyDisk, ASlowSyncIsLateAndNothingElse) {
    const TemporaryDirectory directory;
    FaultyDisk disk;
    RocksDbSession session(on(disk, directory));
    disk.begin(DiskFault::slow_sync, 1ms);
    session.put("key", "v");
    session.settle();
    EXPECT_THAT(session.statuses(), ElementsAre(CommitStatus::committed));
    EXPECT_EQ(disk.bites(DiskFault::slow_sync), 1U);
}

TEST(FaultyDisk, WhatAFailedSyncDroppedIsNeverReported) {
    const TemporaryDirectory directory;
    Random random(7);
    {
        FaultyDisk disk;
        RocksDbSession session(on(disk, directory));
        session.put("before", "v");
        session.settle();
        disk.begin(DiskFault::failing_sync);
        session.put("failed", "v");
        session.settle();
        disk.end(DiskFault::failing_sync);
        session.put("after", "v");
        session.settle();
        EXPECT_THAT(session.statuses(), ElementsAre(CommitStatus::committed, CommitStatus::unknown_outcome,
                                                    CommitStatus::unknown_outcome));
        disk.power_loss(Tail::truncated, random);
    }
    RocksDbSession reopened({directory.path(), Durability::wal_sync});
    EXPECT_TRUE(reopened.get("before").has_value());
}

struct Outcome {
    int submitted = 0, committed = 0, there = 0;
    std::uint64_t lost_bytes = 0;
    Epoch epoch = 0;
};

/// Writes pairs, loses power with some of them under way, and opens what is left on a disk that works.
Outcome lose_power(Durability durability, Tail tail, Random random) {
    const TemporaryDirectory directory;
    Outcome out;
    {
        FaultyDisk disk;
        RocksDbSession session(on(disk, directory, durability));
        const auto write = [&] { session.put_pair(out.submitted++); };
        for (std::uint64_t i = random.below(40) + 1; i > 0; --i) write();
        session.settle();
        for (std::uint64_t i = random.below(20); i > 0; --i) write();
        out.lost_bytes = disk.power_loss(tail, random);
        session.settle();
        const auto statuses = session.statuses();
        out.committed =
            static_cast<int>(std::count(statuses.begin(), statuses.end(), CommitStatus::committed));
    }
    RocksDbSession reopened({directory.path(), durability});
    out.there = reopened.whole_pairs(out.submitted);
    out.epoch = reopened.meta().epoch;
    return out;
}

class PowerLoss : public testing::TestWithParam<Tail> {};
INSTANTIATE_TEST_SUITE_P(EveryTail, PowerLoss, testing::Values(Tail::truncated, Tail::zeroed, Tail::garbage));

TEST_P(PowerLoss, TakesNothingThatASyncedLogReported) {
    const Random seed(20'261'122);
    const auto losses = static_cast<int>(test::asked_or(12, "HUBBUB_POWER_LOSSES"));
    for (int i = 0; i < losses; ++i) {
        const Outcome out =
            lose_power(Durability::wal_sync, GetParam(), seed.child(static_cast<std::uint64_t>(i)));
        ASSERT_GE(out.there, out.committed) << "loss " << i << ", of " << out.submitted;
        ASSERT_EQ(out.epoch, 1U) << "loss " << i << ": nothing was lost, so nobody is to begin anew";
    }
}

// The negative control: the same losses of power must be seen to cost something where nothing is synced.
TEST_P(PowerLoss, IsSeenToTakeWhatOnlyTheOperatingSystemHad) {
    const Random seed(20'261'123);
    int losses = 0;
    for (int i = 0; i < 10; ++i) {
        const Outcome out =
            lose_power(Durability::wal, GetParam(), seed.child(static_cast<std::uint64_t>(i)));
        losses += out.there < out.committed && out.lost_bytes > 0;
    }
    EXPECT_GT(losses, 5) << "of 10";
}

}  // namespace
}  // namespace hubbub
