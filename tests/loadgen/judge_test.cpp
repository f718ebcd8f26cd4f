// Whole histories: a clean system is never accused, a broken one is never excused, and the number of workers
// does not matter.
#include "loadgen/check/judge.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "check_world.hpp"
#include "judged.hpp"
#include "tests/support/sabotage_table.hpp"

namespace hubbub {
namespace {

using test::CheckWorld;
using test::text_of;
using test::WorldOptions;

const std::shared_ptr<const Plan>& plan() {
    static const std::shared_ptr<const Plan> made = test::world_plan();
    return made;
}

std::string accusations(const Judgement& judgement) {
    std::string out;
    for (const auto& [name, count] : by_name(judgement.violations))
        if (count > 0) out += name + "=" + std::to_string(count) + " ";
    for (const Evidence& e : judgement.evidence)
        out += "\n  " + e.kind + " c=" + e.conversation + " q=" + std::to_string(e.sequence) + " from " +
               e.sender + " to " + e.receiver + ": " + e.why;
    return out;
}

TEST(Judge, NeverAccusesACleanSystem) {
    std::uint64_t resumed = 0;
    for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
        WorldOptions options;
        options.seed = seed;
        options.workers = 1 + static_cast<std::uint32_t>(seed % 3);
        const Judgement judgement = CheckWorld(plan(), options).run();
        ASSERT_EQ(judgement.violations, Violations{}) << "seed " << seed << ": " << accusations(judgement);
        ASSERT_EQ(judgement.totals.unverified, 0u) << "seed " << seed;
        ASSERT_EQ(judgement.totals.missing, 0u) << "seed " << seed;
        ASSERT_EQ(judgement.totals.delivered, judgement.totals.expected) << "seed " << seed;
        ASSERT_GT(judgement.totals.expected, 20u) << "seed " << seed << ": a history without traffic";
        resumed += judgement.totals.indeterminate;
    }
    EXPECT_GT(resumed, 100u) << "the histories hold sends of unknown outcome";
}

TEST(Judge, SaysTheSameForAnyNumberOfWorkers) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        std::string one;
        for (const std::uint32_t workers : {1u, 2u, 3u, 7u}) {
            WorldOptions options;
            options.seed = seed;
            options.workers = workers;
            if (seed % 2 == 0)
                for (const auto& [kind, rule] : test::sabotage_rules()) options.wrongs[kind] = 1;
            options.resets = seed % 3 != 0;
            const std::string text = text_of(CheckWorld(plan(), options).run());
            if (workers == 1)
                one = text;
            else
                ASSERT_EQ(text, one) << "seed " << seed << ", " << workers << " workers";
        }
    }
}

/// Histories in which the acts are neither undone nor healed by what else happens in them.
WorldOptions quiet_enough_for(const std::set<std::string>& kinds) {
    // A broken connection may take the act with it, or heal it before it shows.
    static const std::set<std::string> unbroken = {"lose_after_ack", "drop_live",     "duplicate_raw",
                                                   "swap_delivery",  "burn_sequence", "disagree",
                                                   "misdeliver"};
    // Only what was acknowledged can be lost.
    static const std::set<std::string> acked = {"lose_after_ack", "lose_for_one"};
    // A device that may only page would miss what the pages leave out.
    static const std::set<std::string> pages = {"history_skip", "stale_history"};
    const auto any_of = [&](const std::set<std::string>& some) {
        return std::any_of(kinds.begin(), kinds.end(), [&](const auto& kind) { return some.contains(kind); });
    };
    WorldOptions options;
    options.resets = !any_of(unbroken);
    options.abandons = !any_of(acked);
    if (any_of(pages)) options.catch_up_max = UINT32_MAX;
    return options;
}

class Sabotage : public testing::TestWithParam<std::string> {};

TEST_P(Sabotage, MovesExactlyItsCounters) {
    std::size_t acts = 0;
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
        WorldOptions options = quiet_enough_for({GetParam()});
        options.seed = seed;
        options.workers = 1 + static_cast<std::uint32_t>(seed % 3);
        options.wrongs[GetParam()] = 1 + static_cast<unsigned>(seed % 3);
        CheckWorld world(plan(), options);
        const Judgement judgement = world.run();
        acts += world.truth().size();
        ASSERT_TRUE(test::agrees(judgement.violations, world.truth()))
            << "seed " << seed << ", " << world.truth().size() << " acts: " << accusations(judgement);
        std::set<std::string> shown;
        for (const Evidence& evidence : judgement.evidence) shown.insert(evidence.kind);
        for (const auto& [counter, count] : by_name(judgement.violations))
            ASSERT_EQ(shown.contains(counter), count > 0) << counter << " without a case, seed " << seed;
    }
    EXPECT_GT(acts, 75u) << "the act hardly ever happened";
}

