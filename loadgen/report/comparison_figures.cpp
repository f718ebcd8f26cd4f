// One figure out of one result file; sides out of many.
#include <algorithm>
#include <boost/json.hpp>
#include <limits>

#include "loadgen/report/comparison.hpp"

namespace hubbub {
namespace {

namespace json = boost::json;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// The result file's numbers: "+Inf" where it never arrived, null where nothing was measured.
double number_of(const json::value* value) {
    if (!value) return nothing;
    if (value->is_string() && value->get_string() == "+Inf") return std::numeric_limits<double>::infinity();
    json::error_code error;
    const double number = value->to_number<double>(error);
    return error ? nothing : number;
}

const json::value* find(const json::object& in, std::string_view key) {
    return in.if_contains(json::string_view(key.data(), key.size()));
}
const json::object* object_in(const json::object& in, std::string_view key) {
    const json::value* const found = find(in, key);
    return found ? found->if_object() : nullptr;
}

Error no_figure(const std::string& figure) {
    return fail("'" + figure +
                "' is no figure: expected such as delivery.p99, delivery.p99{class=group}, rate.achieved or "
                "totals.reconnects");
}

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

/// A label, or a dotted path; nothing: this result has neither.
const json::value* value_at(const json::object& result, const std::string& key) {
    if (const json::object* const labels = object_in(result, "labels"))
        if (const json::value* const label = find(*labels, key)) return label;
    const json::object* at = &result;
    for (std::string_view path = key;;) {
        const std::size_t dot = path.find('.');
        if (dot == std::string_view::npos) return find(*at, path);
        at = object_in(*at, path.substr(0, dot));
        if (!at) return nullptr;
        path.remove_prefix(dot + 1);
    }
}

}  // namespace

Result<double> figure_of(const json::object& result, const std::string& figure) {
    const std::size_t dot = figure.find('.');
    if (dot == std::string::npos || dot == 0) return no_figure(figure);
    const std::string group = figure.substr(0, dot);
    std::string name = figure.substr(dot + 1), label;
    if (const std::size_t brace = name.find('{'); brace != std::string::npos) {
        if (name.back() != '}') return no_figure(figure);
        label = name.substr(brace + 1, name.size() - brace - 2);
        name.resize(brace);
    }
    if (group == "rate" || group == "totals" || group == "violations") {
        const json::object& in = result.at(group).as_object();
        if (!label.empty() || !find(in, name)) return no_figure(figure);
        return number_of(find(in, name));
    }
    static constexpr std::string_view known[] = {"p50", "p90", "p99", "p999", "max", "mean"};
    if (std::find(std::begin(known), std::end(known), name) == std::end(known)) return no_figure(figure);
    const json::object* of = object_in(result.at("latency").as_object(), group);
    if (!of) return no_figure(figure);
    if (!label.empty()) {
        const json::object* const by = object_in(*of, "by");
        of = by ? object_in(*by, label) : nullptr;
        if (!of) return nothing;  // this run had nobody under that label
    }
    return number_of(find(*of, name));
}

Result<std::vector<Side>> sides_by(const std::string& key, std::vector<ComparedRun> runs) {
    std::vector<Side> sides;
    for (ComparedRun& run : runs) {
        const json::value* const value = value_at(run.result, key);
        if (!value || value->is_object() || value->is_array())
            return fail(run.file + ": no label and no value named '" + key +
                        "' (labels are set by `hubbub run --label NAME=VALUE`)");
        const std::string name = text_of(*value);
        auto side =
            std::find_if(sides.begin(), sides.end(), [&](const Side& one) { return one.name == name; });
        if (side == sides.end()) side = sides.insert(side, Side{name, {}});
        side->runs.push_back(std::move(run));
    }
    if (sides.size() < 2)
        return fail("--by " + key + ": all results have the same value, so nothing to compare");
    return sides;
}

}  // namespace hubbub
