// Spikes, waves and traces: when their sends fall due, and what a trace file may not say.
#include <gmock/gmock.h>

#include <cmath>

#include "loadgen/plan/arrival_law.hpp"
#include "loadgen/scenario/trace_file.hpp"
#include "plan_fixture.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::vector<double> times_of(const SendStream& stream, Duration length) {
    ArrivalTimes times(stream, length);
    std::vector<double> out;
    for (std::uint64_t j = 0;; ++j) {
        Random draw(mix64(9, j));
        const auto at = times.next(draw);
        if (!at) return out;
        EXPECT_TRUE(out.empty() || to_seconds(*at) >= out.back());
        out.push_back(to_seconds(*at));
    }
}

double count_between(const std::vector<double>& times, double from, double to) {
    return static_cast<double>(
        std::count_if(times.begin(), times.end(), [&](double t) { return t >= from && t < to; }));
}

SendStream spike() {
    SendStream stream = test::stream_of_law(ArrivalLaw::spike, 100);
    stream.shape.spike = {1000, 4s, 2s};
    return stream;
}

SendStream sine() {
    SendStream stream = test::stream_of_law(ArrivalLaw::sine, 0);
    stream.shape.sine = {0, 200, 10s};
    return stream;
}

TEST(SpikeLaw, ChangesTheRateForAWhile) {
    const auto times = times_of(spike(), 10s);
    EXPECT_NEAR(count_between(times, 0, 4), 400, 1);
    EXPECT_NEAR(count_between(times, 4, 6), 2000, 1);
    EXPECT_NEAR(count_between(times, 6, 10), 400, 1);
    EXPECT_DOUBLE_EQ(expected_sends(spike(), 10s), 2800);
    EXPECT_EQ(peak_rate(spike()), 1000);
}

TEST(SpikeLaw, MayBePoissonAndMayBeginFromNothing) {
    SendStream stream = spike();
    stream.poisson_ramp = true;
    EXPECT_NEAR(count_between(times_of(stream, 10s), 4, 6), 2000, 5 * std::sqrt(2000));
    stream.rate = 0;
    const auto times = times_of(stream, 10s);
    EXPECT_EQ(count_between(times, 4, 6), static_cast<double>(times.size()));
    EXPECT_GT(times.size(), 1000U);
}

TEST(SineLaw, SwingsAroundItsMean) {
    const auto times = times_of(sine(), 20s);
    // The integral of 100 + 100 sin over a quarter and its opposite.
    const double quarter = 100 * 2.5 + 100 * 10 / (2 * M_PI);
    EXPECT_NEAR(count_between(times, 0, 2.5), quarter, 2);
    EXPECT_NEAR(count_between(times, 5, 7.5), 100 * 2.5 - 100 * 10 / (2 * M_PI), 2);
    EXPECT_NEAR(static_cast<double>(times.size()), 2000, 2);
    EXPECT_NEAR(expected_sends(sine(), 20s), 2000, 1e-6);
    EXPECT_EQ(peak_rate(sine()), 200);
}

TEST(TraceFile, IsReadStrictly) {
    const auto good = parse_trace("at,user,conversation\n0,3,7\n0.25,1,0\r\n0.25,2,0\n");
    ASSERT_TRUE(good.has_value()) << good.error().message;
    ASSERT_EQ(good->size(), 3U);
    EXPECT_EQ((*good)[1].at, 250ms);
    EXPECT_EQ((*good)[0].user, 3U);
    EXPECT_EQ((*good)[0].conversation, 7U);
    EXPECT_EQ(parse_trace("at,user,conversation,bytes\n1,0,0,99\n").value()[0].bytes, 99U);
    const auto error = [](const std::string& text) {
        const auto result = parse_trace(text);
        return result.has_value() ? std::string() : result.error().message;
    };
    EXPECT_THAT(error(""), HasSubstr("1:1: expected the header"));
    EXPECT_THAT(error("at,user\n"), HasSubstr("1:1: expected the header"));
    EXPECT_THAT(error("at,user,conversation\n"), HasSubstr("without sends"));
    EXPECT_THAT(error("at,user,conversation\n1,2\n"), HasSubstr("2:3: expected 3 fields"));
    EXPECT_THAT(error("at,user,conversation\n1,2,3,4\n"), HasSubstr("2:5: expected 3 fields"));
    EXPECT_THAT(error("at,user,conversation\n1,x,3\n"), HasSubstr("2:3: expected a user's index, not 'x'"));
    EXPECT_THAT(error("at,user,conversation\n1,2,3\n0.5,2,3\n"), HasSubstr("3:1: the times must not fall"));
    EXPECT_THAT(error("at,user,conversation\n-1,2,3\n"), HasSubstr("2:1: expected seconds"));
    EXPECT_THAT(error("at,user,conversation\n\n"), HasSubstr("2:1: expected 3 fields"));
    EXPECT_THAT(error("at,user,conversation,bytes\n1,2,3,5\n"), HasSubstr("2:7: a body carries a stamp"));
}

