#include "loadgen/report/latency_table.hpp"

#include <algorithm>
#include <array>

namespace hubbub {
namespace {

constexpr std::array kinds = {"ack",
                              "delivery",
                              "delivery_received_only",
                              "delivery_first",
                              "delivery_last",
                              "connect",
                              "reconnect",
                              "catch_up",
                              "presence",
                              "receipt",
                              "typing",
                              "page"};

Histogram without_missing(const Histogram& histogram) {
    Histogram missing, received = histogram;
    missing.record_missing(histogram.missing());
    received -= missing;
    return received;
}

}  // namespace

std::vector<LatencyRow> latency_table(const RunResult& result) {
    std::vector<LatencyRow> table;
    for (const char* const kind : kinds) table.push_back({kind, {}, {}, {}});
    const auto row_of = [&](const std::string& kind) {
        return std::find_if(table.begin(), table.end(),
                            [&](const LatencyRow& row) { return row.kind == kind; });
    };
    for (const auto* const latencies : {&result.in.judgement.latency, &result.in.extra_latency}) {
        for (const auto& [key, histogram] : *latencies) {
            const auto row = row_of(key.kind);
            if (row == table.end()) continue;
            if (key.label.empty())
                row->all += histogram;
            else
                row->by_label[key.label] += histogram;
        }
    }
    const auto delivery = row_of("delivery");
    const auto received = row_of("delivery_received_only");
    received->all = without_missing(delivery->all);
    for (const auto& [label, histogram] : delivery->by_label)
        received->by_label[label] = without_missing(histogram);
    const std::uint64_t seed = result.in.plan->seed;
    delivery->p99 = percentile_interval(result.in.judgement.delivery_by_second, 99, seed);
    row_of("ack")->p99 = percentile_interval(result.in.judgement.ack_by_second, 99, seed);
    return table;
}

}  // namespace hubbub
