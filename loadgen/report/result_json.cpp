// The result file (docs/RESULT.md): versioned JSON, times in seconds, +infinity as the string "+Inf", what
// was not measured as null.
#include <boost/json.hpp>
#include <cmath>

#include "base/histogram_codec.hpp"
#include "loadgen/report/coarse_buckets.hpp"
#include "loadgen/report/expectations.hpp"
#include "loadgen/report/latency_table.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub {
namespace {

namespace json = boost::json;

constexpr int schema_version = 1;

json::value number(double value) {
    if (std::isnan(value)) return nullptr;
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return value;
}

template <class Pairs>
json::object object_of(const Pairs& pairs) {
    json::object out;
    for (const auto& [name, value] : pairs) out[name] = value;
    return out;
}

json::object latency_object(const Histogram& histogram, const std::optional<Interval>& p99) {
    const auto figure = [&](const char* name) { return number(latency_figure(histogram, name)); };
    json::object out;
    out["count"] = histogram.count();
    out["missing"] = histogram.missing();
    for (const char* const name : {"p50", "p90", "p99"}) out[name] = figure(name);
    out["p99_low"] = p99 ? number(p99->low) : json::value(nullptr);
    out["p99_high"] = p99 ? number(p99->high) : json::value(nullptr);
    for (const char* const name : {"p999", "max", "mean"}) out[name] = figure(name);
    out["histogram"] = encode_histogram_for_log(histogram);
    return out;
}

json::object latency(const RunResult& result) {
    json::object out;
    for (const LatencyRow& row : latency_table(result)) {
        json::object kind = latency_object(row.all, row.p99);
        json::object by;
        for (const auto& [label, histogram] : row.by_label)
            by[label] = latency_object(histogram, std::nullopt);
        kind["by"] = std::move(by);
        out[row.kind] = std::move(kind);
    }
    return out;
}

json::object totals(const RunInput& in) {
    const Totals& t = in.judgement.totals;
    return {{"users", in.plan->online_users},
            {"connections", in.connections.connections},
            {"connect_errors", in.connections.connect_errors},
            {"reconnects", in.connections.reconnects},
            {"sent", t.sent},
            {"induced", t.induced},
            {"acked", t.acked},
            {"rejected", t.rejected},
            {"indeterminate", t.indeterminate},
            {"unsent", t.unsent},
            {"expected", t.expected},
            {"delivered", t.delivered},
            {"missing", t.missing},
            {"unverified", t.unverified},
            {"foreign", t.foreign},
            {"healed_by_resume", in.faults.healed_by_resume},
            {"skipped", t.skipped}};
}

json::array evidence(const RunInput& in) {
    json::array out;
    for (const Evidence& e : in.judgement.evidence)
        out.push_back(json::object{{"kind", e.kind},
                                   {"conversation", e.conversation},
                                   {"sender", e.sender},
                                   {"k", e.k},
                                   {"sequence", e.sequence},
                                   {"receiver", e.receiver},
                                   {"at", number(e.at)},
                                   {"why", e.why}});
    return out;
}

json::array expectations(const RunResult& result) {
    json::array out;
    for (const Expectation& e : result.expectations) {
        out.push_back(json::object{{"text", e.text},
                                   {"value", number(e.value)},
                                   {"bound", number(e.bound)},
                                   {"unit", e.latency ? "s" : ""},
                                   {"ok", e.ok}});
    }
    return out;
}

json::array series(const RunInput& in) {
    json::array out;
    for (const SeriesPoint& p : in.series)
        out.push_back(json::object{{"t", p.t},
                                   {"users", p.users},
                                   {"sent", p.sent},
                                   {"acked", p.acked},
                                   {"delivered", p.delivered},
                                   {"violations", p.violations},
                                   {"reconnects", p.reconnects},
                                   {"connect_errors", p.connect_errors},
                                   {"delivery_p50", number(p.delivery_p50)},
                                   {"delivery_p99", number(p.delivery_p99)}});
    return out;
}

json::array phases(const RunInput& in) {
    json::array out;
    for (const PhaseSpan& phase : in.phases)
        out.push_back(json::object{{"name", phase.name}, {"started", phase.started}, {"ended", phase.ended}});
    return out;
}

json::array delivery_by_second(const RunInput& in) {
    json::array out;
    for (const auto& [second, histogram] : in.judgement.delivery_by_second)
        out.push_back(json::object{{"second", second},
                                   {"missing", histogram.missing()},
                                   {"p50", number(latency_figure(histogram, "p50"))},
                                   {"p99", number(latency_figure(histogram, "p99"))},
                                   {"buckets", coarse_buckets(histogram)}});
    return out;
}

json::object back_object(const Histogram& back) {
    json::object out{{"count", back.count()}, {"missing", back.missing()}};
    const bool some = back.count() + back.missing() > 0;
    for (const auto& [name, percent] :
         {std::pair("p50", 50.0), {"p95", 95.0}, {"p99", 99.0}, {"p999", 99.9}, {"max", 100.0}})
        out[name] = number(some ? back.percentile(percent) * 1e-6 : std::nan(""));
    return out;
}

json::array faults(const RunResult& result) {
    json::array out;
    for (const FaultOutcome& fault : result.faults) {
        json::object one{{"index", fault.index},         {"kind", fault.kind},
                         {"cohort", fault.cohort},       {"started", number(fault.started)},
                         {"ended", number(fault.ended)}, {"fired", fault.fired},
                         {"affected", fault.affected},   {"lost_sessions", fault.lost}};
        one["back"] = back_object(fault.back);
        one["caught_up"] = back_object(fault.caught_up);
        one["attempts_per_return"] = number(fault.attempts);
        one["peak_attempts"] = number(fault.peak_attempts);
        one["goodput"] = json::object{{"before", number(fault.goodput_before)},
                                      {"during", number(fault.goodput_during)},
                                      {"after", number(fault.goodput_after)}};
        one["slo_again"] = number(fault.slo_again);
        out.push_back(std::move(one));
    }
    return out;
}

json::object health(const GeneratorHealth& h) {
    json::object out{{"schedule_lag_p99", number(latency_figure(h.schedule_lag, "p99"))},
                     {"loop_lag_p99", number(latency_figure(h.loop_lag, "p99"))},
                     {"cpu", number(h.cpu)},
                     {"steal", h.steal < 0 ? json::value(nullptr) : number(h.steal)},
                     {"guard_ok", h.guard_ok}};
    out["reasons"] = json::array(h.reasons.begin(), h.reasons.end());
    return out;
}

json::object sampled(const RunInput& in) {
    json::object out;
    for (const auto& [counter, sample] : in.judgement.sampled) out[counter] = sample;
    return out;
}

}  // namespace

