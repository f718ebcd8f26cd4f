// Wrongs and a storm in the same run: what may be accused then. Pure functions; any thread.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "loadgen/report/run_result.hpp"
#include "tests/support/sabotage_table.hpp"

namespace hubbub::test {

/// Counters that docs/SABOTAGE.md lets these acts move. A storm may heal what a wrong left out, so that it
/// cannot be counted; it never brings about another one.
inline std::set<std::string> may_move(const std::vector<SabotageRecord>& truth) {
    static const auto rules = sabotage_rules();
    std::set<std::string> out = {"gap_healed"};
    for (const SabotageRecord& record : truth) {
        const SabotageRule& rule = rules.at(std::string(name(record.kind)));
        for (const auto& [counter, shares] : rule.exactly) out.insert(counter);
        out.insert(rule.may_follow.begin(), rule.may_follow.end());
    }
    return out;
}

struct StormFindings {
    bool found = false;        ///< something was accused
    std::string wrongly = {};  ///< what no act explains: "lost 2, order 1"
};

/// What a run accused, held against what was done in it.
inline StormFindings findings_in_a_storm(const RunResult& run, const std::vector<SabotageRecord>& truth) {
    StormFindings out;
    const auto allowed = may_move(truth);
    if (!run.in.error.empty()) out.wrongly = run.in.error;
    for (const auto& [counter, count] : by_name(run.in.judgement.violations)) {
        if (count == 0) continue;
        out.found = out.found || counter != "gap_healed";
        if (allowed.contains(std::string(counter))) continue;
        out.wrongly += (out.wrongly.empty() ? "" : ", ") + std::string(counter) + " " + std::to_string(count);
    }
    return out;
}

}  // namespace hubbub::test
