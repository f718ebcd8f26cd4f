#include "cli/quick_scenario.hpp"

#include <algorithm>

#include "loadgen/scenario/units.hpp"

namespace hubbub::cli {
namespace {

/// Below, groups and pairs that differ cannot be dealt out.
constexpr std::uint32_t users_min = 10;

std::string text_of(std::uint32_t users, const std::string& duration) {
    return "version: 1\n"
           "name: quick\n"
           "target: {start: {server: embedded}}\n"
           "population: {users: " +
           std::to_string(users) +
           "}\n"
           "topology:\n"
           "  - {class: direct, count: " +
           std::to_string(users) + "}\n  - {class: group, count: " + std::to_string(users / 10) +
           ", size: {min: 3, max: 8}}\n"
           "behaviors:\n"
           "  everyone: {send: {to: {direct: 70%, group: 30%}, bytes: 120}}\n"
           "load:\n"
           "  - {phase: connect, ramp: 500/s, until: population}\n"
           "  - {phase: steady, for: " +
           duration + ", messages: " + std::to_string(users * 6ULL) +
           "/m, arrivals: poisson}\n"
           "  - {phase: drain, settle: 10s}\n";
}

}  // namespace

Result<RunOptions> with_scenario(RunOptions options) {
    const bool quick = options.users != 0 || !options.duration.empty();
    if (!options.scenario.file.empty()) {
        if (quick)
            return fail(
                "--users and --for are for runs without a scenario; with one: --set population.users=100");
        return options;
    }
    if (options.users == 0 || options.duration.empty())
        return fail("run what? a scenario file, or --users 100 --for 30s");
    if (options.users < users_min) return fail("--users: at least " + std::to_string(users_min));
    if (!parse_duration(options.duration))
        return fail("--for " + options.duration + ": expected a duration such as 30s");
    options.scenario.file = "--users " + std::to_string(options.users) + " --for " + options.duration;
    options.scenario.text = text_of(options.users, options.duration);
    return options;
}

}  // namespace hubbub::cli