std::string to_json(const RunResult& result) {
    const RunInput& in = result.in;
    const Scenario& scenario = *in.plan->scenario;
    json::array all;
    for (const Verdict verdict : result.all) all.push_back(json::string(name(verdict)));
    json::object out;
    out["schema_version"] = schema_version;
    out["verdict"] = name(result.verdict);
    out["verdicts"] = std::move(all);
    out["exit_code"] = exit_code(result.verdict);
    out["error"] = in.error;
    out["scenario"] = json::object{{"name", scenario.name},
                                   {"file", scenario.file},
                                   {"seed", in.plan->seed},
                                   {"hash", scenario.text_hash}};
    out["labels"] = object_of(in.labels);
    out["command"] = in.command;
    out["started_at"] = in.started_at;
    out["duration"] = in.duration;
    out["totals"] = totals(in);
    out["rate"] = json::object{{"requested", number(in.requested_rate)},
                               {"achieved", number(in.achieved_rate)},
                               {"induced", number(in.induced_rate)}};
    out["violations"] = object_of(by_name(in.judgement.violations));
    out["broken"] = object_of(result.broken);
    out["not_checked"] = json::array(in.judgement.not_checked.begin(), in.judgement.not_checked.end());
    out["sampled"] = sampled(in);
    out["evidence"] = evidence(in);
    out["latency"] = latency(result);
    out["expectations"] = expectations(result);
    out["faults"] = faults(result);
    out["connection_errors"] = object_of(in.connections.errors);
    out["phases"] = phases(in);
    out["series"] = series(in);
    out["delivery_by_second"] = delivery_by_second(in);
    out["health"] = health(in.health);
    out["environment"] = object_of(in.environment);
    return json::serialize(out);
}

}  // namespace hubbub
