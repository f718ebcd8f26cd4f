// Workers in processes of their own find what threads find. Each story runs in a process that was started for
// it: others in this program have left threads behind (RocksDB's), and whoever forks must have none.

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>

#include "loadgen/runner/worker_process.hpp"
#include "tests/live/live_run.hpp"
#include "tests/support/sabotage_table.hpp"
#include "tests/support/scenarios.hpp"
#include "tests/support/story.hpp"

namespace hubbub::test {
namespace {

/// On stderr, where the parent shows it.
int tell_failures() {
    const testing::TestResult& result = *testing::UnitTest::GetInstance()->current_test_info()->result();
    for (int i = 0; i < result.total_part_count(); ++i)
        if (result.GetTestPartResult(i).failed())
            std::fprintf(stderr, "%s\n", result.GetTestPartResult(i).summary());
    return result.Failed() ? 1 : 0;
}

void in_a_fresh_process(const std::function<void()>& play) {
    testing::GTEST_FLAG(death_test_style) = "threadsafe";
    EXPECT_EXIT(
        {
            play();
            _exit(tell_failures());
        },
        testing::ExitedWithCode(0), "");
}

TEST(WorkerProcesses, FindWhatThreadsFind) {
    in_a_fresh_process([] {
        const auto plan = make_small_plan({.users = 60, .rate = 500, .length = 1s});
        LiveSetup apart, together;
        apart.workers = 4;
        apart.processes = 2;
        const LiveResult two = run_over_sockets(plan, apart);
        EXPECT_EQ(two.run.verdict, Verdict::pass) << story(two.run);
        const Totals& totals = two.run.in.judgement.totals;
        EXPECT_GT(totals.sent, 300U);
        EXPECT_EQ(totals.delivered, totals.expected) << story(two.run);
        EXPECT_EQ(totals.missing, 0U);
        EXPECT_EQ(two.run.in.connections.connections, 60U);

        const LiveResult one = run_over_sockets(plan, together);
        EXPECT_EQ(one.run.verdict, Verdict::pass) << story(one.run);
        EXPECT_EQ(totals.sent, one.run.in.judgement.totals.sent);
        EXPECT_EQ(totals.acked, one.run.in.judgement.totals.acked);
        EXPECT_EQ(totals.expected, one.run.in.judgement.totals.expected);
        EXPECT_EQ(totals.delivered, one.run.in.judgement.totals.delivered);
        const auto delivered = [](const LiveResult& result) {
            return result.run.in.judgement.latency.at({"delivery", ""}).count();
        };
        EXPECT_EQ(delivered(two), delivered(one)) << "the histograms hold every delivery";
    });
}

class SabotageAcrossProcesses : public testing::TestWithParam<SabotageKind> {};

TEST_P(SabotageAcrossProcesses, IsFoundInItsExactNumber) {
    const SabotageKind kind = GetParam();
    in_a_fresh_process([kind] {
        LiveSetup setup;
        setup.workers = 3;
        setup.processes = 3;
        setup.sabotage.seed = 5;
        setup.sabotage.items = {{kind, 0.2, 5}};
        setup.worker.ack_timeout = 300ms;
        setup.worker.backoff_base = 20ms;
        const LiveResult result = run_over_sockets(make_small_plan({.users = 12,
                                                                    .directs = 6,
                                                                    .groups = 3,
                                                                    .rate = 120,
                                                                    .length = 800ms,
                                                                    .settle = 500ms,
                                                                    .habits = habits_for(kind)}),
                                                   setup);
        EXPECT_GT(result.truth.size(), 0U) << "a proof without wrongs proves nothing";
        EXPECT_TRUE(agrees(result.run.in.judgement.violations, result.truth)) << story(result.run);
        EXPECT_EQ(result.run.verdict, result.run.broken.empty() ? Verdict::pass : Verdict::violation);
    });
}

INSTANTIATE_TEST_SUITE_P(Kinds, SabotageAcrossProcesses,
                         testing::Values(SabotageKind::lose_for_one, SabotageKind::duplicate_raw,
                                         SabotageKind::misdeliver, SabotageKind::disagree,
                                         SabotageKind::typing_leak),
                         [](const auto& test) { return std::string(name(test.param)); });

TEST(WorkerProcesses, OneThatIsKilledEndsTheRunWithoutAVerdictOnTheTarget) {
    in_a_fresh_process([] {
        LiveSetup setup;
        setup.workers = 2;
        setup.processes = 2;
        setup.watch = [](const LiveFigures& progress, WorkerProcesses* processes) {
            if (progress.sent > 20) kill(processes->all()[1].pid(), SIGKILL);
        };
        const LiveResult result = run_over_sockets(make_small_plan({.users = 30, .length = 30s}), setup);
        EXPECT_EQ(result.run.verdict, Verdict::inconclusive) << story(result.run);
        EXPECT_NE(story(result.run).find("was killed in the middle of the run by signal 9"),
                  std::string::npos)
            << story(result.run);
        EXPECT_EQ(result.run.in.judgement.violations, Violations{});
        EXPECT_EQ(result.run.in.judgement.not_checked.size(), counters.size()) << "nothing was judged";
    });
}

TEST(WorkerProcesses, OneThatBreaksIsABugOfOurs) {
    in_a_fresh_process([] {
        LiveSetup setup;
        setup.workers = 2;
        setup.processes = 2;
        setup.watch = [](const LiveFigures& progress, WorkerProcesses* processes) {
            if (progress.sent > 20) kill(processes->all()[0].pid(), SIGABRT);
        };
        const LiveResult result = run_over_sockets(make_small_plan({.users = 30, .length = 30s}), setup);
        EXPECT_EQ(result.run.verdict, Verdict::error) << story(result.run);
        EXPECT_NE(story(result.run).find("by signal 6"), std::string::npos) << story(result.run);
    });
}

TEST(WorkerProcesses, SayThatNobodyIsThere) {
    in_a_fresh_process([] {
        const auto plan = make_small_plan({.length = 100ms});
        auto processes = WorkerProcesses::start(plan, 2, {});
        ASSERT_TRUE(processes.has_value());
        LiveOptions options;
        options.endpoints = {"ws://127.0.0.1:1/chat"};
        options.workers = 2;
        options.processes = processes->get();
        SilentLog log;
        EXPECT_EQ(run_live(plan, options, log).verdict, Verdict::unreachable);
    });
}

TEST(WorkerProcesses, AreNotStartedBesideOtherThreads) {
    in_a_fresh_process([] {
        std::atomic<bool> end{false};
        std::thread other([&] { end.wait(false); });
        const auto processes = WorkerProcesses::start(make_small_plan(), 2, {});
        EXPECT_TRUE(processes.has_error());
        end = true;
        end.notify_all();
        other.join();
    });
}

TEST(MessagePipe, CarriesWholeMessagesAndSaysWhenNobodyIsThere) {
    auto ends = MessagePipe::make();
    ASSERT_TRUE(ends.has_value());
    auto& [here, there] = *ends;
    const std::string large(3'000'000, 'x');
    std::thread writer([&there = there, &large] {
        EXPECT_TRUE(there.send("one"));
        EXPECT_TRUE(there.send(""));
        EXPECT_TRUE(there.send(large));
        const MessagePipe gone = std::move(there);
    });
    EXPECT_EQ(here.receive(), "one");
    EXPECT_EQ(here.receive(), "");
    EXPECT_EQ(here.receive(), large);
    EXPECT_EQ(here.receive(), std::nullopt);
    writer.join();
    EXPECT_FALSE(here.send("anybody?"));
}

TEST(MessagePipe, DoesNotWaitForEver) {
    auto ends = MessagePipe::make();
    ASSERT_TRUE(ends.has_value());
    ends->first.patience = 1ms;
    EXPECT_EQ(ends->first.receive(), std::nullopt);
    EXPECT_FALSE(ends->first.send(std::string(50'000'000, 'x'))) << "more than the sockets hold";
}

}  // namespace
}  // namespace hubbub::test
