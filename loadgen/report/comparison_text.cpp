// A comparison as a table for the terminal, and as what its page draws.
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>

#include "loadgen/report/comparison.hpp"
#include "loadgen/report/summary_text.hpp"

namespace hubbub {
namespace {

namespace json = boost::json;

std::string value_text(const ComparedFigure& figure, double value) {
    if (figure.seconds || std::isnan(value)) return span_text(value);
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

std::string percent_text(double ratio) {
    if (std::isnan(ratio) || std::isinf(ratio)) return "-";
    char text[32];
    std::snprintf(text, sizeof text, "%+.1f %%", (ratio - 1) * 100);
    return text;
}

const char* colour_of(Change change) {
    switch (change) {
        case Change::better:
            return "\033[32m";
        case Change::worse:
            return "\033[31m";
        case Change::undecided:
            return "\033[33m";
        case Change::same:
            break;
    }
    return "";
}

const char* sentence(Change change) {
    switch (change) {
        case Change::same:
            return "SAME: no figure changed by more than the margin";
        case Change::better:
            return "BETTER: at least one figure, and none is worse";
        case Change::worse:
            return "WORSE";
        case Change::undecided:
            return "UNDECIDED: this proves neither";
    }
    return "";
}

std::string word(Change change, bool colour) {
    const std::string text = padded(std::string(name(change)), 11, false);
    return colour ? colour_of(change) + text + "\033[0m" : text;
}

std::string line(const ComparedFigure& figure, bool colour) {
    std::string out = "    " + padded(fitted(figure.name, 26), 26, false) +
                      padded(value_text(figure, figure.base_middle), 10, true) +
                      padded(value_text(figure, figure.now_middle), 10, true) +
                      padded(percent_text(figure.ratio), 11, true) + "  ";
    const bool interval = !std::isnan(figure.low) && !std::isnan(figure.high);
    out += padded(interval ? percent_text(figure.low) + " to " + percent_text(figure.high) : "-", 24, false);
    char effect[32];
    std::snprintf(effect, sizeof effect, "%+.2f", figure.effect);
    out += padded(effect, 6, true) + "  " + word(figure.change, colour) + "\n";
    if (!figure.why.empty()) out += "        " + figure.why + "\n";
    return out;
}

json::value number(double value) {
    if (std::isnan(value)) return nullptr;
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return value;
}

json::array numbers(const std::vector<double>& values) {
    json::array out;
    for (const double value : values) out.push_back(number(value));
    return out;
}

json::object side_object(const Side& side) {
    json::array runs;
    for (const ComparedRun& run : side.runs) {
        json::object latency;
        for (const char* const kind : {"delivery", "ack"}) {
            const json::value* const of = run.result.at("latency").as_object().if_contains(kind);
            if (!of || !of->is_object()) continue;
            json::object kept;
            for (const char* const key : {"histogram", "missing", "count"})
                if (const json::value* const value = of->get_object().if_contains(key)) kept[key] = *value;
            latency[kind] = std::move(kept);
        }
        const auto kept = [&run](const char* key) {
            const json::value* const value = run.result.if_contains(key);
            return value ? *value : json::value(nullptr);
        };
        runs.push_back(json::object{{"file", run.file},
                                    {"verdict", kept("verdict")},
                                    {"started_at", kept("started_at")},
                                    {"command", kept("command")},
                                    {"scenario", kept("scenario")},
                                    {"latency", std::move(latency)}});
    }
    return {{"name", side.name}, {"runs", std::move(runs)}};
}

json::object figure_object(const ComparedFigure& figure) {
    return {{"name", figure.name},
            {"unit", figure.seconds ? "s" : ""},
            {"more_is_better", figure.more_is_better},
            {"base", numbers(figure.base)},
            {"now", numbers(figure.now)},
            {"base_middle", number(figure.base_middle)},
            {"now_middle", number(figure.now_middle)},
            {"ratio", number(figure.ratio)},
            {"low", number(figure.low)},
            {"high", number(figure.high)},
            {"within_runs", figure.within_runs},
            {"effect", figure.effect},
            {"change", name(figure.change)},
            {"why", figure.why}};
}

}  // namespace

std::string comparison_text(const Side& base, const std::vector<Comparison>& comparisons, bool colour) {
    std::string out;
    for (const Comparison& one : comparisons) {
        out += "\n  " + one.name + " against " + base.name + "\n    " + padded("figure", 26, false) +
               padded("base", 10, true) + padded("now", 10, true) + padded("change", 11, true) + "  " +
               padded("95 % interval", 24, false) + padded("effect", 6, true) + "  verdict\n";
        for (const ComparedFigure& figure : one.figures) out += line(figure, colour);
        for (const std::string& note : one.notes) out += labelled_text("note", note);
        if (comparisons.size() > 1)
            out += "    " + padded("all together", 26, false) + word(one.change, colour) + "\n";
    }
    const Change all = overall(comparisons);
    return out + "\n" + (colour ? colour_of(all) : "") + sentence(all) + (colour ? "\033[0m" : "") +
           " (exit code " + std::to_string(exit_code(all)) + ")\n";
}

std::string comparison_json(const Side& base, const std::vector<Side>& others,
                            const std::vector<Comparison>& comparisons, const CompareOptions& options) {
    json::array sides = {side_object(base)}, all;
    for (const Side& side : others) sides.push_back(side_object(side));
    for (const Comparison& one : comparisons) {
        json::array figures;
        for (const ComparedFigure& figure : one.figures) figures.push_back(figure_object(figure));
        all.push_back(json::object{{"name", one.name},
                                   {"change", name(one.change)},
                                   {"notes", json::array(one.notes.begin(), one.notes.end())},
                                   {"figures", std::move(figures)}});
    }
    return json::serialize(json::object{{"schema_version", 1},
                                        {"change", name(overall(comparisons))},
                                        {"exit_code", exit_code(overall(comparisons))},
                                        {"margin", options.margin},
                                        {"least", options.least},
                                        {"sides", std::move(sides)},
                                        {"comparisons", std::move(all)}});
}

}  // namespace hubbub
