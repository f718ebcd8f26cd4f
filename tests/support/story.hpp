// What a failed test says of a run. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "loadgen/report/run_result.hpp"

namespace hubbub::test {

/// How many wrongs of all kinds.
inline std::uint64_t sum(const Violations& violations) {
    std::uint64_t total = 0;
    for (const auto& [name, value] : by_name(violations)) total += value;
    return total;
}

/// Verdict, wrongs with their evidence, errors, and what made the run inconclusive.
inline std::string story(const RunResult& run) {
    std::string out = std::string(name(run.verdict)) + " " + run.in.error;
    for (const auto& [name, value] : by_name(run.in.judgement.violations))
        if (value) out += " " + name + "=" + std::to_string(value);
    for (const auto& [stage, count] : run.in.connections.errors)
        out += " [" + stage + " x" + std::to_string(count) + "]";
    for (const auto& reason : run.in.health.reasons) out += " (" + reason + ")";
    for (const auto& e : run.in.judgement.evidence)
        out += "\n  " + e.kind + " " + e.conversation + " q" + std::to_string(e.sequence) + " " + e.sender +
               " to " + e.receiver + " at " + std::to_string(e.at) + ": " + e.why;
    return out;
}

}  // namespace hubbub::test
