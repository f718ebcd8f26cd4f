#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "refserver/store/committer.hpp"

namespace hubbub {
namespace {

/// What the committer did. Its thread writes it; the test reads it after stop().
struct Recorder {
    std::vector<std::size_t> groups;
    std::vector<std::pair<CommitTicket, CommitStatus>> reports;

    OnCommitted on_committed() {
        return [this](CommitTicket ticket, CommitStatus status) { reports.emplace_back(ticket, status); };
    }
};

void submit(Committer& committer, std::uint32_t shard, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t number = first; number <= last; ++number)
        committer.submit({ShardId{shard}, number}, {});
}

TEST(Committer, WritesEverythingThatCameDuringAWriteAsOneGroup) {
    Recorder recorder;
    std::promise<void> writing, go_on;
    Committer committer(
        Committer::Report::after_write,
        [&](std::span<const Submission> group) {
            recorder.groups.push_back(group.size());
            if (recorder.groups.size() == 1) {
                writing.set_value();
                go_on.get_future().wait();
            }
            return true;
        },
        recorder.on_committed());
    submit(committer, 0, 1, 1);
    writing.get_future().wait();
    submit(committer, 0, 2, 100);
    submit(committer, 1, 1, 50);
    go_on.set_value();
    committer.stop();
    EXPECT_EQ(recorder.groups, (std::vector<std::size_t>{1, 149}));
    EXPECT_EQ(recorder.reports.size(), 150u);
}

TEST(Committer, CutsALongBacklogSoThatItsFirstBatchDoesNotWaitForItsLast) {
    constexpr std::uint64_t backlog = 20'000;
    Recorder recorder;
    std::promise<void> writing, go_on;
    std::size_t written = 0, reported_at_last_write = 0;
    Committer committer(
        Committer::Report::after_write,
        [&](std::span<const Submission> group) {
            if (written == 0) {
                writing.set_value();
                go_on.get_future().wait();
            }
            written += group.size();
            reported_at_last_write = recorder.reports.size();
            return true;
        },
        recorder.on_committed());
    submit(committer, 0, 1, 1);
    writing.get_future().wait();
    submit(committer, 0, 2, backlog);
    go_on.set_value();
    committer.stop();
    EXPECT_EQ(written, backlog);
    EXPECT_GT(reported_at_last_write, backlog / 2);
}

TEST(Committer, WritesNothingAfterAFailureAndReportsAllOfItUnknown) {
    Recorder recorder;
    {
        Committer committer(
            Committer::Report::after_write,
            [&](std::span<const Submission> group) {
                recorder.groups.push_back(group.size());
                return false;
            },
            recorder.on_committed());
        submit(committer, 0, 1, 10);
        submit(committer, 1, 1, 10);
        committer.stop();
        EXPECT_TRUE(committer.failed());
    }
    EXPECT_EQ(recorder.groups.size(), 1u);
    EXPECT_EQ(recorder.reports.size(), 20u);
    for (const auto& [ticket, status] : recorder.reports) EXPECT_EQ(status, CommitStatus::unknown_outcome);
}

TEST(Committer, ReportsBeforeItWritesWhereItIsToldSo) {
    Recorder recorder;
    std::size_t written = 0, late = 0;
    Committer committer(
        Committer::Report::before_write,
        [&](std::span<const Submission> group) {
            written += group.size();
            if (recorder.reports.size() != written) ++late;
            return true;
        },
        recorder.on_committed());
    submit(committer, 0, 1, 100);
    committer.stop();
    EXPECT_EQ(written, 100u);
    EXPECT_EQ(late, 0u);
}

TEST(Committer, KeepsEachShardsOrderWhileAllSubmitAtOnce) {
    constexpr std::uint32_t shards = 4;
    constexpr std::uint64_t batches = 5'000;
    Recorder recorder;
    Committer committer(
        Committer::Report::after_write, [](std::span<const Submission>) { return true; },
        recorder.on_committed());
    {
        std::vector<std::jthread> threads;
        for (std::uint32_t shard = 0; shard < shards; ++shard)
            threads.emplace_back([&committer, shard] { submit(committer, shard, 1, batches); });
    }
    committer.stop();
    std::vector<std::uint64_t> last(shards, 0);
    for (const auto& [ticket, status] : recorder.reports)
        ASSERT_EQ(ticket.number, ++last[ticket.shard.index()]);
    EXPECT_EQ(last, std::vector<std::uint64_t>(shards, batches));
}

TEST(CommitterDeathTest, StopsAShardThatSkipsANumber) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            Committer committer(
                Committer::Report::after_write, [](std::span<const Submission>) { return true; },
                [](CommitTicket, CommitStatus) {});
            submit(committer, 0, 1, 1);
            submit(committer, 0, 3, 3);
        },
        "a shard numbers its batches");
}

}  // namespace
}  // namespace hubbub