std::vector<std::string> all_kinds() {
    std::vector<std::string> kinds;
    // Nobody leaves, reads, reacts or watches in the world of these tests; those kinds are shown by
    // tests/refserver/rooms_model_test.cpp and in tests/sim.
    for (const auto& [kind, rule] : test::sabotage_rules())
        if (kind != "deliver_after_leave" && !kind.starts_with("receipt_") &&
            !kind.starts_with("presence_") && !kind.starts_with("reaction_") && kind != "false_offline" &&
            kind != "late_presence")
            kinds.push_back(kind);
    return kinds;
}

INSTANTIATE_TEST_SUITE_P(Kinds, Sabotage, testing::ValuesIn(all_kinds()),
                         [](const auto& kind) { return kind.param; });

TEST(Judge, CountsEveryDeliveryAndEveryMissingOneInItsReceiversCohort) {
    std::uint64_t missing = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        WorldOptions options = quiet_enough_for({"lose_for_one"});
        options.seed = seed;
        options.workers = 1 + static_cast<std::uint32_t>(seed % 3);
        options.wrongs["lose_for_one"] = 2;
        options.abandons = seed % 2 == 0;  // then some are never answered
        const Judgement judgement = CheckWorld(plan(), options).run();
        for (const std::string kind : {"delivery", "ack"}) {
            Histogram sum;
            for (const std::string cohort : {"cohort=mobile", "cohort=desk"})
                if (const auto one = judgement.latency.find({kind, cohort}); one != judgement.latency.end())
                    sum += one->second;
            const Histogram& all = judgement.latency.at({kind, ""});
            ASSERT_EQ(sum.count(), all.count()) << kind << ", seed " << seed;
            ASSERT_EQ(sum.missing(), all.missing()) << kind << ", seed " << seed;
            missing += all.missing();
        }
    }
    EXPECT_GT(missing, 20u);
}

TEST(SabotageTable, HasEveryKind) {
    EXPECT_EQ(test::sabotage_rules().size(), 29u);
    const auto burn = test::sabotage_rules().at("burn_sequence");
    EXPECT_EQ(burn.exactly.at("gap_live"), (std::pair<std::uint64_t, std::uint64_t>{1, 1}));
    EXPECT_EQ(burn.exactly.at("history"), (std::pair<std::uint64_t, std::uint64_t>{0, 1}));
}

TEST(Judge, CondemnsSeveralWrongsAtOnceByName) {
    const std::vector<std::string> kinds = all_kinds();
    // Under a log that lost or rewrote something another epoch is no fault.
    const std::set<std::string> excuses = {"lose_after_ack", "lose_for_one", "disagree", "history_skip",
                                           "stale_history"};
    const auto hides = [&](const std::string& kind, const std::string& other) {
        return kind == "wrong_epoch" && excuses.contains(other);
    };
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        Random draw(seed);
        std::set<std::string> chosen;
        while (chosen.size() < 3) {
            const std::string& kind = kinds[draw.below(kinds.size())];
            if (std::none_of(chosen.begin(), chosen.end(),
                             [&](const auto& other) { return hides(kind, other) || hides(other, kind); }))
                chosen.insert(kind);
        }
        WorldOptions options = quiet_enough_for(chosen);
        options.seed = seed;
        options.workers = 1 + static_cast<std::uint32_t>(seed % 3);
        for (const std::string& kind : chosen) options.wrongs[kind] = 2;
        CheckWorld world(plan(), options);
        const Judgement judgement = world.run();
        std::string acts;
        for (const test::Act& act : world.truth()) acts += act.kind + " ";
        ASSERT_TRUE(test::agrees(judgement.violations, world.truth()))
            << "seed " << seed << ", acts " << acts << ": " << accusations(judgement);
    }
}

}  // namespace
}  // namespace hubbub
