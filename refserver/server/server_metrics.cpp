#include "refserver/server/server_metrics.hpp"

#include <prometheus/metric_family.h>

#include <cmath>
#include <limits>

#include "refserver/api/api_host.hpp"
#include "refserver/core/counters.hpp"
#include "refserver/server/audit_log.hpp"
#include "refserver/server/health.hpp"
#include "refserver/server/shard_host.hpp"
#include "refserver/store/rocksdb_store.hpp"
#include "transport/metric_family.hpp"

namespace hubbub {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

class ServerMetrics final : public prometheus::Collectable {
  public:
    ServerMetrics(std::vector<const ShardHost*> hosts, const RocksDbStore& store, const Health& health,
                  const AuditLog* audit, const ApiFigures& api)
        : hosts_(std::move(hosts)), store_(store), health_(health), audit_(audit), api_(api) {}

    std::vector<MetricFamily> Collect() const override {
        std::vector<MetricFamily> families;
        for (const CounterRow& row : counter_rows) families.push_back(from_row(row));
        families.push_back(rejects());
        families.push_back(tokens());
        families.push_back(api_requests());
        families.push_back(system_calls());
        families.push_back(store_groups());
        families.push_back(draining());
        families.push_back(commits());
        families.push_back(turns());
        if (audit_) families.push_back(audited());
        families.push_back(
            loop_figure("loop_turns_total", "Turns of the event loop", MetricType::Counter,
                        [](const LoopStats& s) { return static_cast<double>(s.turns.get()); }));
        families.push_back(loop_figure(
            "loop_slow_turns_total", "Turns longer than their budget of 2 ms", MetricType::Counter,
            [](const LoopStats& s) { return static_cast<double>(s.slow_turns.get()); }));
        families.push_back(
            loop_figure("loop_busy_seconds_total", "Time spent in turns", MetricType::Counter,
                        [](const LoopStats& s) { return static_cast<double>(s.busy_nanos.get()) * 1e-9; }));
        families.push_back(loop_figure(
            "loop_longest_turn_seconds", "The longest turn so far", MetricType::Gauge,
            [](const LoopStats& s) { return static_cast<double>(s.longest_nanos.get()) * 1e-9; }));
        families.push_back(
            loop_figure("sent_bytes_total", "Bytes written to sockets", MetricType::Counter,
                        [](const LoopStats& s) { return static_cast<double>(s.bytes_out.get()); }));
        return families;
    }

  private:
    static MetricFamily family(const std::string& name, const char* help, MetricType type) {
        return metric_family("hubbub_server_" + name, help, type);
    }

    MetricFamily from_row(const CounterRow& row) const {
        MetricFamily out = family(row.gauge ? row.name : std::string(row.name) + "_total", row.help,
                                  row.gauge ? MetricType::Gauge : MetricType::Counter);
        for (std::size_t shard = 0; shard < hosts_.size(); ++shard)
            add_sample(out, {{"shard", std::to_string(shard)}},
                       static_cast<double>((hosts_[shard]->counters().*row.counter).get()));
        return out;
    }

    MetricFamily rejects() const {
        MetricFamily out =
            family("rejects_total", "Requests and connections refused, by error code", MetricType::Counter);
        for (const ErrorTraits& error : error_table) {
            double total = 0;
            for (const ShardHost* host : hosts_)
                total += static_cast<double>(host->counters().rejected(error.code));
            add_sample(out, {{"code", std::string(error.name)}}, total);
        }
        return out;
    }

    MetricFamily tokens() const {
        MetricFamily out = family("tokens_checked_total", "Tokens checked, by what was wrong with them",
                                  MetricType::Counter);
        for (std::size_t fault = 0; fault < token_fault_names.size(); ++fault) {
            auto total = static_cast<double>(api_.tokens[fault].get());
            for (const ShardHost* host : hosts_)
                total += static_cast<double>(host->counters().auths[fault].get());
            add_sample(out, {{"fault", std::string(token_fault_names[fault])}}, total);
        }
        return out;
    }

