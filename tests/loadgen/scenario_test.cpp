#include "loadgen/scenario/scenario.hpp"

#include <gmock/gmock.h>

#include "plan_fixture.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

using namespace std::chrono_literals;
using test::edited;
using test::errors_of;
using test::valid_text;
using testing::HasSubstr;

Scenario loaded(const std::string& text, const LoadOptions& options = {}) {
    auto scenario = load_scenario_text(text, "dir/x.yaml", options);
    if (!scenario.has_value()) {
        ADD_FAILURE() << scenario.error().message;
        return {};
    }
    return scenario.value();
}

TEST(Scenario, TakesEveryDefaultFromTheTable) {
    const Scenario s = loaded(valid_text());
    EXPECT_EQ(s.name, "x");
    EXPECT_EQ(s.seed, 1U);
    EXPECT_EQ(s.users, 100U);
    EXPECT_EQ(s.online, 100U);
    EXPECT_EQ(s.target.adapter, "hubbub");
    EXPECT_EQ(s.target.endpoints, std::vector<std::string>{"ws://127.0.0.1:8080/chat"});
    EXPECT_FALSE(s.target.embedded);
    EXPECT_EQ(s.target.setup_rate, 2000);
    EXPECT_EQ(s.topology[0].size_max, 2U);
    EXPECT_EQ(s.behaviors[0].share, 1);
    EXPECT_EQ(s.behaviors[0].send->weight, 1);
    EXPECT_EQ(s.behaviors[0].send->zipf, 0);
    EXPECT_EQ(s.phases[0].max_duration, 5min);
    EXPECT_TRUE(s.phases[1].measure);
    EXPECT_EQ(s.phases[1].streams[0].law, ArrivalLaw::poisson);
    EXPECT_EQ(s.expect.delivery, DeliveryMode::at_least_once);
    EXPECT_EQ(s.expect.order, OrderMode::conversation);
    EXPECT_TRUE(s.prometheus.listen.empty());
}

