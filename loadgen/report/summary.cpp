// The end summary: what a person wants to know on one screen; the verdict last, where the eye is.

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

#include "loadgen/report/expectations.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub {
namespace {

__attribute__((format(printf, 2, 3))) void append(std::string& out, const char* format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    out += text;
}

struct Style {
    const char *good, *bad, *dim, *bold, *end;
};
constexpr Style coloured{"\033[32m", "\033[31m", "\033[2m", "\033[1m", "\033[0m"};
constexpr Style plain{"", "", "", "", ""};

/// "1.7 ms", "830 us", "2.41 s", "never"; seconds in.
std::string span(double seconds) {
    char text[32];
    if (std::isnan(seconds)) return "-";
    if (std::isinf(seconds)) return "never";
    if (seconds < 0.001) {
        std::snprintf(text, sizeof text, "%.0f us", seconds * 1e6);
    } else if (seconds < 1) {
        std::snprintf(text, sizeof text, seconds < 0.1 ? "%.1f ms" : "%.0f ms", seconds * 1e3);
    } else {
        std::snprintf(text, sizeof text, "%.2f s", seconds);
    }
    return text;
}

void heading(std::string& out, const RunInput& in, const Style& style) {
    append(out, "\n%s%s%s  seed %llu, %.1f s, %u users\n", style.bold, in.plan->scenario->name.c_str(), style.end,
           static_cast<unsigned long long>(in.plan->seed), in.duration, in.plan->online_users);
}

void expectations(std::string& out, const RunResult& result, const Style& style) {
    for (const Expectation& e : result.expectations) {
        const bool latency = e.text.find(".p") != std::string::npos || e.text.find(".m") != std::string::npos;
        char plain_value[32];
        std::snprintf(plain_value, sizeof plain_value, "%g", e.value);
        append(out, "  %s%s%s %-44s %s\n", e.ok ? style.good : style.bad, e.ok ? "\u2713" : "\u2717", style.end, e.text.c_str(),
               latency ? span(e.value).c_str() : std::isnan(e.value) ? "not measured" : plain_value);
    }
}

void traffic(std::string& out, const RunInput& in) {
    const Totals& t = in.judgement.totals;
    append(out, "  messages    sent %llu, acknowledged %llu, rejected %llu, indeterminate %llu, unsent %llu\n",
           static_cast<unsigned long long>(t.sent), static_cast<unsigned long long>(t.acked), static_cast<unsigned long long>(t.rejected),
           static_cast<unsigned long long>(t.indeterminate), static_cast<unsigned long long>(t.unsent));
    append(out, "  deliveries  expected %llu, delivered %llu, missing %llu%s\n", static_cast<unsigned long long>(t.expected),
           static_cast<unsigned long long>(t.delivered), static_cast<unsigned long long>(t.missing),
           t.unverified ? (", unverified " + std::to_string(t.unverified)).c_str() : "");
    append(out, "  rate        achieved %.0f of %.0f messages/s asked for", in.achieved_rate, in.requested_rate);
    append(out, "; connections %llu, failed %llu, reconnects %llu\n", static_cast<unsigned long long>(in.connections.connections),
           static_cast<unsigned long long>(in.connections.connect_errors), static_cast<unsigned long long>(in.connections.reconnects));
}

/// The result file has every label; a screen has room for the ones people look for first.
bool worth_a_line(const LatencyKey& key) {
    return (key.kind == "delivery" && key.label.rfind("class=", 0) == 0 && key.label.find(',') == std::string::npos) || (key.kind == "delivery_last" && key.label == "class=channel");
}

void latencies(std::string& out, const RunResult& result, const Style& style) {
    append(out, "  %s%-26s %10s %9s %9s %9s %9s %9s%s\n", style.dim, "latency", "count", "P50", "P90", "P99", "P99.9", "max", style.end);
    auto row = [&](const std::string& title, const Histogram& histogram) {
        append(out, "  %-26s %10llu", title.c_str(), static_cast<unsigned long long>(histogram.count()));
        for (const char* figure : {"p50", "p90", "p99", "p999", "max"}) append(out, " %9s", span(latency_figure(histogram, figure)).c_str());
        out += '\n';
    };
    for (const auto* map : {&result.in.judgement.latency, &result.in.extra_latency})
        for (const auto& [key, histogram] : *map)
            if (histogram.count() + histogram.missing() > 0 && (key.label.empty() || worth_a_line(key)))
                row(key.kind + (key.label.empty() ? "" : " " + key.label), histogram);
    if (const auto interval = percentile_interval(result.in.judgement.delivery_by_second, 99, result.in.plan->seed))
        append(out, "  delivery P99 lies between %s and %s (95 %%, over seconds)\n", span(interval->low).c_str(), span(interval->high).c_str());
}

void violations(std::string& out, const RunResult& result, const Style& style) {
    std::string line;
    for (const auto& [counter, value] : by_name(result.in.judgement.violations)) {
        const bool wrong = std::any_of(result.broken.begin(), result.broken.end(), [&](const auto& b) { return b.first == counter; });
        append(line, "%s%s %llu%s  ", wrong ? style.bad : "", counter.c_str(), static_cast<unsigned long long>(value), wrong ? style.end : "");
        if (counter == "disagreement") line += "\n              ";
    }
    append(out, "  violations  %s\n", line.c_str());
    std::size_t shown = 0;
    for (const Evidence& e : result.in.judgement.evidence) {
        if (shown++ == 5) break;
        append(out, "    %s%s%s conversation %s, q %llu, from %s to %s at %.3f s: %s\n", style.bad, e.kind.c_str(), style.end, e.conversation.c_str(),
               static_cast<unsigned long long>(e.sequence), e.sender.empty() ? "?" : e.sender.c_str(), e.receiver.empty() ? "all" : e.receiver.c_str(), e.at,
               e.why.c_str());
    }
    if (result.in.judgement.evidence.size() > 5) append(out, "    and %zu more in the result file (--out json=FILE)\n", result.in.judgement.evidence.size() - 5);
    if (!result.in.judgement.not_checked.empty()) {
        out += "  not checked ";
        for (const std::string& what : result.in.judgement.not_checked) out += " " + what;
        out += '\n';
    }
}

void generator(std::string& out, const RunInput& in, const Style& style) {
    const Histogram& lag = in.health.schedule_lag;
    append(out, "  generator   schedule lag P99 %s, CPU %.0f %%%s\n", lag.count() ? span(lag.percentile(99) * 1e-6).c_str() : "-", in.health.cpu * 100,
           in.health.steal > 0.02 ? (", steal " + std::to_string(static_cast<int>(in.health.steal * 100)) + " %").c_str() : "");
    for (const std::string& reason : in.health.reasons) append(out, "  %s! %s%s\n", style.bad, reason.c_str(), style.end);
    for (const auto& [stage, count] : in.connections.errors) append(out, "  error       %s (%llu)\n", stage.c_str(), static_cast<unsigned long long>(count));
}

const char* meaning(Verdict verdict) {
    switch (verdict) {
        case Verdict::pass: return "PASS: every message is where it should be, and in time";
        case Verdict::slo: return "SLO MISSED: correct, but not within the bounds";
        case Verdict::violation: return "VIOLATION: the backend broke its promises";
        case Verdict::inconclusive: return "INCONCLUSIVE: the generator was not good enough to judge the bounds";
        case Verdict::unverified: return "UNVERIFIED: not everything could be looked at, so this is no pass";
        case Verdict::unreachable: return "UNREACHABLE: the target could not be used";
        case Verdict::interrupted: return "INTERRUPTED: what was seen until then stands above";
        case Verdict::error: return "ERROR: a bug of hubbub";
    }
    return "";
}

}  // namespace

std::string to_summary(const RunResult& result, bool colour) {
    const Style& style = colour ? coloured : plain;
    std::string out;
    heading(out, result.in, style);
    expectations(out, result, style);
    traffic(out, result.in);
    latencies(out, result, style);
    violations(out, result, style);
    generator(out, result.in, style);
    if (!result.in.error.empty()) append(out, "  %s%s%s\n", style.bad, result.in.error.c_str(), style.end);
    append(out, "  again       %s\n", result.in.command.c_str());
    append(out, "\n%s%s%s (exit code %d)\n", result.verdict == Verdict::pass ? style.good : style.bad, meaning(result.verdict), style.end,
           exit_code(result.verdict));
    return out;
}

}  // namespace hubbub
