// Whether runs became better or worse: what must be said, and above all what must not.
#include "loadgen/report/comparison.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <cmath>

#include "base/random.hpp"
#include "loadgen/report/result_file.hpp"
#include "report_fixture.hpp"

namespace hubbub {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
namespace json = boost::json;

/// A result with these delivery P99s, and everything else as in a run that passed.
ComparedRun run_with(json::value p99, const char* verdict = "pass") {
    static const std::string text = to_json(conclude(test::passing_run()));
    json::object result = *parse_result(text, "run.json");
    result["verdict"] = verdict;
    result["latency"].as_object()["delivery"].as_object()["p99"] = std::move(p99);
    return {"run.json", std::move(result)};
}
Side side_of(const std::string& name, const std::vector<double>& milliseconds) {
    Side side{name, {}};
    for (const double value : milliseconds)
        side.runs.push_back(run_with(std::isinf(value) ? json::value("+Inf") : json::value(value / 1e3)));
    return side;
}

CompareOptions p99_alone() {
    CompareOptions options;
    options.figures = {"delivery.p99"};
    return options;
}
Comparison between(const Side& base, const Side& now, const CompareOptions& options = p99_alone()) {
    auto compared = compare(base, {now}, options);
    EXPECT_TRUE(compared) << compared.error().message;
    return compared->at(0);
}
Change change_between(const std::vector<double>& base, const std::vector<double>& now,
                      const CompareOptions& options = p99_alone()) {
    return between(side_of("base", base), side_of("now", now), options).change;
}

const double never = std::numeric_limits<double>::infinity();

TEST(Compare, SaysWorseWhenTheIntervalAndTheMarginAreBothExceeded) {
    EXPECT_EQ(change_between({100, 101, 99}, {120, 121, 119}), Change::worse);
    EXPECT_EQ(change_between({120, 121, 119}, {100, 101, 99}), Change::better);
}

TEST(Compare, SaysSameWhenTheIntervalLiesWithinTheMargin) {
    EXPECT_EQ(change_between({100, 101, 99}, {100, 99, 101}), Change::same);
    EXPECT_EQ(change_between({100, 100.1, 99.9}, {103, 103.1, 102.9}), Change::same)
        << "certainly slower, and by less than 5 %";
}

TEST(Compare, SaysUndecidedWhenRunsOfTheSameDifferMoreThanTheSides) {
    EXPECT_EQ(change_between({100, 150, 60}, {120, 180, 72}), Change::undecided);
    EXPECT_EQ(change_between({21, 22, 20}, {21, 90, 22}), Change::undecided) << "one slow run of three";
}

TEST(Compare, NeedsTheIntervalEvenForALargeChange) {
    const Comparison one = between(side_of("base", {100, 180, 90}), side_of("now", {150, 300, 140}));
    EXPECT_GT(one.figures[0].ratio, 1.4);
    EXPECT_LT(one.figures[0].low, 1);
    EXPECT_EQ(one.change, Change::undecided);
}

// By hand: logarithms 0, 1, 2 against 2, 3, 4: difference 2, variances 1, so the error is sqrt(2/3), with 4
// degrees of freedom, of which t is 2.776.
TEST(Compare, IntervalIsWelchsOfTheLogarithms) {
    const auto e = [](double power) { return std::exp(power) * 1e3; };
    const ComparedFigure figure =
        between(side_of("base", {e(0), e(1), e(2)}), side_of("now", {e(2), e(3), e(4)})).figures[0];
    const double reach = 2.776 * std::sqrt(2.0 / 3);
    EXPECT_NEAR(figure.ratio, std::exp(2), 1e-6);
    EXPECT_NEAR(figure.low, std::exp(2 - reach), 1e-4);
    EXPECT_NEAR(figure.high, std::exp(2 + reach), 1e-2);
    EXPECT_NEAR(figure.base_middle, std::exp(1), 1e-9);
    EXPECT_DOUBLE_EQ(figure.effect, 8.0 / 9) << "eight of nine pairs are above, one is equal";
}

TEST(Compare, DecidesNothingByFewerThanThreeRunsASide) {
    EXPECT_EQ(change_between({100, 100}, {200, 200, 200}), Change::undecided);
    EXPECT_EQ(change_between({100}, {200}), Change::undecided);
    EXPECT_EQ(change_between({100}, {never}), Change::undecided);
}

TEST(Compare, ShowsTheWithinRunIntervalOfTwoRuns) {
    const auto single = [](const char* name, double low, double high) {
        Side side{name, {run_with((low + high) / 2)}};
        json::object& delivery = side.runs[0].result["latency"].as_object()["delivery"].as_object();
        delivery["p99_low"] = low;
        delivery["p99_high"] = high;
        return side;
    };
    const ComparedFigure figure = between(single("base", 0.1, 0.2), single("now", 0.4, 0.5)).figures[0];
    EXPECT_TRUE(figure.within_runs);
    EXPECT_DOUBLE_EQ(figure.low, 2);
    EXPECT_DOUBLE_EQ(figure.high, 5);
    EXPECT_EQ(figure.change, Change::undecided);
    EXPECT_THAT(figure.why, HasSubstr("within-run interval only"));
}

TEST(Compare, TakesWhatNeverArrivesForLaterThanEverything) {
    EXPECT_EQ(change_between({100, 101, 99}, {never, never, never}), Change::worse);
    EXPECT_EQ(change_between({never, never, never}, {100, 101, 99}), Change::better);
    EXPECT_EQ(change_between({100, 101, 99}, {100, never, 99}), Change::undecided);
    EXPECT_EQ(change_between({never, never, never}, {never, never, never}), Change::undecided);
}

TEST(Compare, LeavesChangesBelowTheLeastTimeAlone) {
    CompareOptions options = p99_alone();
    EXPECT_EQ(change_between({0.2, 0.21, 0.19}, {0.6, 0.61, 0.59}, options), Change::worse);
    options.least = 0.001;
    EXPECT_EQ(change_between({0.2, 0.21, 0.19}, {0.6, 0.61, 0.59}, options), Change::same);
    EXPECT_EQ(change_between({20, 20.1, 19.9}, {24, 24.1, 23.9}, options), Change::worse);
    EXPECT_EQ(change_between({20, 20.1, 19.9}, {16, 16.1, 15.9}, options), Change::better);
}

TEST(Compare, CallsMoreOfARateBetter) {
    CompareOptions options;
    options.figures = {"rate.achieved"};
    const auto at = [](const char* name, double rate) {
        Side side{name, {}};
        for (const double factor : {0.999, 1.0, 1.001}) {
            side.runs.push_back(run_with(0.02));
            side.runs.back().result["rate"].as_object()["achieved"] = rate * factor;
        }
        return side;
    };
    EXPECT_EQ(between(at("base", 100), at("now", 80), options).change, Change::worse);
    EXPECT_EQ(between(at("base", 100), at("now", 120), options).change, Change::better);
}

TEST(Compare, RunsThatProvedNothingProveNoChange) {
    for (const char* const verdict : {"inconclusive", "unverified", "unreachable", "interrupted", "error"}) {
        Side now = side_of("now", {200, 201, 199});
        now.runs[1].result["verdict"] = verdict;
        const Comparison one = between(side_of("base", {100, 101, 99}), now);
        EXPECT_EQ(one.change, Change::undecided) << verdict;
        EXPECT_THAT(one.notes.at(0), HasSubstr("1 of 3 runs proved nothing"));
    }
}

TEST(Compare, BrokenPromisesAreWorseWhateverTheLatency) {
    Side now = side_of("now", {50, 51, 49});
    now.runs[2].result["verdict"] = "violation";
    EXPECT_EQ(between(side_of("base", {100, 101, 99}), now).change, Change::worse);
    EXPECT_EQ(between(now, side_of("now", {100, 101, 99})).change, Change::undecided)
        << "a base that breaks promises is none";
}

TEST(Compare, OneWorseFigureMakesTheSideWorseAndOneUndecidedKeepsItFromSame) {
    CompareOptions options;
    options.figures = {"delivery.p50", "delivery.p99"};
    EXPECT_EQ(change_between({100, 101, 99}, {120, 121, 119}, options), Change::worse);
    EXPECT_EQ(change_between({100, 180, 60}, {100, 60, 180}, options), Change::undecided);
    const Comparison both = between(side_of("base", {100, 101, 99}), side_of("now", {100, 101, 99}), options);
    EXPECT_EQ(both.change, Change::same);
    EXPECT_THAT(both.notes, IsEmpty());
}

TEST(Compare, SaysWhenTheSidesAreNotInterleaved) {
    const auto at = [](const char* name, const std::vector<std::string>& times) {
        Side side = side_of(name, {100, 101, 99});
        for (std::size_t i = 0; i < times.size(); ++i) side.runs[i].result["started_at"] = times[i];
        return side;
    };
    const Side base = at("base", {"2026-01-01T00:00:00Z", "2026-01-01T00:02:00Z", "2026-01-01T00:04:00Z"});
    EXPECT_THAT(
        between(base, at("now", {"2026-01-01T00:01:00Z", "2026-01-01T00:03:00Z", "2026-01-01T00:05:00Z"}))
            .notes,
        IsEmpty());
    EXPECT_THAT(
        between(base, at("now", {"2026-01-02T00:01:00Z", "2026-01-02T00:03:00Z", "2026-01-02T00:05:00Z"}))
            .notes.at(0),
        HasSubstr("not interleaved"));
}

TEST(Compare, RefusesFiguresThatAreNone) {
    for (const char* const figure :
         {"delivery", "delivery.p95", "deliveries.p99", "rate.wished", ".p99", "delivery.p99{class=group"}) {
        CompareOptions options;
        options.figures = {figure};
        const auto compared = compare(side_of("base", {1, 1, 1}), {side_of("now", {1, 1, 1})}, options);
        ASSERT_FALSE(compared) << figure;
        EXPECT_THAT(compared.error().message, HasSubstr("is no figure"));
    }
}

TEST(Compare, GroupsRunsByALabelOrAValueOfTheResult) {
    std::vector<ComparedRun> runs;
    for (const char* const strategy : {"wal", "memory", "wal", "memory"}) {
        runs.push_back(run_with(0.1));
        runs.back().result["labels"] = json::object{{"target.start.durability", strategy}};
    }
    const auto sides = sides_by("target.start.durability", runs);
    ASSERT_TRUE(sides) << sides.error().message;
    EXPECT_EQ(sides->at(0).name, "wal") << "the first run's group is the base";
    EXPECT_EQ(sides->at(1).runs.size(), 2u);
    EXPECT_FALSE(sides_by("scenario.name", runs)) << "all the same";
    EXPECT_FALSE(sides_by("no.such", runs));
}

// The promise of the interval, over thousands of pairs of sides of which nothing differs: rarely wrong.
TEST(Compare, RarelyAccusesWhatDidNotChange) {
    Random random(7);
    const auto noisy = [&random] { return random.lognormal(100, 0.1); };
    int worse = 0;
    constexpr int pairs = 2'000;
    for (int i = 0; i < pairs; ++i)
        worse += change_between({noisy(), noisy(), noisy()}, {noisy(), noisy(), noisy()}) == Change::worse;
    EXPECT_LT(worse, pairs * 5 / 100);
}

}  // namespace
}  // namespace hubbub