LoadOptions with_trace(const std::string& trace) {
    LoadOptions options;
    options.read_file = [trace](const std::string& path) -> Result<std::string> {
        if (path != "t.csv") return fail("cannot be opened");
        return trace;
    };
    return options;
}

std::string replaying(const std::string& file = "t.csv") {
    return test::edited("messages: 1k/s}", "streams: [{replay: " + file + "}]}");
}

TEST(Replay, PlaysTheTraceLineByLine) {
    auto plain = load_scenario_text(test::valid_text(), "x.yaml", {});
    const auto made = test::plan_of(std::move(plain).value());
    const UserIndex a = made->members_of(ConversationIndex{3})[0];
    const UserIndex b = made->members_of(ConversationIndex{51})[1];
    const std::string trace = "at,user,conversation,bytes\n0.5," + std::to_string(a.value) + ",3,60\n2," +
                              std::to_string(b.value) + ",51,70\n11," + std::to_string(a.value) + ",3,60\n";
    auto scenario = load_scenario_text(replaying(), "x.yaml", with_trace(trace));
    ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
    const auto plan = test::plan_of(std::move(scenario).value());
    Arrivals arrivals(*plan, 1);
    const auto first = arrivals.next();
    const auto second = arrivals.next();
    ASSERT_TRUE(first && second);
    EXPECT_FALSE(arrivals.next());  // the phase is over before the third
    EXPECT_EQ(first->offset, 500ms);
    EXPECT_EQ(plan->user_of(plan->stream_device[first->stream.index()]), a);
    EXPECT_EQ(plan->stream_conversation[first->stream.index()], ConversationIndex{3});
    EXPECT_EQ(first->body_bytes, 60U);
    EXPECT_EQ(plan->user_of(plan->stream_device[second->stream.index()]), b);
}

TEST(Replay, NamesTheLineThatDoesNotFit) {
    EXPECT_THAT(test::errors_of(replaying("none.csv"), with_trace("")), HasSubstr("x.yaml:14:"));
    EXPECT_THAT(test::errors_of(replaying(), with_trace("at,user,conversation\n1,2\n")),
                HasSubstr("t.csv:2:3: expected 3 fields"));
    EXPECT_THAT(test::errors_of(replaying("../t.csv"), with_trace("")),
                HasSubstr("inside the scenario's folder"));
    const auto plan_error = [](const std::string& trace) {
        auto scenario =
            load_scenario_text(replaying(), "x.yaml", with_trace("at,user,conversation\n" + trace));
        return scenario.has_value() ? test::plan_error(std::move(scenario).value())
                                    : scenario.error().message;
    };
    EXPECT_THAT(plan_error("1,100,0\n"), HasSubstr("t.csv:2:1: user 100 of 100"));
    EXPECT_THAT(plan_error("1,5,900\n"), HasSubstr("t.csv:2:1: conversation 900 of 55"));
    std::string everybody;
    for (int user = 0; user < 100; ++user) everybody += "1," + std::to_string(user) + ",0\n";
    EXPECT_THAT(plan_error(everybody), HasSubstr("is no member of conversation 0"));
}

TEST(ShapeKeys, RefuseWhatDoesNotFit) {
    const auto error = [](const std::string& stream) {
        return test::errors_of(test::edited("messages: 1k/s}", "streams: [{" + stream + "}]}"));
    };
    EXPECT_EQ(error("messages: 1k/s, spike: {to: 5k/s, at: 2s, for: 3s}"), "");
    EXPECT_EQ(error("sine: {low: 0/s, high: 5k/s, period: 1m}, arrivals: constant"), "");
    EXPECT_THAT(error("spike: {to: 5k/s, at: 2s, for: 3s}"),
                HasSubstr("messages say the rate outside of it"));
    EXPECT_THAT(error("messages: 1k/s, spike: {to: 5k/s, at: 9s, for: 3s}"), HasSubstr("the phase is over"));
    EXPECT_THAT(error("messages: 1/s..2/s, spike: {to: 5k/s, at: 1s, for: 3s}"),
                HasSubstr("not with a ramp"));
    EXPECT_THAT(error("sine: {low: 7/s, high: 5/s, period: 1m}"), HasSubstr("high is below low"));
    EXPECT_THAT(error("messages: 1/s, sine: {low: 0/s, high: 5/s, period: 1m}"),
                HasSubstr("expected one of"));
}

}  // namespace
}  // namespace hubbub
