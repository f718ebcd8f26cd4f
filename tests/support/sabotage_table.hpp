// The table of docs/SABOTAGE.md as values, so that the page and the tests cannot part: which counters the
// acts of a truth must have moved, and which may follow. Pure functions; one thread.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "loadgen/check/violations.hpp"
#include "loadgen/scenario/habits.hpp"
#include "refserver/core/sabotage.hpp"
#include "tests/support/scenarios.hpp"

namespace hubbub::test {

struct SabotageRule {
    /// counter -> (share per receiver, share per act)
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> exactly;
    std::set<std::string> may_follow;
};

inline std::vector<std::string> cells_of(const std::string& line, char separator) {
    std::vector<std::string> cells;
    std::stringstream in(line);
    for (std::string cell; std::getline(in, cell, separator);) {
        const auto first = cell.find_first_not_of(' ');
        const auto last = cell.find_last_not_of(' ');
        cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
    }
    return cells;
}

/// Rows `| kind | the act | exactly | may follow |`.
inline std::map<std::string, SabotageRule> sabotage_rules() {
    std::ifstream page(HUBBUB_SOURCE_DIR "/docs/SABOTAGE.md");
    std::map<std::string, SabotageRule> rules;
    for (std::string line; std::getline(page, line);) {
        const auto cells = cells_of(line, '|');
        if (cells.size() < 4 || cells[1] == "kind" || cells[1].starts_with("-")) continue;
        SabotageRule& rule = rules[cells[1]];
        if (cells[3] != "harmless") {
            const std::string exact = cells[3].substr(0, cells[3].find('('));
            const std::string rest =
                cells[3].find(')') == std::string::npos ? "" : cells[3].substr(cells[3].find(')') + 1);
            for (const std::string& item : cells_of(exact + rest, ',')) {
                if (item.empty()) continue;
                const auto words = cells_of(item, '+');
                auto& [per_receiver, per_act] = rule.exactly[words[0]];
                for (std::size_t i = 1; i < words.size(); ++i)
                    ++(words[i] == "receivers" ? per_receiver : per_act);
            }
        }
        if (cells.size() > 4)
            for (const std::string& counter : cells_of(cells[4], ','))
                if (!counter.empty()) rule.may_follow.insert(counter);
    }
    return rules;
}

inline const std::string& kind_name(const std::string& kind) {
    return kind;
}
template <class Kind>
std::string kind_name(Kind kind) {
    return std::string(name(kind));
}

/// What the page demands after these acts (`kind`, `receivers`), held against what the judge found: exact
/// counters exactly, followers freely, everything else 0.
template <class Act>
testing::AssertionResult agrees(const Violations& found, const std::vector<Act>& truth) {
    static const auto rules = sabotage_rules();
    std::map<std::string, std::uint64_t> exact;
    std::set<std::string> free;
    for (const Act& act : truth) {
        const SabotageRule& rule = rules.at(kind_name(act.kind));
        for (const auto& [counter, shares] : rule.exactly)
            exact[counter] += shares.first * act.receivers + shares.second;
        free.insert(rule.may_follow.begin(), rule.may_follow.end());
    }
    std::string wrong;
    for (const auto& [counter, count] : by_name(found)) {
        const std::uint64_t wanted = exact[counter];
        if (count == wanted || (count > wanted && free.contains(counter))) continue;
        wrong +=
            " " + counter + ": " + std::to_string(count) + " found, " + std::to_string(wanted) + " done;";
    }
    if (wrong.empty()) return testing::AssertionSuccess();
    return testing::AssertionFailure() << truth.size() << " wrongs done;" << wrong;
}

/// A wrong of presence that is one only when a watcher had to wait for too long.
inline bool takes_time(SabotageKind kind) {
    return kind == SabotageKind::false_offline || kind == SabotageKind::late_presence;
}
/// Beats and TTL that make such a run one of seconds: what is wrong then is due after 2 s and 1.5 beats.
inline constexpr Duration quick_beat = std::chrono::milliseconds{400};
inline constexpr Duration quick_silence = std::chrono::milliseconds{1200};

/// What users must do for the kind to have occasions.
inline Habits habits_for(SabotageKind kind) {
    Habits habits;
    if (kind == SabotageKind::typing_leak) habits.typing = TypingHabit{std::chrono::milliseconds{300}};
    if (kind == SabotageKind::receipt_backwards || kind == SabotageKind::receipt_too_high)
        habits.read = ReadHabit{{std::chrono::milliseconds{100}, std::chrono::milliseconds{300}}};
    if (kind == SabotageKind::presence_to_stranger) habits.presence = PresenceHabit{2, 0};
    if (takes_time(kind)) habits.presence = PresenceHabit{5, 0};
    if (kind == SabotageKind::reaction_lost || kind == SabotageKind::reaction_invented)
        habits.react = ReactHabit{0.5, {std::chrono::milliseconds{20}, std::chrono::milliseconds{200}}};
    return habits;
}

/// Everybody watches others and stays. The kinds that take time are found in such runs.
inline SmallScenario presence_scenario(SabotageKind kind, std::uint64_t seed,
                                       std::vector<DeviceShare> devices = {}) {
    return {.users = 12,
            .directs = 10,
            .groups = 3,
            .channels = 0,
            .rate = 5,
            .length = std::chrono::milliseconds{4500},
            .settle = std::chrono::seconds{1},
            .seed = seed,
            .devices = std::move(devices),
            .habits = habits_for(kind)};
}

inline std::vector<std::uint8_t> kinds_that_take_time() {
    std::vector<std::uint8_t> kinds;
    for (std::uint8_t k = 0; k < sabotage_kinds; ++k)
        if (takes_time(static_cast<SabotageKind>(k))) kinds.push_back(k);
    return kinds;
}

/// What a short run shows in which nobody leaves. tests/refserver/rooms_model_test.cpp shows who is told
/// after having left.
inline std::vector<std::uint8_t> kinds_without_leaving() {
    std::vector<std::uint8_t> kinds;
    for (std::uint8_t k = 0; k < sabotage_kinds; ++k)
        if (const auto kind = static_cast<SabotageKind>(k);
            kind != SabotageKind::deliver_after_leave && !takes_time(kind))
            kinds.push_back(k);
    return kinds;
}

}  // namespace hubbub::test