TEST(Scenario, ReadsEveryKeyOfTheLanguage) {
    const Scenario s = loaded(R"(
version: 1
name: "everything: at once"
seed: 42
target:
  adapter: hubbub
  start: {server: embedded, shards: 2, durability: wal, data: /tmp/x, sabotage: "phantom:0.01x3"}
  setup: {conversations: create, rate: 500/s}
population: {users: 12_000, online: 9k}
topology:
  - {class: direct, count: 1.5k, size: 2}
  - {class: channel, count: 1, size: 10_000}
behaviors:
  chatter:
    share: 10%
    send: {weight: 2.5, to: {direct: 99.9%, channel: 0.1%}, conversation: {zipf: 1.2}, bytes: {p50: 120, p99: 4KiB}}
  lurker: {share: 90%}
load:
  - {phase: connect, ramp: 5k/s, until: population, max_duration: 1m}
  - {phase: warmup, for: 500ms, measure: false, messages: 100/s..2k/s, arrivals: constant}
  - phase: steady
    for: 1h
    streams:
      - {behavior: chatter, messages: 120/m, arrivals: constant}
      - {messages: 0/s..10/s}
      - {behavior: chatter, burst: 5, at: 30s}
  - {phase: drain, settle: 60s, max_duration: 2m}
expect:
  delivery: effectively_once
  order: causal
  slo: ["delivery.p99{class=channel} < 500ms", connect.errors < 0.1%, lost == 0]
report: {prometheus: {listen: "127.0.0.1:9464"}}
)");
    EXPECT_EQ(s.name, "everything: at once");
    EXPECT_TRUE(s.target.embedded);
    EXPECT_EQ(s.target.shards, 2U);
    EXPECT_EQ(s.target.durability, "wal");
    EXPECT_EQ(s.target.sabotage, "phantom:0.01x3");
    EXPECT_EQ(s.target.setup_rate, 500);
    EXPECT_EQ(s.online, 9000U);
    EXPECT_EQ(s.topology[0].count, 1500U);
    EXPECT_EQ(s.topology[1].size_min, 10'000U);
    EXPECT_DOUBLE_EQ(s.behaviors[0].share, 0.1);
    EXPECT_DOUBLE_EQ(s.behaviors[0].send->to_channel, 0.001);
    EXPECT_EQ(s.behaviors[0].send->zipf, 1.2);
    EXPECT_EQ(s.behaviors[0].send->bytes.p99, 4096U);
    EXPECT_FALSE(s.behaviors[1].send);
    EXPECT_EQ(s.phases[0].connect_rate, 5000);
    EXPECT_EQ(s.phases[1].streams[0].law, ArrivalLaw::ramp);
    EXPECT_FALSE(s.phases[1].streams[0].poisson_ramp);
    EXPECT_EQ(s.phases[1].streams[0].rate_to, 2000);
    ASSERT_EQ(s.phases[2].streams.size(), 3U);
    EXPECT_EQ(s.phases[2].streams[0].rate, 2);
    EXPECT_TRUE(s.phases[2].streams[1].poisson_ramp);
    EXPECT_EQ(s.phases[2].streams[2].law, ArrivalLaw::burst);
    EXPECT_EQ(s.phases[2].streams[2].at, 30s);
    EXPECT_EQ(s.phases[3].kind, PhaseKind::drain);
    EXPECT_EQ(s.phases[3].max_duration, 2min);
    EXPECT_EQ(s.expect.slo.size(), 3U);
    EXPECT_EQ(s.prometheus.listen, "127.0.0.1:9464");
}

TEST(Scenario, NamesFileLineColumnAndTheNearestKey) {
    EXPECT_EQ(errors_of(edited("bytes: 100", "byts: 100")),
              "x.yaml:11:43: unknown key 'byts' in behaviors.everyone.send (did you mean 'bytes'?)");
    EXPECT_EQ(errors_of(edited("load:", "qwertz: 1\nload:")), "x.yaml:12:1: unknown key 'qwertz'");
    EXPECT_EQ(errors_of(edited("    send:", "    hartbeat: {every: 5s}\n    send:")),
              "x.yaml:11:5: unknown key 'hartbeat' in behaviors.everyone (did you mean 'heartbeat'?)");
}

TEST(Scenario, RefusesKeysThatAreNotBuiltByName) {
    EXPECT_EQ(errors_of(edited("bytes: 100", "process: poisson")),
              "x.yaml:11:43: `behaviors.everyone.send.process` is not built in this version");
    EXPECT_THAT(errors_of(edited("endpoints", "adapter: signalr\n  endpoints")),
                HasSubstr("x.yaml:3:12: target.adapter: `signalr` is not built in this version"));
}

TEST(Scenario, RefusesWhatYamlWouldHide) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {edited("users: 100", "users: 100\n  users: 5"),
         "x.yaml:6:3: the key 'users' stands here a second time"},
        {edited("users: 100", "users: &n 100"), "an anchor"},
        {edited("users: 100", "users: &n 100\n  online: *n"), "x.yaml:6:11: an alias"},
        {edited("users: 100", "<<: {users: 100}"), "x.yaml:5:3: a merge key"},
        {edited("users: 100", "users: !!int 100"), "a tag"},
        {edited("users: 100", "users: 010"), "'010': expected a count"},
        {edited("users: 100", "users: yes"), "'yes': expected a count"},
        {edited("users: 100", "users: 0x10"), "'0x10': expected a count"},
        {edited("users: 100", "users: 1e3"), "'1e3': expected a count"},
        {edited("users: 100", "users: -5"), "'-5': expected a count"},
        {edited("users: 100", "users:"),
         "population.users: expected a count such as 500, 12_000 or 50k, found nothing"},
        {edited("users: 100", "users: [100]"), "population.users: expected a count"},
        {edited("users: 100", "? [a]\n  : 100"), "x.yaml:5:5: a key must be a word"},
        {valid_text() + "---\nversion: 1\n", "a second document"},
        {valid_text() + "name: \x01\n", "x.yaml:16:7: byte 1"},
        {valid_text() + "name: \xff\n", "x.yaml:16:7: byte 255"},
        {valid_text() + "name: 'x\n", "x.yaml:17:1: not YAML: illegal EOF in scalar"},
        {"", "x.yaml:1:1: expected a map"},
        {"- 1\n", "x.yaml:1:1: expected a map"},
    };
    for (const auto& [text, message] : cases) {
        EXPECT_THAT(errors_of(text), HasSubstr(message)) << text;
    }
}

