// docs/SABOTAGE.md as code: which counters the records of a truth must have moved, and which may follow.
// Pure; any thread.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "loadgen/check/judge.hpp"
#include "refserver/core/sabotage.hpp"

namespace hubbub::test {

struct Expected {
    std::map<std::string, std::uint64_t> exactly;
    std::set<std::string> may_follow;
};

inline Expected expected_from(const std::vector<SabotageRecord>& truth) {
    Expected out;
    auto follow = [&](std::initializer_list<const char*> names) {
        out.may_follow.insert(names.begin(), names.end());
    };
    for (const SabotageRecord& record : truth) {
        auto& exactly = out.exactly;
        switch (record.kind) {
            case SabotageKind::lose_after_ack:
                exactly["lost"] += record.receivers;
                exactly["history"] += 1;
                follow({"gap_live"});
                break;
            case SabotageKind::lose_for_one:
                exactly["lost"] += 1;
                follow({"gap_live", "history", "resume"});
                break;
            case SabotageKind::drop_live:
            case SabotageKind::swap_delivery:
                exactly["gap_live"] += 1;
                exactly["gap_healed"] += 1;
                break;
            case SabotageKind::duplicate_entry:
                exactly["duplicate"] += 1;
                break;
            case SabotageKind::duplicate_raw:
                exactly["duplicate_raw"] += 1;
                break;
            case SabotageKind::swap_order:
                exactly["order"] += 1;
                break;
            case SabotageKind::wrong_sender:
            case SabotageKind::corrupt_body:
                exactly["corrupt"] += 1;
                break;
            case SabotageKind::disagree:
                exactly["disagreement"] += 1;
                follow({"lost"});
                break;
            case SabotageKind::misdeliver:
                exactly["leaked"] += 1;
                break;
            case SabotageKind::phantom:
                exactly["phantom"] += 1;
                break;
            case SabotageKind::burn_sequence:
                exactly["gap_live"] += record.receivers + 1;
                exactly["history"] += 1;
                break;
            case SabotageKind::lose_ack:
            case SabotageKind::late_delivery:
                break;
            case SabotageKind::stale_history:
            case SabotageKind::history_skip:
                exactly["history"] += 1;
                break;
            case SabotageKind::resume_skip:
                exactly["resume"] += 1;
                follow({"gap_live", "gap_healed"});
                break;
            case SabotageKind::resume_repeat:
                exactly["duplicate_raw"] += 1;
                break;
            case SabotageKind::wrong_epoch:
                exactly["resume"] += 1;
                follow({"duplicate_raw"});
                break;
        }
    }
    return out;
}

/// Report and truth must be equal: exact counters exactly, followers freely, everything else 0.
inline testing::AssertionResult agrees(const Violations& found, const std::vector<SabotageRecord>& truth) {
    const Expected expected = expected_from(truth);
    std::string differences;
    for (const auto& [counter, value] : by_name(found)) {
        const auto exact = expected.exactly.find(counter);
        if (exact == expected.exactly.end()) {
            if (value != 0 && !expected.may_follow.contains(counter))
                differences += " " + counter + "=" + std::to_string(value) + " (accused wrongly)";
        } else if (value != exact->second &&
                   !(expected.may_follow.contains(counter) && value > exact->second)) {
            differences += " " + counter + "=" + std::to_string(value) + " (truth " +
                           std::to_string(exact->second) + ")";
        }
    }
    if (differences.empty()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << truth.size() << " wrongs done;" << differences;
}

}  // namespace hubbub::test
