// The course of a run: what a point a second says, and the phases as they came.
#include "loadgen/runner/run_timeline.hpp"

#include <gtest/gtest.h>

namespace hubbub {
namespace {

WorkerStatus status(std::uint32_t online, std::uint64_t sent, std::uint64_t reconnects = 0) {
    WorkerStatus out;
    out.online = online;
    out.live.sent = sent;
    out.reconnects = reconnects;
    return out;
}

TEST(RunTimeline, HasAPointASecondWithWhatHappenedSinceTheLast) {
    RunTimeline timeline;
    for (int step = 0; step <= 50; ++step)  // 2.5 s in steps of 50 ms, 10 messages each
        timeline.observe(step * 0.05, "steady",
                         status(7, static_cast<std::uint64_t>(step) * 10, step > 25 ? 3 : 0));
    ASSERT_EQ(timeline.points().size(), 2u);
    EXPECT_EQ(timeline.points()[0].users, 7u);
    std::uint64_t sent = 0, reconnects = 0;
    for (const SeriesPoint& point : timeline.points()) {
        sent += point.sent;
        reconnects += point.reconnects;
    }
    EXPECT_EQ(sent, static_cast<std::uint64_t>(timeline.points()[1].t / 0.05 + 0.5) * 10)
        << "nothing is lost between points";
    EXPECT_EQ(reconnects, 3u);
    EXPECT_NEAR(timeline.sent_per_second(), 200, 1);
}

TEST(RunTimeline, RatesAreOfTheTimeThatThePointTook) {
    RunTimeline timeline;
    timeline.observe(0, "steady", status(1, 0));
    timeline.observe(4, "steady", status(1, 400));  // it was held up
    EXPECT_DOUBLE_EQ(timeline.sent_per_second(), 100);
}

TEST(RunTimeline, PhasesFollowEachOtherWithoutAGap) {
    RunTimeline timeline;
    EXPECT_TRUE(timeline.phases().empty());
    timeline.observe(0, "connect", status(0, 0));
    timeline.observe(1, "connect", status(5, 0));
    timeline.observe(2, "steady", status(5, 1));
    timeline.observe(3, "steady", status(5, 2));
    ASSERT_EQ(timeline.phases().size(), 2u);
    EXPECT_EQ(timeline.phases()[0].name, "connect");
    EXPECT_DOUBLE_EQ(timeline.phases()[0].ended, 2);
    EXPECT_DOUBLE_EQ(timeline.phases()[1].started, 2);
    EXPECT_DOUBLE_EQ(timeline.phases()[1].ended, 3);
}

}  // namespace
}  // namespace hubbub
