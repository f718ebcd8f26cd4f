// The result as tables for spreadsheets and data frames: RFC 4180, a header line, times in seconds, what was
// not measured empty, what never arrived `inf`.
#include <cmath>
#include <cstdio>

#include "loadgen/report/expectations.hpp"
#include "loadgen/report/latency_table.hpp"
#include "loadgen/report/output_formats.hpp"

namespace hubbub {
namespace {

std::string field(double value) {
    if (std::isnan(value)) return "";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    char text[40];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
}
std::string field(std::uint64_t value) {
    return std::to_string(value);
}
std::string field(bool value) {
    return value ? "true" : "false";
}
std::string field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

template <class... Fields>
std::string line(const Fields&... fields) {
    std::string out;
    ((out += field(fields) + ","), ...);
    out.back() = '\r';
    return out + "\n";
}

std::string latency_line(std::string_view kind, std::string_view label, const Histogram& of,
                         const std::optional<Interval>& p99) {
    const auto figure = [&of](const char* name) { return latency_figure(of, name); };
    const double nothing = std::nan("");
    return line(kind, label, of.count(), of.missing(), figure("p50"), figure("p90"), figure("p99"),
                p99 ? p99->low : nothing, p99 ? p99->high : nothing, figure("p999"), figure("max"),
                figure("mean"));
}

std::string latency(const RunResult& result) {
    std::string out = "kind,label,count,missing,p50,p90,p99,p99_low,p99_high,p999,max,mean\r\n";
    for (const LatencyRow& row : latency_table(result)) {
        if (row.all.count() + row.all.missing() == 0) continue;
        out += latency_line(row.kind, "", row.all, row.p99);
        for (const auto& [label, of] : row.by_label) out += latency_line(row.kind, label, of, std::nullopt);
    }
    return out;
}

std::string series(const RunInput& in) {
    std::string out = "t,users,sent,acked,delivered,violations,delivery_p50,delivery_p99\r\n";
    for (const SeriesPoint& p : in.series)
        out += line(p.t, p.users, p.sent, p.acked, p.delivered, p.violations, p.delivery_p50, p.delivery_p99);
    return out;
}

std::string counters_of(const RunResult& result) {
    std::string out = "counter,count,checked,broken\r\n";
    const auto& blind = result.in.judgement.not_checked;
    for (const auto& [counter, count] : by_name(result.in.judgement.violations)) {
        bool checked = true, broken = false;
        for (const std::string& one : blind) checked &= one != counter;
        for (const auto& [name, unused] : result.broken) broken |= name == counter;
        out += line(std::string_view(counter), count, checked, broken);
    }
    return out;
}

std::string expectations(const RunResult& result) {
    std::string out = "expectation,value,bound,ok\r\n";
    for (const Expectation& e : result.expectations)
        out += line(std::string_view(e.text), e.value, e.bound, e.ok);
    return out;
}

}  // namespace

OutputFiles csv_output(const RunResult& result) {
    return {{"latency.csv", latency(result)},
            {"series.csv", series(result.in)},
            {"counters.csv", counters_of(result)},
            {"expectations.csv", expectations(result)}};
}

}  // namespace hubbub
