// The end summary: what a person wants to know on one screen; the verdict last, where the eye is.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "loadgen/report/expectations.hpp"
#include "loadgen/report/latency_table.hpp"
#include "loadgen/report/run_result.hpp"
#include "loadgen/report/summary_text.hpp"

namespace hubbub {
namespace {

/// Cases shown; the others are in the result file.
constexpr std::size_t evidence_shown = 5;
/// Connection errors shown, most frequent first.
constexpr std::size_t errors_shown = 4;

struct Style {
    const char *good, *bad, *dim, *bold, *end;
};
constexpr Style coloured{"\033[32m", "\033[31m", "\033[2m", "\033[1m", "\033[0m"};
constexpr Style plain{"", "", "", "", ""};

std::string one_decimal(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value);
    return text;
}

std::string short_number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

std::string heading(const RunInput& in, const Style& style) {
    const Scenario& scenario = *in.plan->scenario;
    return "\n" + (style.bold + fitted(scenario.name, 60)) + style.end + "  seed " +
           std::to_string(in.plan->seed) + ", " + one_decimal(in.duration) + " s, " +
           count_text(in.plan->online_users) + " users\n";
}

std::string expectations(const RunResult& result, const Style& style) {
    std::string out;
    for (const Expectation& e : result.expectations) {
        std::string value = e.latency ? span_text(e.value) : short_number(e.value);
        if (std::isnan(e.value)) value = "not measured";
        const bool counts = result.in.health.guard_ok || !e.latency;
        out += std::string("  ") + (e.ok ? style.good : style.bad) + (e.ok ? "✓" : "✗") + style.end + " " +
               padded(fitted(e.text, 60), 60, false) + " " + value + (counts ? "" : "  (does not count)") +
               "\n";
    }
    return out;
}

std::string traffic(const RunInput& in) {
    const Totals& t = in.judgement.totals;
    const auto counted = [](const char* what, std::uint64_t count) {
        return std::string(what) + " " + count_text(count);
    };
    std::vector<std::string> deliveries = {counted("expected", t.expected), counted("delivered", t.delivered),
                                           counted("missing", t.missing)};
    if (t.unverified > 0) deliveries.push_back(counted("unverified", t.unverified));
    if (t.foreign > 0) deliveries.push_back(counted("foreign", t.foreign));
    if (t.skipped > 0) deliveries.push_back(counted("announced as skipped", t.skipped));
    std::vector<std::string> rate = {"achieved " + one_decimal(in.achieved_rate) + " of " +
                                     one_decimal(in.requested_rate) + " messages/s requested"};
    if (t.induced > 0) rate.push_back("replies and edits " + one_decimal(in.induced_rate) + "/s");
    return labelled_list(
               "messages",
               {counted("sent", t.sent), counted("acknowledged", t.acked), counted("rejected", t.rejected),
                counted("indeterminate", t.indeterminate), counted("unsent", t.unsent)}) +
           labelled_list("deliveries", deliveries) + labelled_list("rate", rate) +
           labelled_list("connections", {counted("opened", in.connections.connections),
                                         counted("failed", in.connections.connect_errors),
                                         counted("reconnects", in.connections.reconnects)});
}

std::string latency_line(const std::string& title, const Histogram& histogram,
                         const std::optional<Interval>& p99) {
    std::string out = "  " + padded(title, 22, false) + padded(count_text(histogram.count()), 12, true);
    for (const char* const figure : {"p50", "p90", "p99", "p999", "max"})
        out += padded(span_text(latency_figure(histogram, figure)), 9, true);
    if (p99) out += "  " + span_text(p99->low) + "-" + span_text(p99->high);
    return fitted(out, summary_columns) + "\n";
}

std::string latencies(const RunResult& result, const Style& style) {
    std::string out =
        std::string(style.dim) + "  " + padded("latency", 22, false) + padded("count", 12, true);
    for (const char* const figure : {"P50", "P90", "P99", "P99.9", "max"}) out += padded(figure, 9, true);
    out += std::string("  95 % of P99") + style.end + "\n";
    for (const LatencyRow& row : latency_table(result)) {
        const bool differs = row.kind != "delivery_received_only" || result.in.judgement.totals.missing > 0;
        if (row.all.count() + row.all.missing() == 0 || !differs) continue;
        out += latency_line(row.kind, row.all, row.p99);
        if (row.kind != "delivery" && row.kind != "delivery_last") continue;
        std::vector<std::string> classes;
        for (const auto& [label, histogram] : row.by_label)
            if ((label.starts_with("class=") || label.starts_with("cohort=")) &&
                label.find(',') == std::string::npos)
                classes.push_back(label);
        if (classes.size() < 2) continue;
        for (const std::string& label : classes)
            out += latency_line("  " + label, row.by_label.at(label), std::nullopt);
    }
    return out;
}

std::string violations(const RunResult& result, const Style& style) {
    const auto& broken = result.broken;
    std::vector<std::string> wrong, fine, quiet;
    for (const auto& [counter, count] : by_name(result.in.judgement.violations)) {
        const bool is_broken =
            std::any_of(broken.begin(), broken.end(), [&](const auto& one) { return one.first == counter; });
        const auto& skipped = result.in.judgement.not_checked;
        if (is_broken)
            wrong.push_back("✗ " + counter + " " + count_text(count));
        else if (count > 0)
            fine.push_back(counter + " " + count_text(count));
        else if (std::find(skipped.begin(), skipped.end(), counter) == skipped.end())
            quiet.push_back("✓ " + counter);
    }
    std::string out;
    if (!wrong.empty()) out += style.bad + labelled_list("violations", wrong) + style.end;
    if (!quiet.empty()) out += style.good + labelled_list("all 0", quiet) + style.end;
    if (!fine.empty()) out += labelled_list("permitted", fine);
    if (!result.in.judgement.not_checked.empty())
        out += labelled_list("not checked", result.in.judgement.not_checked);
    for (const auto& [counter, sample] : result.in.judgement.sampled)
        out += labelled_list("sampled", {counter + ": " + sample});
    const auto& cases = result.in.judgement.evidence;
    std::size_t shown = 0, left = 0;
    for (const Evidence& e : cases) {
        const bool is_broken =
            std::any_of(broken.begin(), broken.end(), [&](const auto& one) { return one.first == e.kind; });
        if (!is_broken) continue;
        if (shown++ >= evidence_shown) {
            ++left;
            continue;
        }
        std::string line =
            "    " + e.kind + ": conversation " + e.conversation + ", entry " + std::to_string(e.sequence);
        if (!e.sender.empty()) line += " of " + e.sender;
        if (!e.receiver.empty()) line += ", to " + e.receiver;
        out += fitted(line + ": " + e.why, summary_columns) + "\n";
    }
    if (left > 0) out += "    and " + count_text(left) + " more cases in the result file\n";
    return out;
}

std::string generator(const RunInput& in, const Style& style) {
    std::vector<std::string> words = {
        "schedule lag P99 " + span_text(latency_figure(in.health.schedule_lag, "p99")),
        "CPU " + one_decimal(in.health.cpu * 100) + " %"};
    if (in.health.steal > 0.02) words.push_back("steal " + one_decimal(in.health.steal * 100) + " %");
    std::string out = labelled_list("generator", words);
    for (const std::string& reason : in.health.reasons)
        out += style.bad + labelled_text("!", reason) + style.end;
    std::vector<std::pair<std::uint64_t, std::string>> errors;
    for (const auto& [stage, count] : in.connections.errors) errors.emplace_back(count, stage);
    std::stable_sort(errors.begin(), errors.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::size_t i = 0; i < std::min(errors.size(), errors_shown); ++i)
        out += fitted("  error       " + errors[i].second, summary_columns - 14) + " (" +
               count_text(errors[i].first) + ")\n";
    if (errors.size() > errors_shown)
        out += "              and " + count_text(errors.size() - errors_shown) +
               " other kinds of error in the result file\n";
    return out;
}

std::string back_text(const char* what, const Histogram& back) {
    std::string out = what;
    for (const auto& [name, percent] : {std::pair("50", 50.0), {"95", 95.0}, {"99", 99.0}, {"99.9", 99.9}})
        out += std::string("  ") + name + " % " + span_text(back.percentile(percent) * 1e-6);
    return out;
}

/// Those of its three rates that are known: a fault of no length has no "during".
std::string goodput_text(const FaultOutcome& fault) {
    std::string out;
    const std::pair<double, const char*> rates[] = {{fault.goodput_before, " before"},
                                                    {fault.goodput_during, " during"},
                                                    {fault.goodput_after, " after"}};
    for (const auto& [rate, when] : rates)
        if (!std::isnan(rate)) out += (out.empty() ? "deliveries/s " : ", ") + one_decimal(rate) + when;
    return out;
}

/// What was done to whom, and how they came back.
std::string faults(const RunResult& result) {
    std::string out;
    for (const FaultOutcome& fault : result.faults) {
        std::vector<std::string> words = {fault.kind};
        if (!std::isnan(fault.started)) words.back() += " at " + one_decimal(fault.started) + " s";
        words.push_back("bit " + count_text(fault.fired));
        words.push_back("connections " + count_text(fault.affected));
        if (fault.index == 0) {
            out += labelled_list("network", {fault.cohort + ": " + words[0], words[1], words[2]});
            continue;
        }
        const auto phase = [&](const char* when) {
            const auto found = result.in.judgement.latency.find(
                {"delivery", "fault=" + std::to_string(fault.index) + ",window=" + when});
            return span_text(found == result.in.judgement.latency.end()
                                 ? std::nan("")
                                 : latency_figure(found->second, "p99"));
        };
        words.push_back("delivery P99 " + phase("before") + " before, " + phase("during") + " during, " +
                        phase("after") + " after");
        out += labelled_list("fault " + std::to_string(fault.index), words);
        if (!std::isnan(fault.slo_again))
            out += labelled_list("", {"SLO kept again after " + span_text(fault.slo_again)});
        if (fault.lost == 0) continue;
        out += labelled_list("", {back_text("back", fault.back), back_text("caught up", fault.caught_up)});
        std::vector<std::string> storm = {count_text(fault.back.count()) + " of " + count_text(fault.lost) +
                                          " sessions back"};
        if (!std::isnan(fault.attempts)) storm.push_back("attempts each " + one_decimal(fault.attempts));
        storm.push_back("peak of attempts " + count_text(static_cast<std::uint64_t>(fault.peak_attempts)) +
                        "/s");
        if (const std::string rates = goodput_text(fault); !rates.empty()) storm.push_back(rates);
        out += labelled_list("", storm);
    }
    if (!result.faults.empty() && result.in.faults.healed_by_resume > 0)
        out +=
            labelled_list("healed", {count_text(result.in.faults.healed_by_resume) + " entries by resume"});
    const auto memory = result.in.environment.find("server_peak_memory");
    if (!result.faults.empty() && memory != result.in.environment.end())
        out += labelled_list(
            "server", {"peak of memory " +
                       count_text(std::strtoull(memory->second.c_str(), nullptr, 10) / 1'000'000) + " MB"});
    return out;
}

const char* meaning(Verdict verdict) {
    switch (verdict) {
        case Verdict::pass:
            return "PASS: every message is where it should be, and in time";
        case Verdict::slo:
            return "SLO MISSED: correct, but not within the bounds";
        case Verdict::violation:
            return "VIOLATION: the backend broke its promises";
        case Verdict::inconclusive:
            return "INCONCLUSIVE: this run proves nothing, for the reason above";
        case Verdict::unverified:
            return "UNVERIFIED: not everything could be looked at, so this is no pass";
        case Verdict::unreachable:
            return "UNREACHABLE: the target could not be used";
        case Verdict::interrupted:
            return "INTERRUPTED: what was seen until then stands above";
        case Verdict::error:
            return "ERROR: a bug of hubbub";
    }
    return "";
}

}  // namespace

std::string to_summary(const RunResult& result, bool colour) {
    const Style& style = colour ? coloured : plain;
    std::string out = heading(result.in, style) + expectations(result, style) + traffic(result.in);
    // A target that nobody reached was not judged: no latencies, and above all no ticks.
    if (result.verdict != Verdict::unreachable)
        out += latencies(result, style) + faults(result) + violations(result, style);
    out += generator(result.in, style);
    if (!result.in.error.empty()) out += style.bad + labelled_text("error", result.in.error) + style.end;
    if (!result.in.command.empty()) out += "  again       " + result.in.command + "\n";
    const bool good = result.verdict == Verdict::pass;
    return out + "\n" + (good ? style.good : style.bad) + meaning(result.verdict) + style.end +
           " (exit code " + std::to_string(exit_code(result.verdict)) + ")\n";
}

}  // namespace hubbub