TEST(Scenario, RefusesValuesOutsideTheirForm) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {edited("version: 1", "version: 2"), "'2': expected 1"},
        {edited("for: 10s", "for: 10"), "'10': expected a duration"},
        {edited("for: 10s", "for: 10sec"), "'10sec': expected a duration"},
        {edited("for: 10s", "for: 0s"), "must be at least 1ms"},
        {edited("for: 10s", "for: 200h"), "must be at most 168h"},
        {edited("messages: 1k/s", "messages: 1000"), "'1000': expected a rate"},
        {edited("messages: 1k/s", "messages: 0/s"), "must be above 0/s"},
        {edited("messages: 1k/s", "messages: 1/s..2"), "expected a rate such as 2k/s or a ramp"},
        {edited("direct: 60%", "direct: 0.6"), "'0.6': expected a share"},
        {edited("bytes: 100", "bytes: 47"), "must be at least 48"},
        {edited("bytes: 100", "bytes: 17KiB"), "must be at most 16384"},
        {edited("bytes: 100", "bytes: {p50: 100}"), "missing key 'p99' in behaviors.everyone.send.bytes"},
        {edited("class: direct", "class: dirct"),
         "'dirct': expected direct, group or channel (did you mean 'direct'?)"},
        {edited("phase: steady", "phase: 2nd"), "'2nd': expected a name"},
        {edited("everyone:", "every.one:"), "'every.one': expected a name"},
        {edited("ws://127.0.0.1:8080/chat", "http://x"), "expected an endpoint"},
        {edited("ws://127.0.0.1:8080/chat", ""), "target.endpoints: expected at least 1 entries"},
        {edited("population:\n  users: 100\n", ""), "x.yaml:1:1: missing key 'population'"},
    };
    for (const auto& [text, message] : cases) EXPECT_THAT(errors_of(text), HasSubstr(message)) << text;
}

TEST(Scenario, RefusesValuesThatDoNotFitTogether) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {edited("users: 100", "users: 100\n  online: 101"), "x.yaml:6:11: 101 of 100 users cannot be online"},
        {edited("group: 40%", "group: 39%"),
         "x.yaml:11:16: behaviors.everyone.send.to: the shares must add up to 100%"},
        {edited("group: 40%", "channel: 40%"), "the topology has no conversation of this class"},
        {edited("size: {min: 3, max: 9}", "size: {min: 9, max: 3}"), "min is above max"},
        {edited("size: {min: 3, max: 9}", "size: 101"), "101 members, but the population has 100 users"},
        {edited(", size: {min: 3, max: 9}", ""), "x.yaml:8:5: topology.1: groups and channels need a size"},
        {edited("count: 50", "count: 50, size: 3"), "a direct conversation has 2 members"},
        {edited("bytes: 100", "bytes: {p50: 100, p99: 90}"), "p99 is below p50"},
        {edited("phase: connect, ramp: 50/s, until: population", "phase: a, for: 1s"),
         "the first phase, and only it, connects"},
        {edited("phase: drain, settle: 5s", "phase: b, for: 1s"), "the last phase, and only it, drains"},
        {edited("phase: drain", "phase: steady"), "x.yaml:15:13: a second phase named 'steady'"},
        {edited("settle: 5s", "settle: 5s, for: 5s"), "expected one of ramp"},
        {edited("settle: 5s", "settle: 5s, messages: 5/s"),
         "load.2.messages: only a phase that loads has it"},
        {edited("messages: 1k/s", "messages: 1k/s, streams: [{messages: 1/s}]"),
         "messages or streams, not both"},
        {edited("messages: 1k/s", "arrivals: constant"), "messages are missing"},
        {edited("messages: 1k/s", "streams: [{behavior: evryone, messages: 1/s}]"),
         "x.yaml:14:52: no behavior 'evryone' with `send` (did you mean 'everyone'?)"},
        {edited("messages: 1k/s", "streams: [{burst: 5}]"), "burst and at belong together"},
        {edited("messages: 1k/s", "streams: [{burst: 5, at: 10s}]"), "the phase is over then"},
        {edited("messages: 1k/s", "streams: [{behavior: everyone}]"),
         "expected one of messages, burst, sine or replay"},
        {edited("  endpoints: [ws://127.0.0.1:8080/chat]", "  adapter: hubbub"),
         "x.yaml:3:3: expected endpoints, or start"},
        {edited("load:", "expect: {slo: [\"delivery.p99{phase=stedy} < 1s\"]}\nload:"),
         "no measured load phase 'stedy' (did you mean 'steady'?)"},
    };
    for (const auto& [text, message] : cases) EXPECT_THAT(errors_of(text), HasSubstr(message)) << text;
}

