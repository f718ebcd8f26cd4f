#include "chaos/proxy/proxy_metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace hubbub {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

class Families {
  public:
    MetricFamily& add(const char* name, const char* help, MetricType type = MetricType::Counter) {
        list_.push_back({std::string("hubbub_proxy_") + name, help, type, {}});
        return list_.back();
    }
    static void sample(MetricFamily& to, Labels labels, std::uint64_t value) {
        ClientMetric metric;
        metric.label = std::move(labels);
        (to.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) =
            static_cast<double>(value);
        to.metric.push_back(std::move(metric));
    }
    [[nodiscard]] std::string text() const { return prometheus::TextSerializer().Serialize(list_); }

  private:
    std::vector<MetricFamily> list_;
};

void add_connections(Families& families, const ProxyTable& table) {
    const struct {
        const char* name;
        const char* help;
        RelaxedCounter RelayStats::*figure;
        MetricType type;
    } rows[] = {
        {"connections", "Connections that stand", &RelayStats::open, MetricType::Gauge},
        {"connections_accepted_total", "Connections that were accepted", &RelayStats::accepted,
         MetricType::Counter},
        {"connections_turned_away_total",
         "Connections that were reset because there are as many as there may be", &RelayStats::turned_away,
         MetricType::Counter},
        {"upstream_failures_total", "Dials of the upstream that failed", &RelayStats::upstream_failed,
         MetricType::Counter},
        {"resets_total", "Connections that ended by a reset, drawn by a fault or handed on",
         &RelayStats::resets, MetricType::Counter},
    };
    for (const auto& row : rows) {
        MetricFamily& family = families.add(row.name, row.help, row.type);
        for (const auto& [name, proxy] : table.all())
            Families::sample(family, {{"proxy", name}}, (proxy->stats().*row.figure).get());
    }
}

void add_streams(Families& families, const ProxyTable& table) {
    const struct {
        const char* name;
        const char* help;
        RelaxedCounter (RelayStats::*figure)[2];
    } rows[] = {
        {"received_bytes_total", "Bytes read, by stream", &RelayStats::bytes},
        {"pauses_total", "Times that a source was not read any more because its direction was full",
         &RelayStats::paused},
    };
    for (const auto& row : rows) {
        MetricFamily& family = families.add(row.name, row.help);
        for (const auto& [name, proxy] : table.all())
            for (const FaultStream stream : fault_streams)
                Families::sample(family, {{"proxy", name}, {"stream", std::string(hubbub::name(stream))}},
                                 (proxy->stats().*row.figure)[static_cast<std::size_t>(stream)].get());
    }
}

void add_faults(Families& families, const ProxyTable& table) {
    const struct {
        const char* name;
        const char* help;
        RelaxedCounter FaultTally::*figure;
    } rows[] = {
        {"fault_bites_total", "How often a fault did its work; one that never bit has shown nothing",
         &FaultTally::bites},
        {"fault_connections_total", "Connections that drew the fault", &FaultTally::connections},
        {"fault_swallowed_bytes_total", "Bytes that the fault swallowed", &FaultTally::swallowed_bytes},
    };
    for (const auto& row : rows) {
        MetricFamily& family = families.add(row.name, row.help);
        for (const auto& [name, proxy] : table.all())
            for (const auto& placed : proxy->faults().all())
                Families::sample(family,
                                 {{"proxy", name},
                                  {"toxic", placed->spec.name},
                                  {"type", std::string(placed->spec.kind->name)},
                                  {"stream", std::string(hubbub::name(placed->spec.stream))}},
                                 (placed->tally.*row.figure).get());
    }
}

}  // namespace

std::string proxy_metrics(const ProxyTable& table, const LoopStats& stats) {
    Families families;
    add_connections(families, table);
    add_streams(families, table);
    add_faults(families, table);
    Families::sample(
        families.add("descriptors_exhausted_total", "Pauses of accepting for want of descriptors"), {},
        stats.descriptors_exhausted.get());
    return families.text();
}

}  // namespace hubbub
