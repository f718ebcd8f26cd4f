// Latencies for the tools of HdrHistogram: percentile distributions (.hgrm, in milliseconds, as its plotter
// wants them) and an interval log (.hlog, in microseconds). Both hold what arrived; what did not is said in
// comments.
#include <chrono>
#include <cstdio>
#include <map>

#include "base/histogram_codec.hpp"
#include "loadgen/report/latency_table.hpp"
#include "loadgen/report/output_formats.hpp"

namespace hubbub {
namespace {

constexpr double micros_a_milli = 1000;

/// Seconds since 1970 of "2026-01-02T03:04:05Z"; 0 when it is none.
long long seconds_of(const std::string& utc) {
    int year = 0, hour = 0, minute = 0, second = 0;
    unsigned month = 0, day = 0;
    if (std::sscanf(utc.c_str(), "%4d-%2u-%2uT%2d:%2d:%2dZ", &year, &month, &day, &hour, &minute, &second) !=
        6)
        return 0;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    return std::chrono::sys_days(date).time_since_epoch().count() * 86'400LL + hour * 3600 + minute * 60 +
           second;
}

/// Start and length in seconds since the start of the log; the maximum in milliseconds, as the tools print
/// it.
std::string interval(std::string_view tag, double start, double length, const Histogram& of) {
    char figures[96];
    std::snprintf(figures, sizeof figures, ",%.3f,%.3f,%.3f,", start, length, of.max() / micros_a_milli);
    return "Tag=" + std::string(tag) + figures + encode_histogram_for_log(of) + "\n";
}

std::string missing_note(std::string_view kind, const Histogram& of) {
    return of.missing() == 0 ? ""
                             : "#[Missing: " + std::to_string(of.missing()) + " of " + std::string(kind) +
                                   " never arrived, and are in no line]\n";
}

using BySecond = std::map<std::uint32_t, Histogram>;

}  // namespace

OutputFiles hgrm_output(const RunResult& result) {
    OutputFiles out;
    for (const LatencyRow& row : latency_table(result)) {
        if (row.all.count() == 0) continue;
        out.push_back({row.kind + ".hgrm", to_hgrm(row.all, micros_a_milli)});
        for (const auto& [label, of] : row.by_label)
            if (label.find(',') == std::string::npos && of.count() > 0)
                out.push_back({row.kind + "." + label + ".hgrm", to_hgrm(of, micros_a_milli)});
    }
    return out;
}

OutputFiles hlog_output(const RunResult& result) {
    const RunInput& in = result.in;
    std::string out = "#[Logged with hubbub; values in microseconds]\n#[Histogram log format version 1.3]\n";
    out += "#[StartTime: " + std::to_string(seconds_of(in.started_at)) + ".000 (seconds since epoch), " +
           in.started_at + "]\n";
    const std::map<std::string, const BySecond*> by_second = {{"delivery", &in.judgement.delivery_by_second},
                                                              {"ack", &in.judgement.ack_by_second}};
    std::string lines;
    for (const LatencyRow& row : latency_table(result)) {
        out += missing_note(row.kind, row.all);
        if (row.all.count() == 0) continue;
        const auto known = by_second.find(row.kind);
        if (known == by_second.end()) {
            lines += interval(row.kind, 0, in.duration, row.all);
            continue;
        }
        for (const auto& [second, of] : *known->second)
            if (of.count() > 0) lines += interval(row.kind, second, 1, of);
    }
    out += "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
    return {{"", out + lines}};
}

}  // namespace hubbub
