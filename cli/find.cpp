#include "cli/find.hpp"

#include <cstdio>

#include "loadgen/report/capacity_search.hpp"

namespace hubbub::cli {
namespace {

constexpr int exit_not_bracketed = 5;

/// As --set takes it: rates to a thousandth, without an exponent.
std::string value_text(const FindCapacity& find, double value) {
    char digits[64];
    std::snprintf(digits, sizeof digits, find.rate ? "%.3f" : "%.0f", value);
    std::string text(digits);
    if (!find.rate) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text + "/s";
}

/// Only these two say whether a value holds. A backend that is wrong has no capacity, and a generator that
/// was too slow cannot tell.
bool answers(Verdict verdict) {
    return verdict == Verdict::pass || verdict == Verdict::slo;
}

std::string missed(const RunResult& result) {
    for (const Expectation& each : result.expectations)
        if (!each.ok) return ": missed " + each.text;
    return "";
}

void print(const FindCapacity& find, const CapacitySearch& search) {
    const std::string low = search.low() ? value_text(find, *search.low()) : "none";
    const std::string high = search.high() ? value_text(find, *search.high()) : "none";
    std::printf("capacity  %s\n  held      %s\n  did not   %s\n  runs      %u\n", find.vary.c_str(),
                low.c_str(), high.c_str(), search.tries());
}

const char* why_not_bracketed(const CapacitySearch& search) {
    if (!search.low()) return "no value held: lower find.from, or the levels ask for too much";
    if (!search.high()) return "every value held: raise find.to";
    return "the same load held and did not: make the phases longer, or find.precision wider";
}

}  // namespace

int find_capacity(const FindCapacity& find, const RunOptions& options,
                  const std::function<Played(const RunOptions&)>& play) {
    CapacitySearch search(find);
    while (const auto value = search.next()) {
        RunOptions step = options;
        step.scenario.sets.push_back(find.vary + "=" + value_text(find, *value));
        std::fprintf(stderr, "find: %s\n", step.scenario.sets.back().c_str());
        const Played played = play(step);
        if (!played.result) return played.exit;
        const Verdict verdict = played.result->verdict;
        if (!answers(verdict)) {
            std::printf("%s\n", to_summary(*played.result, false).c_str());
            print(find, search);
            std::printf("\nNOT BRACKETED: the run at %s ended the search: %s (exit code %d)\n",
                        value_text(find, *value).c_str(), std::string(name(verdict)).c_str(),
                        exit_code(verdict));
            return exit_code(verdict);
        }
        const bool held = verdict == Verdict::pass;
        std::fprintf(stderr, "find: %s %s%s\n", step.scenario.sets.back().c_str(),
                     held ? "held" : "did not hold", held ? "" : missed(*played.result).c_str());
        search.tried(*value, held);
    }
    print(find, search);
    if (search.bracketed()) {
        std::printf("\nBRACKETED: the capacity lies between the two (exit code 0)\n");
        return 0;
    }
    std::printf("\nNOT BRACKETED: %s (exit code %d)\n", why_not_bracketed(search), exit_not_bracketed);
    return exit_not_bracketed;
}

}  // namespace hubbub::cli
