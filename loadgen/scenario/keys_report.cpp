// The table, a part: where figures go while the run goes on.
#include <algorithm>

#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

/// http://host[:port][/path]; empty, as an unset variable of the environment gives it, is none. No user
/// names: what would be a secret has no place in a report's neighbourhood.
std::optional<Value> parse_gateway(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    Value value;
    value.text = text;
    if (text.empty()) return value;
    if (!text.starts_with(scheme) || text.size() == scheme.size() || text.size() > 2048) return std::nullopt;
    const auto forbidden = [](char c) { return c <= ' ' || c == 0x7f || c == '?' || c == '#' || c == '@'; };
    if (std::any_of(text.begin(), text.end(), forbidden) || text[scheme.size()] == '/') return std::nullopt;
    return value;
}

const Key table[] = {
    {.path = "report", .type = map, .doc = "Where figures go while the run goes on."},
    {.path = "report.prometheus",
     .type = map,
     .doc = "Figures for Prometheus (docs/METRICS.md): an endpoint, a Pushgateway, or both."},
    {.path = "report.prometheus.listen",
     .type = address,
     .doc = "Address of an endpoint to scrape.",
     .set = [](Draft& d, const Value& v) { d.scenario.prometheus.listen = v.text; }},
    {.path = "report.prometheus.linger",
     .type = duration,
     .doc = "How long the endpoint answers after the run, so that a last scrape sees the end. Without it: "
            "not at "
            "all.",
     .set = [](Draft& d, const Value& v) { d.scenario.prometheus.linger = v.span; }},
    {.path = "report.prometheus.push",
     .type = custom,
     .doc = "A Pushgateway, for runs too short to be scraped: told every 10 s and at the end. One that is "
            "away is a "
            "warning and never changes the verdict. Empty: none.",
     .set = [](Draft& d, const Value& v) { d.scenario.prometheus.push = v.text; },
     .parse = parse_gateway,
     .form = "a Pushgateway such as http://127.0.0.1:9091 (plain HTTP, no user name)",
     .shape = "(http://[^\\s/?#@][^\\s?#@]*)?"},
    {.path = "report.prometheus.job",
     .type = text,
     .need = Need::fallback,
     .fallback = "hubbub",
     .doc = "The `job` under which is pushed.",
     .set = [](Draft& d, const Value& v) { d.scenario.prometheus.job = v.text; }},
    {.path = "report.prometheus.instance",
     .type = text,
     .doc = "The `instance` under which is pushed. Without it: the scenario's name.",
     .set = [](Draft& d, const Value& v) { d.scenario.prometheus.instance = v.text; }},
};

void check_report(DraftView& draft) {
    const std::string at = "report.prometheus";
    const auto needs = [&](const std::string& key, const std::string& other) {
        if (draft.given(at + key) && !draft.given(at + other))
            draft.refuse(at + key, at + key + ": is of no use without " + at + other);
    };
    if (draft.given(at) && !draft.given(at + ".listen") && !draft.given(at + ".push"))
        draft.refuse(at, at + ": needs listen, push or both");
    needs(".linger", ".listen");
    needs(".job", ".push");
    needs(".instance", ".push");
    if (draft.given(at + ".job") && draft.scenario.prometheus.job.empty())
        draft.refuse(at + ".job", at + ".job: a Pushgateway takes no empty job");
}

}  // namespace

KeyPart report_keys() {
    return {table, check_report};
}

}  // namespace hubbub
