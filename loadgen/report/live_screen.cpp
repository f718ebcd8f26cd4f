#include <algorithm>
#include <cmath>
#include <cstdio>

#include "loadgen/report/live_figures.hpp"
#include "loadgen/report/summary_text.hpp"

namespace hubbub {
namespace {

constexpr std::size_t bar_columns = 24;
constexpr std::size_t label_columns = 14;

struct Style {
    const char *good, *bad, *warn, *dim, *bold, *end;
};
constexpr Style coloured{"\033[32m", "\033[31m", "\033[33m", "\033[2m", "\033[1m", "\033[0m"};
constexpr Style plain{"", "", "", "", "", ""};

/// Text in pieces, some of them coloured, cut at the terminal's edge whatever the colours.
class Line {
  public:
    explicit Line(std::size_t columns) : left_(columns) {}
    Line& add(std::string_view text, const char* colour = "", const char* end = "") {
        if (left_ == 0) return *this;
        const std::string cut = fitted(text, left_);
        left_ -= std::min(left_, width(cut));
        if (!cut.empty()) out_ += colour + cut + (*colour ? end : "");
        return *this;
    }
    [[nodiscard]] std::string text() const { return out_; }

  private:
    /// Code points, as fitted() counts.
    static std::size_t width(std::string_view text) {
        return static_cast<std::size_t>(
            std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
    }
    std::string out_;
    std::size_t left_;
};

std::string bar(double share) {
    const auto full = static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * bar_columns));
    std::string out;
    for (std::size_t i = 0; i < bar_columns; ++i) out += i < full ? "━" : "╌";
    return out;
}

std::string label(const char* text) {
    return "  " + padded(text, label_columns - 2, false);
}

std::string whole(double number) {
    return count_text(static_cast<std::uint64_t>(std::max(0.0, std::round(number))));
}

std::string percent(double share) {
    return std::isnan(share) ? "-" : whole(share * 100) + " %";
}

std::string phase_line(const LivePhase& phase, std::size_t columns, const Style& style) {
    Line line(columns);
    line.add("  " + padded(fitted(phase.name, label_columns - 3), label_columns - 2, false));
    if (phase.over) return line.add(bar(1), style.dim, style.end).add(" done", style.dim, style.end).text();
    if (!phase.begun) return line.add(bar(0), style.dim, style.end).text();
    if (phase.share < 0) return line.add(bar(0), style.good, style.end).add(" ...").text();
    return line.add(bar(phase.share), style.good, style.end).add(" " + percent(phase.share)).text();
}

std::string violations_line(const LiveFigures& f, std::size_t columns, const Style& style) {
    Line line(columns);
    line.add(label("violations"));
    if (f.violations == 0) return line.add("none so far", style.good, style.end).text();
    line.add(count_text(f.violations), style.bad, style.end);
    for (const auto& [kind, count] : f.violation_kinds)
        line.add("  " + kind + " " + count_text(count), style.bad, style.end);
    return line.text();
}

/// The kinds that act now.
std::vector<std::string> acting(const LiveFigures& figures) {
    std::vector<std::string> out;
    for (const LiveFault& fault : figures.faults)
        if (std::isnan(fault.ended)) out.push_back(fault.kind);
    return out;
}

}  // namespace

std::vector<std::string> live_screen(const LiveFigures& f, std::size_t columns, bool colour) {
    const Style& style = colour ? coloured : plain;
    std::vector<std::string> lines;
    lines.push_back(Line(columns)
                        .add("  " + fitted(f.scenario, 40), style.bold, style.end)
                        .add("  " + f.phase + ", " + whole(f.elapsed) + " s")
                        .text());
    for (const LivePhase& phase : f.phases) lines.push_back(phase_line(phase, columns, style));
    const auto figures = [&](const char* name, const std::string& text) {
        lines.push_back(Line(columns).add(label(name)).add(text).text());
    };
    figures("users", count_text(f.online) + " of " + count_text(f.users) + " online, " +
                         count_text(f.reconnects) + " reconnects, " + count_text(f.connect_errors) +
                         " failed connects");
    figures("sends", count_text(f.sent) + " (" + whole(f.sent_per_second) + "/s), " + count_text(f.acked) +
                         " acknowledged, " + count_text(f.waiting) + " waiting");
    figures("deliveries", count_text(f.delivered) + " (" + whole(f.delivered_per_second) + "/s), P50 " +
                              span_text(f.p50) + ", P99 " + span_text(f.p99));
    lines.push_back(violations_line(f, columns, style));
    std::string faults;
    for (const std::string& fault : acting(f)) faults += (faults.empty() ? "" : ", ") + fault;
    lines.push_back(
        Line(columns)
            .add(label("faults"))
            .add(faults.empty() ? "none now" : faults, faults.empty() ? "" : style.warn, style.end)
            .text());
    figures("generator", "schedule lag P99 " + span_text(f.schedule_lag_p99) + ", CPU " + percent(f.cpu));
    return lines;
}

std::string live_line(const LiveFigures& f) {
    char text[200];
    std::snprintf(text, sizeof text,
                  "%6.1f s  %-10s users %u/%u  sent %llu (%.0f/s)  delivered %llu (%.0f/s)", f.elapsed,
                  f.phase.c_str(), f.online, f.users, static_cast<unsigned long long>(f.sent),
                  f.sent_per_second, static_cast<unsigned long long>(f.delivered), f.delivered_per_second);
    std::string out = text;
    if (!std::isnan(f.p99)) out += "  P99 " + span_text(f.p99);
    out += "  violations " + std::to_string(f.violations);
    for (const std::string& fault : acting(f)) out += "  [" + fault + "]";
    return out;
}

}  // namespace hubbub
