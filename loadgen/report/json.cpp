// The result file (docs/RESULT.md): versioned JSON, times in seconds, +infinity as the string "+Inf", what was not measured as null.

#include <boost/json.hpp>
#include <cmath>

#include "loadgen/report/expectations.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub {
namespace {

namespace json = boost::json;

constexpr int schema_version = 1;

json::value number(double value) {
    if (std::isnan(value)) return nullptr;
    if (std::isinf(value)) return "+Inf";
    return value;
}

template <class Pairs>
json::object object_of(const Pairs& pairs) {
    json::object out;
    for (const auto& [name, value] : pairs) out[name] = value;
    return out;
}

/// Sparse [lowest value of the bucket in microseconds, count] pairs: HdrHistogram's layout, two digits, so that it can be rebuilt without loss.
json::array histogram_pairs(const Histogram& histogram) {
    json::array out;
    const auto& buckets = histogram.buckets();
    for (std::size_t i = 0; i < buckets.size(); ++i)
        if (buckets[i]) out.push_back(json::array{Histogram::lowest_equivalent(static_cast<int>(i)), buckets[i]});
    return out;
}

json::object latency_object(const Histogram& histogram) {
    json::object out;
    out["count"] = histogram.count();
    out["missing"] = histogram.missing();
    for (const char* figure : {"p50", "p90", "p99", "p999", "max", "mean"}) out[figure] = number(latency_figure(histogram, figure));
    return out;
}

/// Over what was received alone: how it looked to those who got it.
json::object received_only(const Histogram& histogram) {
    json::object out;
    out["count"] = histogram.count();
    const bool any = histogram.count() > 0;
    auto at = [&](double p) { return any ? number(histogram.percentile_received(p) * 1e-6) : json::value(nullptr); };
    out["p50"] = at(50);
    out["p90"] = at(90);
    out["p99"] = at(99);
    out["p999"] = at(99.9);
    out["max"] = any ? number(histogram.max() * 1e-6) : json::value(nullptr);
    return out;
}

void add_interval(json::object& to, const std::map<std::uint32_t, Histogram>& by_second, std::uint64_t seed) {
    const auto interval = percentile_interval(by_second, 99, seed);
    to["p99_low"] = interval ? number(interval->low) : json::value(nullptr);
    to["p99_high"] = interval ? number(interval->high) : json::value(nullptr);
}

/// kind -> figures over everything, and below "by" the same by label.
json::object latency(const RunResult& result) {
    json::object out;
    auto add = [&](const std::map<LatencyKey, Histogram>& map) {
        for (const auto& [key, histogram] : map) {
            json::object figures = latency_object(histogram);
            if (key.label.empty()) {
                figures["histogram"] = histogram_pairs(histogram);
                if (key.kind == "delivery") add_interval(figures, result.in.judgement.delivery_by_second, result.in.plan->seed);
                if (key.kind == "ack") add_interval(figures, result.in.judgement.ack_by_second, result.in.plan->seed);
                if (json::value* earlier = out.if_contains(key.kind)) figures["by"] = earlier->as_object()["by"];
                out[key.kind] = std::move(figures);
            } else {
                if (!out.contains(key.kind)) out[key.kind] = json::object();
                json::object& kind = out[key.kind].as_object();
                if (!kind.contains("by")) kind["by"] = json::object();
                kind["by"].as_object()[key.label] = std::move(figures);
            }
        }
    };
    add(result.in.judgement.latency);
    add(result.in.extra_latency);
    if (const auto found = result.in.judgement.latency.find({"delivery", ""}); found != result.in.judgement.latency.end())
        out["delivery_received_only"] = received_only(found->second);
    return out;
}

json::object totals(const RunInput& in) {
    const Totals& t = in.judgement.totals;
    return {{"users", in.plan->online_users}, {"connections", in.connections.connections}, {"connect_errors", in.connections.connect_errors},
            {"reconnects", in.connections.reconnects}, {"sent", t.sent}, {"acked", t.acked}, {"rejected", t.rejected},
            {"indeterminate", t.indeterminate}, {"unsent", t.unsent}, {"expected", t.expected}, {"delivered", t.delivered},
            {"missing", t.missing}, {"unverified", t.unverified}, {"foreign", t.foreign}};
}

json::array evidence(const RunInput& in) {
    json::array out;
    for (const Evidence& e : in.judgement.evidence)
        out.push_back(json::object{{"kind", e.kind}, {"conversation", e.conversation}, {"sender", e.sender}, {"k", e.k},
                                   {"sequence", e.sequence}, {"receiver", e.receiver}, {"at", number(e.at)}, {"why", e.why}});
    return out;
}

json::array expectations(const RunResult& result) {
    json::array out;
    for (const Expectation& e : result.expectations)
        out.push_back(json::object{{"text", e.text}, {"value", number(e.value)}, {"bound", number(e.bound)}, {"ok", e.ok}});
    return out;
}

json::array series(const RunInput& in) {
    json::array out;
    for (const SeriesPoint& p : in.series)
        out.push_back(json::object{{"t", p.t}, {"users", p.users}, {"sent", p.sent}, {"acked", p.acked}, {"delivered", p.delivered},
                                   {"violations", p.violations}, {"delivery_p50", number(p.delivery_p50)}, {"delivery_p99", number(p.delivery_p99)}});
    return out;
}

json::object health(const GeneratorHealth& h) {
    auto p99 = [](const Histogram& histogram) { return histogram.count() ? number(histogram.percentile(99) * 1e-6) : json::value(nullptr); };
    json::object out{{"schedule_lag_p99", p99(h.schedule_lag)}, {"loop_lag_p99", p99(h.loop_lag)}, {"cpu", number(h.cpu)},
                     {"steal", h.steal < 0 ? json::value(nullptr) : number(h.steal)}, {"guard_ok", h.guard_ok}};
    out["reasons"] = json::array(h.reasons.begin(), h.reasons.end());
    return out;
}

}  // namespace

std::string to_json(const RunResult& result) {
    const RunInput& in = result.in;
    const Scenario& scenario = *in.plan->scenario;
    json::object out;
    out["schema_version"] = schema_version;
    out["verdict"] = name(result.verdict);
    out["exit_code"] = exit_code(result.verdict);
    out["scenario"] = json::object{{"name", scenario.name}, {"file", scenario.file}, {"seed", in.plan->seed}, {"hash", scenario.text_hash}};
    out["command"] = in.command;
    out["started_at"] = in.started_at;
    out["duration"] = in.duration;
    out["error"] = in.error;
    out["totals"] = totals(in);
    out["violations"] = object_of(by_name(in.judgement.violations));
    out["broken"] = object_of(result.broken);
    out["not_checked"] = json::array(in.judgement.not_checked.begin(), in.judgement.not_checked.end());
    out["evidence"] = evidence(in);
    out["latency"] = latency(result);
    out["rate"] = json::object{{"requested", number(in.requested_rate)}, {"achieved", number(in.achieved_rate)}};
    out["expectations"] = expectations(result);
    out["connection_errors"] = object_of(in.connections.errors);
    out["faults"] = json::array();
    out["series"] = series(in);
    out["health"] = health(in.health);
    out["environment"] = object_of(in.environment);
    return json::serialize(out);
}

}  // namespace hubbub
