// The result as Markdown, for the summary page of a CI job, and as GitHub's annotations.
#include <cmath>
#include <cstdio>

#include "loadgen/report/expectations.hpp"
#include "loadgen/report/latency_table.hpp"
#include "loadgen/report/output_formats.hpp"
#include "loadgen/report/summary_text.hpp"

namespace hubbub {
namespace {

/// Of evidence, a case shows so much; the rest is in the result file.
constexpr std::size_t details_shown = 5;

/// What a page could take for markup is written as an entity: backends' texts stay texts.
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n' || c == '\r' || byte < 0x20)
            out += ' ';
        else if (std::string_view("&<>|`*_[]()#!~\\@:").find(c) != std::string_view::npos)
            out += "&#" + std::to_string(byte) + ";";
        else
            out += c;
    }
    return out;
}

/// A command in a code block: the fence is longer than any that it holds, and it stays one line.
std::string code_block(std::string_view text) {
    std::string line;
    std::size_t longest = 2, run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
        line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    const std::string fence(longest + 1, '`');
    return fence + "\n" + line + "\n" + fence + "\n";
}

const char* mark(ResultCase::State state) {
    switch (state) {
        case ResultCase::State::ok:
            return "✅";
        case ResultCase::State::failed:
            return "❌";
        case ResultCase::State::no_proof:
            return "❔";
        case ResultCase::State::skipped:
            return "➖";
    }
    return "";
}

std::string cases_of(const RunResult& result) {
    std::string out = "| | what | |\n|---|---|---|\n";
    std::string fine, skipped;
    for (const ResultCase& one : result_cases(result)) {
        const bool counter = one.kind == ResultCase::Kind::counter;
        if (counter && one.state == ResultCase::State::ok) {
            fine += (fine.empty() ? "" : ", ") + plain(one.name);
        } else if (one.state == ResultCase::State::skipped) {
            skipped += (skipped.empty() ? "" : ", ") + plain(one.name);
        } else if (one.kind != ResultCase::Kind::run || one.state != ResultCase::State::ok) {
            out += std::string("| ") + mark(one.state) + " | " + plain(one.name) + " | " + plain(one.why);
            for (std::size_t i = 0; i < std::min(one.details.size(), details_shown); ++i)
                out += "<br>" + plain(one.details[i]);
            if (one.details.size() > details_shown)
                out +=
                    "<br>and " + count_text(one.details.size() - details_shown) + " more in the result file";
            out += " |\n";
        }
    }
    if (!fine.empty()) out += "| ✅ | " + fine + " | as they must be |\n";
    if (!skipped.empty()) out += "| ➖ | " + skipped + " | not checked |\n";
    return out;
}

std::string latencies(const RunResult& result) {
    std::string out;
    for (const LatencyRow& row : latency_table(result)) {
        if (row.all.count() + row.all.missing() == 0) continue;
        out += "| " + row.kind + " | " + count_text(row.all.count());
        for (const char* const figure : {"p50", "p90", "p99", "p999", "max"})
            out += " | " + span_text(latency_figure(row.all, figure));
        out += " |\n";
    }
    if (out.empty()) return out;
    return "\n| latency | count | P50 | P90 | P99 | P99.9 | max |\n|---|--:|--:|--:|--:|--:|--:|\n" + out;
}

/// GitHub, "Workflow commands": what ends a command or one of its properties is escaped.
std::string escaped(std::string_view text, bool property) {
    std::string out;
    for (const char c : text) {
        if (c == '%')
            out += "%25";
        else if (c == '\r')
            out += "%0D";
        else if (c == '\n')
            out += "%0A";
        else if (property && c == ':')
            out += "%3A";
        else if (property && c == ',')
            out += "%2C";
        else
            out += c;
    }
    return out;
}

}  // namespace

OutputFiles markdown_output(const RunResult& result) {
    const RunInput& in = result.in;
    const Totals& t = in.judgement.totals;
    const bool good = result.verdict == Verdict::pass;
    std::string out = std::string("### ") + (good ? "✅ " : "❌ ") + plain(in.plan->scenario->name) + ": " +
                      std::string(name(result.verdict)) + "\n\n" + count_text(in.plan->online_users) +
                      " users, " + count_text(t.sent) + " messages sent, " + count_text(t.acked) +
                      " acknowledged; " + count_text(t.delivered) + " of " + count_text(t.expected) +
                      " deliveries; " + count_text(in.connections.reconnects) + " reconnects.\n\n";
    out += cases_of(result);
    if (result.verdict != Verdict::unreachable) out += latencies(result);
    if (!in.command.empty()) out += "\nThe same again:\n\n" + code_block(in.command);
    return {{"", out + "\n"}};
}

std::string github_annotations(const RunResult& result) {
    std::string out;
    const std::string& scenario = result.in.plan->scenario->name;
    for (const ResultCase& one : result_cases(result)) {
        if (one.state == ResultCase::State::ok || one.state == ResultCase::State::skipped) continue;
        std::string text = one.name + ": " + one.why;
        for (std::size_t i = 0; i < std::min(one.details.size(), details_shown); ++i)
            text += "\n" + one.details[i];
        out += "::error title=" + escaped("hubbub " + scenario, true) + "::" + escaped(text, false) + "\n";
    }
    return out;
}

}  // namespace hubbub