TEST(Scenario, ReportsAllErrorsAtOnceInTheOrderOfTheText) {
    std::string text = edited("messages: 1k/s", "mesages: 1k");
    text.replace(text.find("users: 100"), 10, "users: 1OO");
    EXPECT_THAT(errors_of(text),
                testing::MatchesRegex("x.yaml:5:10: population.users: '1OO': expected a count[^\n]*\n"
                                      "x.yaml:14:31: unknown key 'mesages'[^\n]*"));
}

TEST(Scenario, BoundsBytesDepthAndNodes) {
    EXPECT_THAT(errors_of(std::string(1024 * 1024 + 1, ' ')), HasSubstr("more than 1048576 bytes"));
    EXPECT_THAT(errors_of(std::string(100'000, '[')), HasSubstr("deeper than 16"));
    std::string many = "x: [";
    for (int i = 0; i < 10'000; ++i) many += "1,";
    EXPECT_THAT(errors_of(many + "]"), HasSubstr("more than 10000 keys and values"));
}

TEST(Scenario, TakesValuesFromTheEnvironmentAndNeverShowsThem) {
    LoadOptions options;
    options.environment = {{"USERS", "500"}, {"SECRET", "hunter2"}, {"EMPTY", ""}};
    EXPECT_EQ(loaded(edited("users: 100", "users: ${USERS}"), options).users, 500U);
    EXPECT_EQ(loaded(edited("users: 100", "users: ${NONE:-300}"), options).users, 300U);
    EXPECT_EQ(loaded(edited("users: 100", "users: ${EMPTY:-300}"), options).users, 300U);
    EXPECT_EQ(loaded(valid_text() + "name: a ${USERS} b ${NONE:-c}\n", options).name, "a 500 b c");
    EXPECT_THAT(errors_of(edited("users: 100", "users: ${NONE}"), options),
                HasSubstr("x.yaml:5:10: the environment has no NONE"));
    EXPECT_THAT(errors_of(edited("users: 100", "users: ${NO NE}"), options), HasSubstr("expected ${VAR}"));
    EXPECT_THAT(errors_of(edited("users: 100", "users: '${USERS'"), options), HasSubstr("without }"));
    const std::string secret = errors_of(edited("users: 100", "users: ${SECRET}"), options);
    EXPECT_THAT(secret, HasSubstr("the value of '${SECRET}' is not a count"));
    EXPECT_THAT(secret, testing::Not(HasSubstr("hunter2")));
}

Scenario with_sets(std::vector<std::pair<std::string, std::string>> sets) {
    LoadOptions options;
    options.sets = std::move(sets);
    return loaded(valid_text(), options);
}

std::string set_error(const std::string& path, const std::string& value) {
    LoadOptions options;
    options.sets = {{path, value}};
    return errors_of(valid_text(), options);
}

TEST(Scenario, IsOverriddenByPath) {
    EXPECT_EQ(with_sets({{"population.users", "1000"}}).users, 1000U);
    EXPECT_EQ(with_sets({{"load.1.messages", "5k/s"}}).phases[1].streams[0].rate, 5000);
    EXPECT_EQ(with_sets({{"load.steady.messages", "5k/s"}}).phases[1].streams[0].rate, 5000);
    EXPECT_EQ(with_sets({{"topology.group.size", "7"}}).topology[1].size_min, 7U);
    EXPECT_EQ(
        with_sets({{"behaviors.everyone.send.bytes", "{p50: 60, p99: 90}"}}).behaviors[0].send->bytes.p99,
        90U);
    EXPECT_EQ(
        with_sets({{"behaviors.everyone.send.bytes.p50", "60"}, {"behaviors.everyone.send.bytes.p99", "90"}})
            .behaviors[0]
            .send->bytes.p50,
        60U);
    EXPECT_EQ(with_sets({{"report.prometheus.listen", "\"127.0.0.1:0\""}}).prometheus.listen, "127.0.0.1:0");
    EXPECT_EQ(with_sets({{"seed", "5"}, {"seed", "6"}}).seed, 6U);
}

TEST(Scenario, IsOverriddenByWholeMapsAndListsAndGrowsThem) {
    EXPECT_EQ(with_sets({{"population", "{users: 500, online: 20}"}}).online, 20U);
    EXPECT_EQ(with_sets({{"target.endpoints.+", "ws://b:1/chat"}}).target.endpoints.size(), 2U);
    EXPECT_EQ(with_sets({{"target.endpoints.1", "ws://b:1/chat"}}).target.endpoints[1], "ws://b:1/chat");
    EXPECT_EQ(with_sets({{"target.endpoints", "[ws://c:1/chat]"}}).target.endpoints[0], "ws://c:1/chat");
    EXPECT_EQ(with_sets({{"expect.slo.+", "lost == 0"}, {"expect.slo.+", "sent > 5"}}).expect.slo.size(), 2U);
    EXPECT_EQ(with_sets({{"expect.slo.0", "lost == 0"}}).expect.slo[0].metric, "lost");
    EXPECT_EQ(with_sets({{"topology.+.class", "group"}, {"topology.2.count", "3"}, {"topology.2.size", "4"}})
                  .topology[2]
                  .size_max,
              4U);
    EXPECT_EQ(with_sets({{"behaviors.lurker", "{}"}}).behaviors.size(), 2U);
    EXPECT_THAT(set_error("population.+", "5"), HasSubstr("unknown key '+' in population"));
    EXPECT_THAT(set_error("topology.4.count", "5"), HasSubstr("the list has 2 entries, counted from 0"));
}

TEST(Scenario, NamesTheOverrideThatIsWrong) {
    EXPECT_THAT(set_error("population.users", "many"),
                HasSubstr("--set population.users:1:1: population.users: 'many'"));
    EXPECT_THAT(set_error("population.usrs", "5"),
                HasSubstr("unknown key 'usrs' in population (did you mean 'users'?)"));
    EXPECT_THAT(set_error("load.7.messages", "5/s"), HasSubstr("the list has 3 entries, counted from 0"));
    EXPECT_THAT(set_error("load.nobody.messages", "5/s"),
                HasSubstr("no entry of the list is named 'nobody'"));
    EXPECT_THAT(set_error("population..users", "5"), HasSubstr("an empty step"));
    EXPECT_THAT(set_error("seed", "[1"), HasSubstr("--set seed:1:"));
}

TEST(Scenario, HashesTheTextAndWhateverChangesIt) {
    LoadOptions seeded;
    seeded.seed = 9;
    const std::string plain = loaded(valid_text()).text_hash;
    EXPECT_EQ(plain.size(), 16U);
    EXPECT_EQ(loaded(valid_text()).text_hash, plain);
    EXPECT_NE(loaded(valid_text() + "# more\n").text_hash, plain);
    EXPECT_NE(with_sets({{"population.users", "100"}}).text_hash, plain);
    EXPECT_NE(loaded(valid_text(), seeded).text_hash, plain);
    EXPECT_EQ(loaded(valid_text(), seeded).seed, 9U);
}

TEST(Scenario, CarriesPlacesForTheErrorsOfThePlan) {
    const std::string text = edited("count: 50}", "count: 4951}");
    EXPECT_EQ(errors_of(text), "");
    EXPECT_THAT(test::plan_error(loaded(text)),
                HasSubstr("dir/x.yaml:7:5: topology.0: 4951 direct conversations"));
}

TEST(Scenario, ThatCannotBeOpenedSaysSo) {
    const auto missing = load_scenario_file("/no/such/file.yaml", {});
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().message, "/no/such/file.yaml:1:1: cannot be opened");
    EXPECT_FALSE(load_scenario_file("/", {}).has_value());
}

}  // namespace
}  // namespace hubbub
