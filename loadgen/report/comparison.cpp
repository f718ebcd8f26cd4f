#include "loadgen/report/comparison.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <limits>

namespace hubbub {
namespace {

namespace json = boost::json;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
/// Of logarithms: below what the clock resolves.
constexpr double tiny = 1e-9;

/// Student's t, two-sided 95 %, by whole degrees of freedom; beyond the table its last value, which is a
/// little too careful.
double t_quantile(double degrees) {
    static constexpr double table[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
                                       2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
                                       2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042};
    const auto whole = static_cast<std::size_t>(std::clamp(degrees, 1.0, 30.0));
    return table[whole - 1];
}

struct Sample {
    double mean = 0, variance = 0;  ///< of logarithms
    double size = 0;
};

Sample sample_of(const std::vector<double>& values) {
    Sample out;
    out.size = static_cast<double>(values.size());
    for (const double value : values) out.mean += std::log(std::max(value, tiny)) / out.size;
    for (const double value : values) out.variance += std::pow(std::log(std::max(value, tiny)) - out.mean, 2);
    out.variance /= std::max(1.0, out.size - 1);
    return out;
}

/// Cliff's delta: of all pairs of runs, the share that is above less the share that is below.
double effect_of(const std::vector<double>& base, const std::vector<double>& now) {
    double sum = 0;
    for (const double after : now)
        for (const double before : base) sum += after > before ? 1 : after < before ? -1 : 0;
    return sum / static_cast<double>(base.size() * now.size());
}

std::size_t infinities(const std::vector<double>& values) {
    return static_cast<std::size_t>(
        std::count_if(values.begin(), values.end(), [](double value) { return std::isinf(value); }));
}
bool unmeasured(const std::vector<double>& values) {
    return std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
}

/// What never arrived has no ratio: all of it now and none before is worse, and the reverse better.
void judge_endless(ComparedFigure& figure) {
    figure.ratio = figure.low = figure.high = nothing;
    const std::size_t before = infinities(figure.base), after = infinities(figure.now);
    const bool enough = figure.base.size() >= runs_min && figure.now.size() >= runs_min;
    if (enough && before == 0 && after == figure.now.size()) {
        figure.change = Change::worse;
        figure.why = "falls among what never arrived, in every run now and in none before";
    } else if (enough && after == 0 && before == figure.base.size()) {
        figure.change = Change::better;
        figure.why = "fell among what never arrived, in every run before and in none now";
    } else {
        figure.why = "falls among what never arrived in some runs";
    }
}

/// Welch's interval of the difference of logarithms, which is a ratio of geometric means.
void judge_runs(ComparedFigure& figure, const Sample& base, const Sample& now,
                const CompareOptions& options) {
    const double of_base = base.variance / base.size, of_now = now.variance / now.size;
    const double error = std::sqrt(of_base + of_now);
    const double spread = of_base * of_base / (base.size - 1) + of_now * of_now / (now.size - 1);
    const double degrees = spread > 0 ? (of_base + of_now) * (of_base + of_now) / spread : 30;
    const double reach = t_quantile(degrees) * error;
    figure.low = std::exp(now.mean - base.mean - reach);
    figure.high = std::exp(now.mean - base.mean + reach);

    const double least = figure.seconds ? options.least / std::max(figure.base_middle, tiny) : 0;
    const double up = 1 + std::max(options.margin, least);
    const double down = least > options.margin ? std::max(1 - least, 0.0) : 1 / (1 + options.margin);
    if (figure.low > 1 && figure.ratio >= up) {
        figure.change = figure.more_is_better ? Change::better : Change::worse;
    } else if (figure.high < 1 && figure.ratio <= down) {
        figure.change = figure.more_is_better ? Change::worse : Change::better;
    } else if (figure.low >= down && figure.high <= up) {
        figure.change = Change::same;
    } else {
        figure.why = "the interval is too wide to tell: more runs, or longer ones";
    }
}

/// One run a side knows its own interval at most.
void judge_within(ComparedFigure& figure, const Side& base, const Side& now) {
    figure.why = "fewer than 3 runs a side: how much two runs of the same differ is not known";
    figure.low = figure.high = nothing;
    const std::size_t dot = figure.name.find('.');
    if (figure.name.substr(dot + 1) != "p99" || base.runs.size() != 1 || now.runs.size() != 1) return;
    const auto bound = [&](const Side& side, const char* which) {
        const json::object& latency = side.runs[0].result.at("latency").as_object();
        const json::value* const of = latency.if_contains(figure.name.substr(0, dot));
        const json::value* const value =
            of && of->is_object() ? of->get_object().if_contains(which) : nullptr;
        return value && value->is_double() ? value->get_double() : nothing;
    };
    figure.low = bound(now, "p99_low") / bound(base, "p99_high");
    figure.high = bound(now, "p99_high") / bound(base, "p99_low");
    figure.within_runs = !std::isnan(figure.low) && !std::isnan(figure.high);
    if (figure.within_runs)
        figure.why = "within-run interval only: how much two runs of the same differ is not known";
}

Result<ComparedFigure> figure_between(const std::string& name, const Side& base, const Side& now,
                                      const CompareOptions& options) {
    ComparedFigure figure;
    figure.name = name;
    const std::string group = name.substr(0, name.find('.'));
    figure.seconds = group != "rate" && group != "totals" && group != "violations";
    figure.more_is_better = name == "rate.achieved" || name == "totals.delivered" || name == "totals.acked";
    for (const auto& [side, values] : {std::pair(&base, &figure.base), std::pair(&now, &figure.now)})
        for (const ComparedRun& run : side->runs) {
            const auto value = figure_of(run.result, name);
            if (!value) return fail(run.file + ": " + value.error().message);
            values->push_back(*value);
        }
    figure.base_middle = figure.now_middle = figure.ratio = figure.low = figure.high = nothing;
    if (unmeasured(figure.base) || unmeasured(figure.now)) {
        figure.why = "not measured in every run";
        return figure;
    }
    figure.effect = effect_of(figure.base, figure.now);
    const Sample before = sample_of(figure.base), after = sample_of(figure.now);
    figure.base_middle = std::exp(before.mean);
    figure.now_middle = std::exp(after.mean);
    figure.ratio = std::exp(after.mean - before.mean);
    if (infinities(figure.base) + infinities(figure.now) > 0)
        judge_endless(figure);
    else if (before.mean <= std::log(tiny) && after.mean <= std::log(tiny))
        figure.change = Change::same, figure.ratio = figure.low = figure.high = 1;
    else if (figure.base.size() < runs_min || figure.now.size() < runs_min)
        judge_within(figure, base, now);
    else
        judge_runs(figure, before, after, options);
    return figure;
}

/// How many of a side's runs ended so.
std::size_t ended(const Side& side, std::initializer_list<const char*> verdicts) {
    return static_cast<std::size_t>(
        std::count_if(side.runs.begin(), side.runs.end(), [&](const ComparedRun& run) {
            return std::any_of(verdicts.begin(), verdicts.end(), [&](const char* verdict) {
                return run.result.at("verdict").as_string() == verdict;
            });
        }));
}

std::string started(const ComparedRun& run) {
    const json::value* const at = run.result.if_contains("started_at");
    return at && at->is_string() ? std::string(at->get_string()) : "";
}

/// All of one side before all of the other: whatever else changed meanwhile looks like the difference.
bool one_after_the_other(const Side& base, const Side& now) {
    std::string first_base = "~", last_base, first_now = "~", last_now;
    for (const ComparedRun& run : base.runs)
        first_base = std::min(first_base, started(run)), last_base = std::max(last_base, started(run));
    for (const ComparedRun& run : now.runs)
        first_now = std::min(first_now, started(run)), last_now = std::max(last_now, started(run));
    return !first_base.empty() && !first_now.empty() && (last_base < first_now || last_now < first_base);
}

/// What keeps two sides from being compared at all; and what may mislead.
void add_notes(Comparison& out, const Side& base, const Side& now, bool& undecidable) {
    const auto unfit = {"inconclusive", "unverified", "unreachable", "interrupted", "error"};
    for (const Side* const side : {&base, &now})
        if (const std::size_t count = ended(*side, unfit)) {
            out.notes.push_back(side->name + ": " + std::to_string(count) + " of " +
                                std::to_string(side->runs.size()) + " runs proved nothing");
            undecidable = true;
        }
    if (base.runs.size() >= runs_min && now.runs.size() >= runs_min && one_after_the_other(base, now))
        out.notes.push_back(
            "the runs of the two sides are not interleaved: what changed on the machine meanwhile counts as "
            "the difference (hubbub repeat interleaves)");
    const auto cpu = [](const Side& side) {
        const json::value* const environment = side.runs[0].result.if_contains("environment");
        const json::value* const value =
            environment && environment->is_object() ? environment->get_object().if_contains("cpu") : nullptr;
        return value ? json::serialize(*value) : std::string();
    };
    if (cpu(base) != cpu(now)) out.notes.push_back("the two sides ran on machines with different processors");
}

Result<Comparison> compare_two(const Side& base, const Side& now, const CompareOptions& options) {
    Comparison out;
    out.name = now.name;
    for (const std::string& name : options.figures) {
        auto figure = figure_between(name, base, now, options);
        if (!figure) return figure.error();
        const bool nobody =
            std::all_of(figure->base.begin(), figure->base.end(), [](double v) { return std::isnan(v); }) &&
            std::all_of(figure->now.begin(), figure->now.end(), [](double v) { return std::isnan(v); });
        if (!nobody) out.figures.push_back(std::move(*figure));
    }
    bool undecidable = false;
    add_notes(out, base, now, undecidable);
    const std::size_t wrong_before = ended(base, {"violation"}), wrong_now = ended(now, {"violation"});
    if (wrong_before > 0) {
        out.notes.push_back(base.name + ": " + std::to_string(wrong_before) + " of " +
                            std::to_string(base.runs.size()) + " runs broke promises, so that it is no base");
        undecidable = true;
    } else if (wrong_now > 0) {
        out.notes.push_back(now.name + ": " + std::to_string(wrong_now) + " of " +
                            std::to_string(now.runs.size()) + " runs broke promises that the base keeps");
        out.change = Change::worse;
        return out;
    }
    const auto any = [&out](Change change) {
        return std::any_of(out.figures.begin(), out.figures.end(),
                           [change](const ComparedFigure& figure) { return figure.change == change; });
    };
    if (undecidable || out.figures.empty())
        out.change = Change::undecided;
    else
        out.change = any(Change::worse)       ? Change::worse
                     : any(Change::undecided) ? Change::undecided
                     : any(Change::better)    ? Change::better
                                              : Change::same;
    return out;
}

}  // namespace

std::string_view name(Change change) {
    static constexpr std::string_view names[] = {"same", "better", "worse", "undecided"};
    return names[static_cast<std::size_t>(change)];
}

int exit_code(Change change) {
    return change == Change::worse ? 99 : change == Change::undecided ? 5 : 0;
}

Result<std::vector<Comparison>> compare(const Side& base, const std::vector<Side>& others,
                                        const CompareOptions& options) {
    std::vector<Comparison> out;
    for (const Side& other : others) {
        auto one = compare_two(base, other, options);
        if (!one) return one.error();
        out.push_back(std::move(*one));
    }
    return out;
}

Change overall(const std::vector<Comparison>& comparisons) {
    Change out = Change::same;
    for (const Comparison& one : comparisons) {
        if (one.change == Change::worse) return Change::worse;
        if (one.change == Change::undecided)
            out = Change::undecided;
        else if (one.change == Change::better && out == Change::same)
            out = Change::better;
    }
    return out;
}

}  // namespace hubbub
