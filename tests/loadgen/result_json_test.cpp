// The result file: its keys are those of docs/RESULT.md, and its values those of the run.
#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <regex>
#include <set>

#include "base/base64url.hpp"
#include "base/histogram_codec.hpp"
#include "report_fixture.hpp"

namespace hubbub {
namespace {

namespace json = boost::json;

/// A run with something under every key.
RunInput full_run() {
    RunInput input = test::passing_run();
    input.command = "hubbub run small.yaml --seed 7";
    input.started_at = "2026-01-02T03:04:05Z";
    input.duration = 12.5;
    input.judgement.violations.lost = 2;
    input.judgement.not_checked = {"receipts", "presence"};
    input.judgement.sampled = {{"order", "at most 64 receivers"}};
    input.judgement.evidence = {{"lost", "3 (group)", "u1", 4, 17, "u2", 1.5, "acknowledged, and missing"}};
    input.judgement.latency[{"delivery", "class=group"}] = test::steady_latency(20'000, 10);
    input.judgement.latency[{"delivery", ""}].record_missing(40);
    for (std::uint32_t second = 0; second < 25; ++second)
        input.judgement.delivery_by_second[second] = test::steady_latency(20'000, 100);
    input.extra_latency[{"connect", ""}] = test::steady_latency(3'000, 150);
    input.connections.connections = 150;
    input.connections.errors["connect: refused"] = 3;
    input.series.push_back({1, 150, 100, 99, 300, 0, 0.01, 0.02});
    input.phases = {{"connect", 0, 2.5}, {"steady", 2.5, 12.5}};
    input.environment["cores"] = "2";
    input.labels["build"] = "7f3a";
    Scenario scenario = *input.plan->scenario;
    scenario.faults.resize(1);
    scenario.faults[0].deed.reset = true;
    input.plan = test::plan_of(std::move(scenario));
    input.faults.faults.resize(1);
    input.faults.faults[0].fired = 7;
    input.faults.faults[0].started_us = 2'000'000;
    return input;
}

json::object parsed(const RunInput& input) {
    return json::parse(to_json(conclude(input))).as_object();
}

/// Every path to a value; keys that are data ("*") and list members ("[]") under one name.
void collect(const json::value& value, const std::string& path, std::set<std::string>& out) {
    static const std::set<std::string> free = {"latency",     "latency.*.by", "connection_errors",
                                               "environment", "broken",       "sampled", "labels"};
    if (const auto* const object = value.if_object()) {
        for (const auto& [key, inner] : *object) {
            const std::string name = free.contains(path) ? "*" : std::string(key);
            collect(inner, path.empty() ? name : path + "." + name, out);
        }
    } else if (const auto* const array = value.if_array();
               array && !array->empty() && array->front().is_object()) {
        for (const json::value& inner : *array) collect(inner, path + "[]", out);
    } else {
        out.insert(path);
    }
}

TEST(ResultFile, HasExactlyTheKeysOfItsPage) {
    std::set<std::string> written;
    collect(parsed(full_run()), "", written);
    std::set<std::string> described;
    std::ifstream page(HUBBUB_SOURCE_DIR "/docs/RESULT.md");
    static const std::regex row(R"(^\| `([^`]+)` \|.*)");
    std::smatch match;
    for (std::string line; std::getline(page, line);)
        if (std::regex_match(line, match, row)) described.insert(match[1]);
    EXPECT_EQ(written, described);
}

TEST(ResultFile, SaysWhatWasFound) {
    const json::object file = parsed(full_run());
    EXPECT_EQ(file.at("schema_version").as_int64(), 1);
    EXPECT_EQ(file.at("verdict").as_string(), "violation");
    EXPECT_EQ(file.at("exit_code").as_int64(), 4);
    EXPECT_EQ(file.at("violations").at("lost").as_int64(), 2);
    EXPECT_EQ(file.at("violations").as_object().size(), counters.size());
    EXPECT_EQ(file.at("broken").as_object().size(), 1u);
    EXPECT_EQ(file.at("totals").at("expected").as_int64(), 3000);
    EXPECT_EQ(file.at("evidence").at(0).at("sequence").as_int64(), 17);
    EXPECT_EQ(file.at("command").as_string(), "hubbub run small.yaml --seed 7");
    EXPECT_EQ(file.at("scenario").at("seed").as_int64(), 7);
    EXPECT_DOUBLE_EQ(file.at("duration").as_double(), 12.5);
}

TEST(ResultFile, WritesInfinityAsAStringAndNothingAsNull) {
    const json::object file = parsed(full_run());
    const json::value& delivery = file.at("latency").at("delivery");
    EXPECT_EQ(delivery.at("missing").as_int64(), 40);
    EXPECT_EQ(delivery.at("p99").as_string(), "+Inf");
    EXPECT_NEAR(delivery.at("p50").as_double(), 0.020, 0.001);
    EXPECT_TRUE(file.at("latency").at("typing").at("p99").is_null());
    EXPECT_EQ(file.at("latency").at("typing").at("count").as_int64(), 0);
    EXPECT_TRUE(file.at("latency").at("ack").at("p99_low").is_null()) << "fewer than 20 seconds: no interval";
    EXPECT_TRUE(delivery.at("p99_low").is_double());
}

TEST(ResultFile, KeepsTheFigureOverTheReceivedAlone) {
    const json::object file = parsed(full_run());
    const json::value& received = file.at("latency").at("delivery_received_only");
    EXPECT_EQ(received.at("missing").as_int64(), 0);
    EXPECT_EQ(received.at("count").as_int64(), 3000);
    EXPECT_NEAR(received.at("p99").as_double(), 0.020, 0.001);
}

TEST(ResultFile, TellsThePhasesAsTheyCame) {
    const json::object file = parsed(full_run());
    ASSERT_EQ(file.at("phases").as_array().size(), 2u);
    EXPECT_EQ(file.at("phases").at(1).at("name").as_string(), "steady");
    EXPECT_DOUBLE_EQ(file.at("phases").at(1).at("started").as_double(), 2.5);
}

TEST(ResultFile, CoarsensEachSecondsDeliveriesToQuartersOfAnOctave) {
    RunInput input = full_run();
    input.judgement.delivery_by_second.clear();
    Histogram& second = input.judgement.delivery_by_second[7];
    second.record(0, 5);          // below a microsecond
    second.record(1 << 10, 3);    // 2^(40/4) us
    second.record(1'300, 2);      // 2^(41.4/4)
    second.record(1'000'000, 1);  // 2^(79.7/4)
    second.record_missing(4);
    const json::object file = parsed(input);
    const json::value& point = file.at("delivery_by_second").at(0);
    EXPECT_EQ(point.at("second").as_int64(), 7);
    EXPECT_EQ(point.at("missing").as_int64(), 4);
    EXPECT_EQ(point.at("p99").as_string(), "+Inf");
    EXPECT_EQ(json::serialize(point.at("buckets")), "[0,5,40,3,41,2,79,1]");
}

TEST(ResultFile, SaysWhichExpectationsAreTimes) {
    RunInput input = full_run();
    Scenario scenario = test::small_scenario();
    scenario.expect.slo = {test::latency_slo("delivery", 0.05), test::counter_slo("lost", "==", 0)};
    input.plan = test::plan_of(std::move(scenario));
    const json::object file = parsed(input);
    EXPECT_EQ(file.at("expectations").at(0).at("unit").as_string(), "s");
    EXPECT_EQ(file.at("expectations").at(1).at("unit").as_string(), "");
}

TEST(ResultFile, HistogramsAreThoseOfHdrHistogramsTools) {
    const RunInput input = full_run();
    const json::object file = parsed(input);
    const Histogram& delivery = input.judgement.latency.at({"delivery", ""});
    EXPECT_EQ(file.at("latency").at("delivery").at("histogram").as_string(),
              encode_histogram_for_log(delivery));
}

}  // namespace
}  // namespace hubbub
