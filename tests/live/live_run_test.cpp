#include "tests/live/live_run.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "tests/support/scenarios.hpp"
#include "tests/support/story.hpp"

namespace hubbub::test {
namespace {

TEST(LiveRun, DeliversEveryMessageOfACleanRunOnce) {
    const LiveResult result = run_over_sockets(make_small_plan({.users = 60, .rate = 500, .length = 2s}), {});
    const Totals& totals = result.run.in.judgement.totals;
    EXPECT_EQ(result.run.verdict, Verdict::pass) << story(result.run);
    EXPECT_GT(totals.sent, 500U);
    EXPECT_EQ(totals.acked, totals.sent);
    EXPECT_EQ(totals.delivered, totals.expected) << story(result.run);
    EXPECT_EQ(totals.missing, 0U);
}

TEST(LiveRun, SendsWhatThePlanSaysHoweverManyWorkers) {
    const auto plan = make_small_plan({.length = 500ms});
    LiveSetup alone, many;
    alone.shards = alone.workers = 1;
    many.shards = many.workers = 3;
    const LiveResult one = run_over_sockets(plan, alone);
    const LiveResult three = run_over_sockets(plan, many);
    EXPECT_EQ(one.run.in.judgement.totals.sent, three.run.in.judgement.totals.sent);
    EXPECT_EQ(one.run.in.judgement.totals.expected, three.run.in.judgement.totals.expected);
}

TEST(LiveRun, DeliversEveryMessageInTheBinaryFormToo) {
    const LiveResult result =
        run_over_sockets(make_small_plan({.rate = 500, .length = 1s, .adapter = "hubbub-bin"}), {});
    const Totals& totals = result.run.in.judgement.totals;
    EXPECT_EQ(result.run.verdict, Verdict::pass) << story(result.run);
    EXPECT_GT(totals.sent, 200U);
    EXPECT_EQ(totals.delivered, totals.expected) << story(result.run);
}

TEST(LiveRun, SaysThatNobodyIsThere) {
    SilentLog log;
    LiveOptions options;
    options.endpoints = {"ws://127.0.0.1:1/chat"};
    const RunResult run = run_live(make_small_plan({.length = 100ms}), options, log);
    EXPECT_EQ(run.verdict, Verdict::unreachable);
    EXPECT_NE(story(run).find("refused"), std::string::npos) << story(run);
}

// Whoever stops a run in its setup has not found that the target cannot be used.
TEST(LiveRun, ThatIsStoppedBeforeAnybodyWasThereIsInterrupted) {
    SilentLog log;
    const std::atomic<bool> stopped = true;
    LiveOptions options;
    options.endpoints = {"ws://127.0.0.1:1/chat"};
    options.interrupted = &stopped;
    const RunResult run = run_live(make_small_plan({.length = 100ms}), options, log);
    EXPECT_EQ(run.verdict, Verdict::interrupted) << story(run);
    EXPECT_EQ(run.in.judgement.violations, Violations{}) << story(run);
}

}  // namespace
}  // namespace hubbub::test
