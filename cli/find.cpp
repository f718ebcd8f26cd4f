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

/// Nothing: the run ends the search, for a backend that is wrong has no capacity.
std::optional<Held> answer_of(const RunResult& result) {
    if (result.verdict == Verdict::pass) return Held::yes;
    if (result.verdict == Verdict::slo) return Held::no;
    const bool too_slow_to_tell = result.verdict == Verdict::inconclusive && !result.in.health.guard_ok &&
                                  result.in.judgement.totals.sent > 0;
    return too_slow_to_tell ? std::optional(Held::unknown) : std::nullopt;
}

std::string said(Held held, const RunResult& result) {
    if (held == Held::yes) return "held";
    if (held == Held::unknown) return "cannot be told: " + result.in.health.reasons.front();
    for (const Expectation& each : result.expectations)
        if (!each.ok) return "did not hold: missed " + each.text;
    return "did not hold";
}

void print(const FindCapacity& find, const CapacitySearch& search) {
    const std::string low = search.low() ? value_text(find, *search.low()) : "none";
    const std::string high = search.high() ? value_text(find, *search.high()) : "none";
    std::printf("capacity  %s\n  held      %s\n  did not   %s\n  runs      %u\n", find.vary.c_str(),
                low.c_str(), high.c_str(), search.tries());
}

std::string why_not_bracketed(const FindCapacity& find, const CapacitySearch& search) {
    if (const auto unknown = search.unknown())
        return "from " + value_text(find, *unknown) +
               " on the generator is too late to tell: give it a machine of its own, or the backend less of "
               "this one";
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
        const std::optional<Held> answer = answer_of(*played.result);
        if (!answer) {
            std::printf("%s\n", to_summary(*played.result, false).c_str());
            print(find, search);
            std::printf("\nNOT BRACKETED: the run at %s ended the search: %s (exit code %d)\n",
                        value_text(find, *value).c_str(), std::string(name(verdict)).c_str(),
                        exit_code(verdict));
            return exit_code(verdict);
        }
        std::fprintf(stderr, "find: %s %s\n", step.scenario.sets.back().c_str(),
                     said(*answer, *played.result).c_str());
        search.tried(*value, *answer);
    }
    print(find, search);
    if (search.bracketed()) {
        std::printf("\nBRACKETED: the capacity lies between the two (exit code 0)\n");
        return 0;
    }
    std::printf("\nNOT BRACKETED: %s (exit code %d)\n", why_not_bracketed(find, search).c_str(),
                exit_not_bracketed);
    return exit_not_bracketed;
}

}  // namespace hubbub::cli
