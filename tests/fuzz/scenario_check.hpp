// What must hold for any bytes given as a scenario: no crash, no hang, and every refusal says where.
// Used by the fuzzer and by the tests that mutate the shipped files; one thread.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "loadgen/plan/figures.hpp"
#include "loadgen/scenario/scenario.hpp"

namespace hubbub {

enum class ScenarioVerdict { refused, unplannable, planned };

/// `file:line:column: what`, with a line of the text.
inline bool names_its_place(std::string_view error, std::string_view file, std::uint32_t lines) {
    if (error.starts_with("base.yaml:")) file = "base.yaml";
    if (!error.starts_with(file) || error.size() <= file.size() || error[file.size()] != ':') return false;
    const char* end = error.data() + error.size();
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    const auto after_line = std::from_chars(error.data() + file.size() + 1, end, line);
    if (after_line.ec != std::errc{} || line < 1 || line > lines || *after_line.ptr != ':') return false;
    const auto after_column = std::from_chars(after_line.ptr + 1, end, column);
    return after_column.ec == std::errc{} && column >= 1 && *after_column.ptr == ':' && end - after_column.ptr > 2;
}

inline void check_refusal(std::string_view errors, std::string_view file, std::uint32_t lines) {
    HUBBUB_ASSERT(!errors.empty(), "a refusal has a message");
    while (!errors.empty()) {
        const std::size_t end = std::min(errors.find('\n'), errors.size());
        const std::string error(errors.substr(0, end));
        if (!error.starts_with("(further errors") && !names_its_place(error, file, lines)) {
            std::fprintf(stderr, "%s\n", error.c_str());
            HUBBUB_ASSERT(false, "a refusal names its place");
        }
        errors.remove_prefix(std::min(end + 1, errors.size()));
    }
}

/// Small enough to be planned thousands of times; the others are only loaded.
inline bool quick_to_plan(const Scenario& scenario) {
    std::uint64_t members = scenario.users;
    for (const TopologyRow& row : scenario.topology) members += std::uint64_t{row.count} * row.size_max;
    return members <= 100'000;
}

inline ScenarioVerdict check_any_scenario(std::string_view text) {
    constexpr std::string_view file = "any.yaml";
    LoadOptions options;
    options.environment = {{"PORT", "8080"}};
    // Every file is the text itself again, without its own `extends`: merging meets whatever the text is.
    options.read_file = [text](const std::string& path) -> Result<std::string> {
        std::string base(text);
        if (path != "base.yaml") return fail("cannot be opened");
        if (const auto at = base.find("extends:"); at != std::string::npos) base.erase(at, 8);
        return base;
    };
    const auto lines = static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    auto scenario = load_scenario_text(text, std::string(file), options);
    if (!scenario.has_value()) {
        check_refusal(scenario.error().message, file, lines);
        return ScenarioVerdict::refused;
    }
    if (!quick_to_plan(*scenario)) return ScenarioVerdict::planned;
    const auto plan = make_plan(std::make_shared<const Scenario>(std::move(*scenario)));
    if (!plan.has_value()) {
        check_refusal(plan.error().message, file, lines);
        return ScenarioVerdict::unplannable;
    }
    const Plan& made = **plan;
    HUBBUB_ASSERT(!describe(made, {}, {}).empty(), "every plan can be described");
    for (std::uint32_t phase = 0; phase < made.scenario->phases.size(); ++phase) {
        Arrivals arrivals(made, phase);
        Duration before{};
        for (int i = 0; i < 100; ++i) {
            const auto arrival = arrivals.next();
            if (!arrival) break;
            HUBBUB_ASSERT(arrival->offset >= before && arrival->offset < made.scenario->phases[phase].length,
                          "arrivals rise inside their phase");
            before = arrival->offset;
        }
    }
    return ScenarioVerdict::planned;
}

}  // namespace hubbub
