#include "cli/find.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <string_view>
#include <vector>

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

const char* words(Held held) {
    return held == Held::yes ? "held" : held == Held::no ? "did not hold" : "cannot be told";
}

std::string_view name(Held held) {
    return held == Held::yes ? "yes" : held == Held::no ? "no" : "unknown";
}

std::string why_not(Held held, const RunResult& result) {
    if (held == Held::yes) return "";
    if (held == Held::unknown) return result.in.health.reasons.front();
    for (const Expectation& each : result.expectations)
        if (!each.ok) return "missed " + each.text;
    return "";
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

/// One run of the search.
struct Tried {
    double value = 0;
    std::string held;  ///< yes, no, unknown; or the verdict that ended the search
    std::string why;   ///< empty: it held
};

/// How the search ended.
struct Outcome {
    int exit = 0;
    std::string words;
};

std::string value_or_none(const FindCapacity& find, const std::optional<double>& value) {
    return value ? value_text(find, *value) : "none";
}

void print_text(const FindCapacity& find, const CapacitySearch& search, const Outcome& outcome) {
    std::printf("capacity  %s\n  held      %s\n  did not   %s\n  runs      %u\n\n%s (exit code %d)\n",
                find.vary.c_str(), value_or_none(find, search.low()).c_str(),
                value_or_none(find, search.high()).c_str(), search.tries(), outcome.words.c_str(),
                outcome.exit);
}

/// Values are per second where a rate varies (docs/RESULT.md).
void print_json(const FindCapacity& find, const CapacitySearch& search, const std::vector<Tried>& tried,
                const Outcome& outcome) {
    const auto number = [](const std::optional<double>& value) {
        return value ? boost::json::value(*value) : boost::json::value(nullptr);
    };
    boost::json::array runs;
    for (const Tried& one : tried)
        runs.push_back(boost::json::object{{"value", one.value}, {"held", one.held}, {"why", one.why}});
    const boost::json::object out{{"vary", find.vary},
                                  {"per_second", find.rate},
                                  {"bracketed", search.bracketed()},
                                  {"held", number(search.low())},
                                  {"did_not", number(search.high())},
                                  {"unknown_from", number(search.unknown())},
                                  {"exit_code", outcome.exit},
                                  {"outcome", outcome.words},
                                  {"runs", std::move(runs)}};
    std::printf("%s\n", boost::json::serialize(out).c_str());
}

Outcome outcome_of(const FindCapacity& find, const CapacitySearch& search) {
    if (search.bracketed()) return {0, "BRACKETED: the capacity lies between the two"};
    return {exit_not_bracketed, "NOT BRACKETED: " + why_not_bracketed(find, search)};
}

}  // namespace

int find_capacity(const FindCapacity& find, const RunOptions& options,
                  const std::function<Played(const RunOptions&)>& play) {
    CapacitySearch search(find);
    std::vector<Tried> tried;
    const auto conclude = [&](const Outcome& outcome) {
        if (options.results.json)
            print_json(find, search, tried, outcome);
        else
            print_text(find, search, outcome);
        return outcome.exit;
    };
    while (const auto value = search.next()) {
        RunOptions step = options;
        step.scenario.sets.push_back(find.vary + "=" + value_text(find, *value));
        std::fprintf(stderr, "find: %s\n", step.scenario.sets.back().c_str());
        const Played played = play(step);
        if (!played.result) return played.exit;
        const Verdict verdict = played.result->verdict;
        const std::optional<Held> answer = answer_of(*played.result);
        if (!answer) {
            std::fprintf(stderr, "%s\n", to_summary(*played.result, false).c_str());
            const std::string why(name(verdict));
            tried.push_back({*value, why, "ended the search"});
            return conclude({exit_code(verdict), "NOT BRACKETED: the run at " + value_text(find, *value) +
                                                     " ended the search: " + why});
        }
        const std::string why = why_not(*answer, *played.result);
        std::fprintf(stderr, "find: %s %s%s\n", step.scenario.sets.back().c_str(), words(*answer),
                     why.empty() ? "" : (": " + why).c_str());
        search.tried(*value, *answer);
        tried.push_back({*value, std::string(name(*answer)), why});
    }
    return conclude(outcome_of(find, search));
}

}  // namespace hubbub::cli
