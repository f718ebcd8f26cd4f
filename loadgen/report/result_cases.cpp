// The result taken apart into what is ticked or crossed: expectations, counters, the run itself.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "loadgen/report/expectations.hpp"
#include "loadgen/report/output_formats.hpp"
#include "loadgen/report/summary_text.hpp"

namespace hubbub {
namespace {

using Kind = ResultCase::Kind;
using State = ResultCase::State;

std::string reasons_of(const RunInput& in) {
    std::string out;
    for (const std::string& reason : in.health.reasons) out += (out.empty() ? "" : "; ") + reason;
    return out;
}

std::string measured(const Expectation& expectation, bool latency) {
    if (std::isnan(expectation.value)) return "nothing was measured";
    if (latency) return "was " + span_text(expectation.value);
    char text[32];
    std::snprintf(text, sizeof text, "%g", expectation.value);
    return std::string("was ") + text;
}

void add_expectations(const RunResult& result, std::vector<ResultCase>& out) {
    for (const Expectation& expectation : result.expectations) {
        const bool latency = expectation.latency;
        ResultCase one{Kind::expectation, State::ok, expectation.text, "", {}};
        // A late generator proves neither: a bound that held may have held because little was sent in time.
        if (latency && !result.in.health.guard_ok) {
            one.state = State::no_proof;
            one.why = measured(expectation, latency) + ", but does not count: " + reasons_of(result.in);
        } else if (!expectation.ok) {
            one.state = State::failed;
            one.why = measured(expectation, latency);
        }
        out.push_back(std::move(one));
    }
}

std::string sentence(const Evidence& e) {
    std::string line = "conversation " + e.conversation + ", entry " + std::to_string(e.sequence);
    if (!e.sender.empty()) line += " of " + e.sender;
    if (!e.receiver.empty()) line += ", to " + e.receiver;
    return line + ": " + e.why;
}

void add_counters(const RunResult& result, std::vector<ResultCase>& out) {
    const auto& blind = result.in.judgement.not_checked;
    for (const auto& [counter, count] : by_name(result.in.judgement.violations)) {
        ResultCase one{Kind::counter, State::ok, counter, "", {}};
        const auto is_this = [&name = counter](const auto& broken) { return broken.first == name; };
        if (std::any_of(result.broken.begin(), result.broken.end(), is_this)) {
            one.state = State::failed;
            one.why = count_text(count) + " found, none may be";
            for (const Evidence& e : result.in.judgement.evidence)
                if (e.kind == counter) one.details.push_back(sentence(e));
        } else if (std::find(blind.begin(), blind.end(), counter) != blind.end()) {
            one.state = State::skipped;
            one.why = "not checked: this backend, or this version, cannot show it";
        } else if (count > 0) {
            one.details.push_back(count_text(count) + " found, which this delivery mode permits");
        }
        out.push_back(std::move(one));
    }
}

std::string why_not(const RunResult& result, Verdict verdict) {
    const RunInput& in = result.in;
    switch (verdict) {
        case Verdict::unreachable: {
            std::string out = "the target could not be used";
            for (const auto& [stage, count] : in.connections.errors)
                out += "; " + stage + " (" + count_text(count) + ")";
            return out;
        }
        case Verdict::inconclusive:
            return "this run proves nothing: " + reasons_of(in);
        case Verdict::unverified:
            return count_text(in.judgement.totals.unverified) + " deliveries could not be looked at";
        case Verdict::interrupted:
            return "interrupted before its end";
        case Verdict::error:
            return "a bug of hubbub: " + in.error;
        case Verdict::pass:
        case Verdict::slo:
        case Verdict::violation:
            break;
    }
    return "";
}

}  // namespace

std::vector<ResultCase> result_cases(const RunResult& result) {
    std::vector<ResultCase> out;
    const bool judged = !result.in.unreachable && result.in.error.empty();
    // Who was not reached was not judged: no ticks.
    if (judged) {
        add_expectations(result, out);
        add_counters(result, out);
    }
    ResultCase run{Kind::run, State::ok, "the run itself", "", {}};
    for (const Verdict verdict : result.all) {
        const std::string why = why_not(result, verdict);
        if (why.empty()) continue;  // shown by its own case
        run.state = State::no_proof;
        run.why += (run.why.empty() ? "" : "; ") + std::string(name(verdict)) + ": " + why;
    }
    out.push_back(std::move(run));
    return out;
}

}  // namespace hubbub
