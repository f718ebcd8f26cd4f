// `faults:` and `network:` in a scenario: what they become, and what is refused, with its place.
#include <gmock/gmock.h>

#include "chaos/fault_kind.hpp"
#include "chaos/faults/registry.hpp"
#include "chaos/target_fault.hpp"
#include "loadgen/plan/fault_choice.hpp"
#include "loadgen/scenario/network_profiles.hpp"
#include "plan_fixture.hpp"
#include "scenario_text.hpp"

namespace hubbub {
namespace {

using test::errors_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::string with_faults(const std::string& entries) {
    return test::valid_text() + "faults:\n" + entries + "\n";
}
std::string embedded_with_faults(const std::string& entries) {
    return test::edited("  endpoints: [ws://127.0.0.1:8080/chat]\n", "  start: {server: embedded}\n") +
           "faults:\n" + entries + "\n";
}
std::string with_network(const std::string& network) {
    return test::edited("  users: 100\n",
                        "  users: 100\n  cohorts: {phones: {share: 100%, network: " + network + "}}\n");
}
Scenario loaded(const std::string& text) {
    auto scenario = load_scenario_text(text, "x.yaml", {});
    EXPECT_TRUE(scenario.has_value()) << (scenario ? "" : scenario.error().message);
    return scenario ? *scenario : Scenario{};
}

TEST(ScenarioFaults, StandInTheirOrderWithTheirTimes) {
    const Scenario scenario = loaded(
        with_faults("  - {at: steady+2s, do: reset, offline: 500ms, select: {sample: 20%, class: group}}\n"
                    "  - {at: connect, for: 3s, do: {latency: 150ms, jitter: 50ms, stream: both}}"));
    ASSERT_EQ(scenario.faults.size(), 2U);
    const TimedFault& storm = scenario.faults[0];
    EXPECT_EQ(storm.phase, "steady");
    EXPECT_EQ(storm.offset, 2s);
    EXPECT_TRUE(storm.deed.reset);
    EXPECT_EQ(storm.offline, 500ms);
    EXPECT_EQ(storm.select.sample, 0.2);
    EXPECT_EQ(storm.select.kind, ConversationClass::group);
    const TimedFault& slow = scenario.faults[1];
    EXPECT_EQ(slow.offset, 0s);
    EXPECT_EQ(slow.length, 3s);
    ASSERT_EQ(slow.deed.links.size(), 1U);
    EXPECT_EQ(slow.deed.links[0].kind, &latency_fault);
    EXPECT_THAT(slow.deed.links[0].values, ElementsAre(150, 50, 0));
    EXPECT_TRUE(slow.deed.links[0].upstream && slow.deed.links[0].downstream);
}

TEST(ScenarioFaults, TakeAFaultByNameByItsFirstAttributeOrByAMap) {
    const Scenario scenario =
        loaded(with_faults("  - {at: steady, do: half_open}\n"
                           "  - {at: steady, do: {bandwidth: 20KB/s}}\n"
                           "  - {at: steady, do: {stall: {bytes: 10, duration: 2s}, slicer: {average_size: "
                           "7, stream: upstream}}}"));
    ASSERT_EQ(scenario.faults.size(), 3U);
    EXPECT_THAT(scenario.faults[0].deed.links[0].values, ElementsAre(0, 0));
    EXPECT_THAT(scenario.faults[1].deed.links[0].values, ElementsAre(20));
    EXPECT_THAT(scenario.faults[2].deed.links[0].values, ElementsAre(10, 2'000));
    EXPECT_THAT(scenario.faults[2].deed.links[1].values, ElementsAre(7, 0, 0));
    EXPECT_FALSE(scenario.faults[2].deed.links[1].downstream);
    EXPECT_EQ(kind_of(scenario.faults[2].deed), "stall, slicer");
}

TEST(ScenarioFaults, TakeEveryFaultOfTheRegistry) {
    for (const FaultKind* kind : fault_kinds()) {
        std::string attributes;
        for (const FaultAttribute& attribute : kind->attributes) {
            const char* const value = attribute.unit == FaultUnit::milliseconds         ? "2s"
                                      : attribute.unit == FaultUnit::microseconds       ? "5us"
                                      : attribute.unit == FaultUnit::kilobytes_a_second ? "10KB/s"
                                                                                        : "2";
            const std::string word(attribute.words.substr(0, attribute.words.find('|')));
            attributes += (attributes.empty() ? "" : ", ") + std::string(attribute.name) + ": " +
                          (attribute.unit == FaultUnit::word ? word : value);
        }
        const std::string entry =
            "  - {at: steady, do: {" + std::string(kind->name) + ": {" + attributes + "}}}";
        EXPECT_EQ(errors_of(with_faults(entry)), "") << entry;
    }
}

TEST(ScenarioFaults, TakeWhatIsDoneToTheTarget) {
    const Scenario scenario = loaded(
        embedded_with_faults("  - {at: steady+1s, do: {kill: server, signal: TERM, restart_after: 3s}}"));
    ASSERT_TRUE(scenario.faults[0].deed.target);
    EXPECT_THAT(scenario.faults[0].deed.target->values, ElementsAre(0, 1, 3'000));
    EXPECT_EQ(lasts(scenario.faults[0]), 3s);
}

struct Refusal {
    const char* entry;
    const char* why;
};

TEST(ScenarioFaults, RefuseWhatNamesNothing) {
    const Refusal refusals[] = {
        {"  - {at: steady+1s, do: latancy}",
         "x.yaml:17:25: faults.0.do: no fault 'latancy' (did you mean 'latency'?)"},
        {"  - {at: stedy+1s, do: reset}",
         "x.yaml:17:10: faults.0.at: no phase 'stedy' (did you mean 'steady'?)"},
        {"  - {at: steady+10s, do: reset}", "faults.0.at: the phase is over then"},
        {"  - {at: drain, do: reset}", "at the drain all faults are healed"},
        {"  - {at: steady, do: reset, select: {cohort: x}}", "no cohort 'x'"},
        {"  - {at: steady, do: reset, select: {endpoint: 1}}", "the target has 1, counted from 0"},
        {"  - {at: steady, do: reset, select: {class: channel}}", "no conversation of this class"},
        {"  - {at: steady, do: reset, for: 2s}", "only faults of connections have it"},
        {"  - {at: steady, do: {latency: 5ms}, offline: 1s}", "faults.0.offline: only with do: reset"},
        {"  - {at: steady, do: {latency: 5ms, jiter: 2ms}}",
         "x.yaml:17:37: unknown key 'jiter' in faults.0.do (did you mean 'jitter'?)"},
        {"  - {at: steady, do: {latency: 5}}", "'5': expected whole milliseconds such as 150ms or 2s"},
        {"  - {at: steady, do: {latency: 1.5ms}}", "expected whole milliseconds"},
        {"  - {at: steady, do: {frame_drop: {one_in: 0}}}", "must be between 1 and"},
        {"  - {at: steady, do: slicer}", "slicer needs average_size"},
        {"  - {at: steady, do: {slicer: {average_size: 5, size_variation: 6}}}",
         "must not be above average_size"},
        {"  - {at: steady, do: {latency: 5ms, stream: sideways}}", "expected downstream, upstream or both"},
        {"  - {at: steady, do: {latency: 1ms, accept_delay: 1ms, jitter: 1ms}}",
         "is it latency's or accept_delay's?"},
        {"  - {at: steady, do: {}}", "expected reset, expire_tokens, or faults such as"},
        {"  - {at: steady, do: {kill: server}}", "needs a target that the run starts itself"},
        {"  - {do: reset}", "missing key 'at'"},
    };
    for (const Refusal& refusal : refusals)
        EXPECT_THAT(errors_of(with_faults(refusal.entry)), HasSubstr(refusal.why)) << refusal.entry;
    EXPECT_THAT(errors_of(embedded_with_faults("  - {at: steady, do: {kill: server, signal: HUP}}")),
                HasSubstr("'HUP': expected KILL or TERM"));
    EXPECT_THAT(errors_of(embedded_with_faults("  - {at: steady, do: {kill: server}, select: {sample: 5%}}")),
                HasSubstr("meets everybody"));
}

TEST(ScenarioFaults, LetTokensExpireWhereThereAreSome) {
    const auto with_tokens = [](const std::string& entry) {
        return test::edited(
                   "  endpoints: [ws://127.0.0.1:8080/chat]\n",
                   "  endpoints: [ws://127.0.0.1:8080/chat]\n"
                   "  auth: {jwt: {secret: \"${NOBODY:-a secret of 32 bytes at the very least}\"}}\n") +
               "faults:\n" + entry + "\n";
    };
    const Scenario scenario =
        loaded(with_tokens("  - {at: steady+5s, do: expire_tokens, select: {sample: 20%}}"));
    ASSERT_EQ(scenario.faults.size(), 1U);
    EXPECT_TRUE(scenario.faults[0].deed.expire_tokens);
    EXPECT_EQ(kind_of(scenario.faults[0].deed), "expire_tokens");
    EXPECT_EQ(lasts(scenario.faults[0]), 1s);
    EXPECT_THAT(errors_of(with_faults("  - {at: steady+5s, do: expire_tokens}")),
                HasSubstr("faults.0.do: expire_tokens needs target.auth"));
    const Refusal refusals[] = {
        {"  - {at: steady+2s, do: expire_tokens}", "needs 3s of its phase before it"},
        {"  - {at: steady+5s, do: expire_tokens, over: 2s}", "faults.0.over: only with do: reset"},
        {"  - {at: steady+5s, do: expire_tokens, for: 2s}", "only faults of connections have it"},
        {"  - {at: steady+5s, do: expire_tokens, select: {endpoint: 0}}", "tokens belong to users"},
        {"  - {at: steady+5s, do: {expire_tokens: {}}}", "write do: expire_tokens"},
        {"  - {at: steady+5s, do: expire_token}", "did you mean 'expire_tokens'?"},
    };
    for (const Refusal& refusal : refusals)
        EXPECT_THAT(errors_of(with_tokens(refusal.entry)), HasSubstr(refusal.why)) << refusal.entry;
}

TEST(ScenarioFaults, RefuseALevelForAFaultThatIsNotThere) {
    const std::string text = with_faults("  - {at: steady, do: reset}");
    EXPECT_EQ(errors_of(text + "expect: {slo: [\"reconnect.p99{fault=1} < 5s\"]}\n"), "");
    EXPECT_THAT(errors_of(text + "expect: {slo: [\"reconnect.p99{fault=2} < 5s\"]}\n"),
                HasSubstr("no fault 2: faults: has 1"));
    EXPECT_THAT(errors_of(text + "expect: {slo: [\"ack.p99{fault=1} < 5s\"]}\n"),
                HasSubstr("only reconnect is told apart by faults"));
}

TEST(ScenarioNetworks, AreNamesOrFaults) {
    for (const NetworkProfile& profile : network_profiles()) {
        const Scenario scenario = loaded(with_network(std::string(profile.name)));
        EXPECT_EQ(scenario.population.cohorts[0].network.profile, profile.name);
        for (const LinkFault& fault : profile.faults) {
            ASSERT_EQ(fault.values.size(), fault.kind->attributes.size()) << profile.name;
            const std::string why = fault.kind->check ? fault.kind->check(fault.values) : "";
            EXPECT_EQ(why, "") << profile.name;
        }
    }
    const Scenario own =
        loaded(with_network("{latency: 80ms, jitter: 30ms, bandwidth: 100KB/s, stream: both}"));
    EXPECT_EQ(own.population.cohorts[0].network.links.size(), 2U);
    EXPECT_TRUE(own.population.cohorts[0].network.links[1].upstream);
}

TEST(ScenarioNetworks, RefuseWhatNoNetworkDoes) {
    EXPECT_THAT(errors_of(with_network("3gg")), HasSubstr("(did you mean '3g'?)"));
    EXPECT_THAT(errors_of(with_network("frame_drop")), HasSubstr("no network does frame_drop"));
    EXPECT_THAT(errors_of(with_network("{kill: server}")), HasSubstr("kill is no matter of a network"));
    EXPECT_THAT(errors_of(with_network("reset")), HasSubstr("no fault 'reset'"));
}

TEST(FaultChoice, IsAShareDrawnByHashAndTheSameForEverybody) {
    Scenario scenario = test::small_scenario();
    scenario.faults.resize(2);
    for (TimedFault& fault : scenario.faults) {
        fault.phase = "steady";
        fault.deed.reset = true;
        fault.select.sample = 0.3;
    }
    const auto plan = test::plan_of(scenario);
    std::uint32_t first = 0, both = 0;
    for (std::uint32_t d = 0; d < plan->online_devices; ++d) {
        first += selects(*plan, 0, DeviceIndex{d}) ? 1 : 0;
        both += selects(*plan, 0, DeviceIndex{d}) && selects(*plan, 1, DeviceIndex{d}) ? 1 : 0;
    }
    EXPECT_NEAR(first, 45, 20);
    EXPECT_LT(both, first) << "each fault draws for itself";
}

TEST(FaultChoice, TakesMembersOfAClassAlone) {
    Scenario scenario = test::small_scenario();
    scenario.faults.resize(1);
    scenario.faults[0].select.kind = ConversationClass::channel;
    const auto plan = test::plan_of(scenario);
    for (std::uint32_t d = 0; d < plan->online_devices; ++d) {
        bool member = false;
        for (const ConversationIndex c : plan->conversations_of(DeviceIndex{d}))
            member |= plan->conversations[c.value].kind == ConversationClass::channel;
        EXPECT_EQ(selects(*plan, 0, DeviceIndex{d}), member) << d;
    }
}

}  // namespace
}  // namespace hubbub
