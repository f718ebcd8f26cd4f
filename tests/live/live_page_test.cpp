// The live page's server beside a view that is fed by hand: what it tells, and to whom.
#include "loadgen/runner/live_page.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "../loadgen/report_fixture.hpp"
#include "http_client.hpp"

namespace hubbub {
namespace {

namespace json = boost::json;

class LivePageTest : public testing::Test {
  protected:
    LivePageTest() : view_(test::passing_run().plan, [this](const LiveFigures&) { ++looks_; }) {
        LivePageOptions options;
        options.token = "secret";
        options.stop = [this] { ++stops_; };
        page_ = std::move(*LivePage::start(std::move(options), view_));
        const std::string url = page_->url();
        port_ = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    }
    test::HttpReply get(const std::string& target, const std::string& token = "secret") {
        return test::http(port_, "GET", target, {}, {{"Authorization", "Bearer " + token}});
    }
    json::object figures(const std::string& query = "") {
        return json::parse(get("/figures" + query).body).as_object();
    }
    /// One step of a run: at second `t`, so many deliveries of 10 ms so far.
    void step(double t, std::uint64_t delivered, const char* phase = "steady") {
        WorkerStatus sum;
        sum.users = 10;
        sum.online = 9;
        sum.live.delivered = delivered;
        sum.live.order = 2;
        RunLatencies latencies;
        latencies.delivery_so_far.record(10'000, delivered);
        view_.observe(t, latencies);
        view_.observe(t, phase, sum);
    }

    int looks_ = 0;
    std::atomic<int> stops_{0};
    LiveView view_;
    std::unique_ptr<LivePage> page_;
    std::uint16_t port_ = 0;
};

TEST_F(LivePageTest, TellsWhatIsNewToWhoeverAsksForIt) {
    step(1.0, 100);
    step(2.0, 300);
    const json::object all = figures();
    EXPECT_EQ(all.at("points").as_array().size(), 2u);
    EXPECT_EQ(all.at("points").at(1).at(4).as_int64(), 200) << "deliveries of the second second";
    EXPECT_NEAR(all.at("latency").at(1).at(2).as_double(), 0.010, 0.0001);
    EXPECT_EQ(all.at("figures").at("violations").as_int64(), 2);
    EXPECT_EQ(all.at("figures").at("violation_kinds").at("order").as_int64(), 2);
    EXPECT_TRUE(all.at("ending").is_null());

    step(3.0, 600);
    const json::object news = figures("?points=2&latency=2");
    ASSERT_EQ(news.at("points").as_array().size(), 1u);
    EXPECT_EQ(news.at("points").at(0).at(0).as_double(), 3.0);
    EXPECT_EQ(figures("?points=99&latency=99").at("points").as_array().size(), 0u);
    EXPECT_EQ(figures("?points=x").at("points").as_array().size(), 3u);
}

TEST_F(LivePageTest, TellsTheFaultsThatBeganAndThoseThatAreOver) {
    Scenario scenario = test::small_scenario();
    scenario.faults.resize(3);
    for (TimedFault& fault : scenario.faults) fault.deed.reset = true;
    LiveView view(test::plan_of(std::move(scenario)), {});
    RunLatencies latencies;
    latencies.faults.faults.resize(3);
    latencies.faults.faults[0].started_us = 1'500'000;
    latencies.faults.faults[0].ended_us = 2'000'000;
    latencies.faults.faults[2].started_us = 3'000'000;
    view.observe(4, latencies);
    const json::object told = json::parse(view.json(0, 0)).as_object();
    ASSERT_EQ(told.at("faults").as_array().size(), 2u) << "the second has not begun";
    EXPECT_EQ(told.at("faults").at(0).at("kind").as_string(), "reset");
    EXPECT_DOUBLE_EQ(told.at("faults").at(0).at("ended").as_double(), 2.0);
    EXPECT_DOUBLE_EQ(told.at("faults").at(1).at("started").as_double(), 3.0);
    EXPECT_TRUE(told.at("faults").at(1).at("ended").is_null());
}

TEST_F(LivePageTest, KnowsNobodyWithoutTheToken) {
    EXPECT_EQ(get("/figures", "wrong").status, 403u);
    EXPECT_EQ(get("/figures", "").status, 403u);
    EXPECT_EQ(get("/figures", "secretx").status, 403u);
    EXPECT_EQ(get("/?token=wrong").status, 403u);
    EXPECT_EQ(get("/").status, 403u);
    EXPECT_EQ(test::http(port_, "POST", "/stop?token=secret").status, 403u);
    EXPECT_EQ(get("/?token=secret").status, 200u);
    EXPECT_EQ(stops_, 0);
}

TEST_F(LivePageTest, StopsTheRunByPostAlone) {
    EXPECT_EQ(get("/stop").status, 405u);
    EXPECT_EQ(stops_, 0);
    EXPECT_EQ(test::http(port_, "POST", "/stop", {}, {{"Authorization", "Bearer secret"}}).status, 202u);
    EXPECT_EQ(stops_, 1);
}

TEST_F(LivePageTest, TellsTheVerdictAtTheEndAndWaitsForNobodyWhoWasNotLooking) {
    page_->linger(std::chrono::hours{1});  // nobody ever asked: returns at once
    step(1.0, 10);
    figures();
    view_.finish(conclude(test::passing_run()));
    const json::object last = figures();
    EXPECT_EQ(last.at("ending").at("verdict").as_string(), "pass");
    EXPECT_EQ(last.at("ending").at("expectations").at(0).at("unit").as_string(), "s");
    page_->linger(std::chrono::hours{1});  // it has been seen
}

TEST(LiveView, IsLookedAtFourTimesASecondAtMost) {
    int looks = 0;
    LiveView view(test::passing_run().plan, [&looks](const LiveFigures&) { ++looks; });
    for (int i = 0; i < 100; ++i) view.observe(i * 0.05, "steady", WorkerStatus{});
    EXPECT_LE(looks, 21);
    EXPECT_GE(looks, 15);
}

TEST(LiveView, LatencyOfNowIsThatOfTheLastSecondsAlone) {
    LiveView view(test::passing_run().plan, {});
    RunLatencies latencies;
    latencies.delivery_so_far.record(900'000, 1000);  // a bad start
    view.observe(1, latencies);
    EXPECT_NEAR(view.figures().p99, 0.9, 0.01);
    for (int second = 2; second < 9; ++second) {
        latencies.delivery_so_far.record(10'000, 1000);
        view.observe(second, latencies);
    }
    EXPECT_NEAR(view.figures().p99, 0.010, 0.0002);
}

}  // namespace
}  // namespace hubbub