    MetricFamily api_requests() const {
        MetricFamily out =
            family("api_requests_total", "Requests to the REST interface", MetricType::Counter);
        add_sample(out, {}, static_cast<double>(api_.requests.get()));
        return out;
    }

    MetricFamily store_groups() const {
        MetricFamily out = family("store_groups_total", "Group commits of the store", MetricType::Counter);
        add_sample(out, {}, static_cast<double>(store_.groups()));
        return out;
    }

    MetricFamily commits() const {
        MetricFamily out =
            family("commit_duration_seconds",
                   "From an entry's turn to the turn that acknowledges it, by entry", MetricType::Histogram);
        for (std::size_t shard = 0; shard < hosts_.size(); ++shard)
            add_histogram(out, {{"shard", std::to_string(shard)}}, hosts_[shard]->counters().commits);
        return out;
    }

    /// The loop keeps lengths by powers of two; the last of them has no bound.
    MetricFamily turns() const {
        MetricFamily out =
            family("loop_turn_duration_seconds", "Lengths of the event loop's turns", MetricType::Histogram);
        for (std::size_t shard = 0; shard < hosts_.size(); ++shard) {
            const LoopStats& stats = hosts_[shard]->loop_stats();
            prometheus::ClientMetric metric;
            metric.label = {{"shard", std::to_string(shard)}};
            std::uint64_t below = 0;
            for (std::size_t i = 0; i < stats.lengths.size(); ++i) {
                below += stats.lengths[i].get();
                metric.histogram.bucket.push_back({below, i + 1 < stats.lengths.size()
                                                              ? std::ldexp(1e-6, static_cast<int>(i))
                                                              : std::numeric_limits<double>::infinity()});
            }
            metric.histogram.sample_count = below;
            metric.histogram.sample_sum = static_cast<double>(stats.busy_nanos.get()) * 1e-9;
            out.metric.push_back(std::move(metric));
        }
        return out;
    }

    MetricFamily audited() const {
        MetricFamily out = family("audit_events_total", "Events for the audit log, by what became of them",
                                  MetricType::Counter);
        add_sample(out, {{"outcome", "written"}}, static_cast<double>(audit_->events()));
        add_sample(out, {{"outcome", "lost"}}, static_cast<double>(audit_->lost()));
        return out;
    }

    MetricFamily draining() const {
        MetricFamily out = family("draining", "1 while the server sends its clients away", MetricType::Gauge);
        add_sample(out, {}, health_.stage() == Health::Stage::draining ? 1 : 0);
        return out;
    }

    MetricFamily system_calls() const {
        MetricFamily out =
            family("system_calls_total", "System calls of the event loops", MetricType::Counter);
        auto call = [&](const char* name, RelaxedCounter LoopStats::*counter) {
            double total = 0;
            for (const ShardHost* host : hosts_)
                total += static_cast<double>((host->loop_stats().*counter).get());
            add_sample(out, {{"call", name}}, total);
        };
        call("epoll_wait", &LoopStats::waits);
        call("recv", &LoopStats::receives);
        call("sendmsg", &LoopStats::sends);
        call("accept", &LoopStats::accepts);
        return out;
    }

    template <class Read>
    MetricFamily loop_figure(const char* name, const char* help, MetricType type, Read read) const {
        MetricFamily out = family(name, help, type);
        for (std::size_t shard = 0; shard < hosts_.size(); ++shard)
            add_sample(out, {{"shard", std::to_string(shard)}}, read(hosts_[shard]->loop_stats()));
        return out;
    }

    std::vector<const ShardHost*> hosts_;
    const RocksDbStore& store_;
    const Health& health_;
    const AuditLog* audit_;
    const ApiFigures& api_;
};

}  // namespace

void ServerFigures::publish(std::vector<const ShardHost*> hosts, const RocksDbStore& store,
                            const Health& health, const AuditLog* audit, const ApiFigures& api) {
    all_ = std::make_unique<ServerMetrics>(std::move(hosts), store, health, audit, api);
    published_.store(all_.get());
}

std::vector<MetricFamily> ServerFigures::Collect() const {
    const prometheus::Collectable* const all = published_.load();
    return all ? all->Collect() : std::vector<MetricFamily>{};
}

}  // namespace hubbub
