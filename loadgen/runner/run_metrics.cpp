#include "loadgen/runner/run_metrics.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <charconv>
#include <mutex>

#include "transport/metrics_server.hpp"

namespace hubbub {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct Row {
    const char* name;
    const char* help;
    MetricType type;
    double (*read)(const WorkerStatus&);
};

template <auto Member>
double status_value(const WorkerStatus& s) {
    return static_cast<double>(s.*Member);
}
template <auto Member>
double live_value(const WorkerStatus& s) {
    return static_cast<double>(s.live.*Member);
}

constexpr Row rows[] = {
    {"users", "Users planned online", MetricType::Gauge, status_value<&WorkerStatus::users>},
    {"users_online", "Users resumed and live", MetricType::Gauge, status_value<&WorkerStatus::online>},
    {"connects_total", "Connections that became live", MetricType::Counter,
     status_value<&WorkerStatus::connects>},
    {"connect_errors_total", "Connections that did not", MetricType::Counter,
     status_value<&WorkerStatus::connect_errors>},
    {"reconnects_total", "Connections that became live again", MetricType::Counter,
     status_value<&WorkerStatus::reconnects>},
    {"sends_waiting", "Messages that are due and not sent yet", MetricType::Gauge,
     status_value<&WorkerStatus::waiting>},
    {"sends_in_flight", "Messages sent and not answered yet", MetricType::Gauge,
     status_value<&WorkerStatus::in_flight>},
    {"streams_owed", "Receivers behind the last acknowledged message, known at the drain", MetricType::Gauge,
     status_value<&WorkerStatus::owed>},
    {"sent_total", "Messages sent", MetricType::Counter, live_value<&Checker::Live::sent>},
    {"acked_total", "Messages acknowledged", MetricType::Counter, live_value<&Checker::Live::acked>},
    {"rejected_total", "Messages refused", MetricType::Counter, live_value<&Checker::Live::rejected>},
    {"delivered_total", "Deliveries judged", MetricType::Counter, live_value<&Checker::Live::delivered>},
};

struct Violation {
    const char* kind;
    std::uint64_t Checker::Live::*counter;
};
/// gap_healed is no violation of its own: it says how many gaps were closed.
constexpr Violation violations[] = {
    {"duplicate", &Checker::Live::duplicate},
    {"duplicate_raw", &Checker::Live::duplicate_raw},
    {"gap_live", &Checker::Live::gap_live},
    {"order", &Checker::Live::order},
    {"leaked", &Checker::Live::leaked},
    {"history", &Checker::Live::history},
    {"corrupt", &Checker::Live::corrupt},
    {"phantom", &Checker::Live::phantom},
    {"disagreement", &Checker::Live::disagreement},
    {"resume", &Checker::Live::resume},
};

class RunCollectable final : public prometheus::Collectable {
  public:
    void update(const WorkerStatus& sum) {
        const std::lock_guard lock(mutex_);
        sum_ = sum;
    }

    std::vector<MetricFamily> Collect() const override {
        const std::lock_guard lock(mutex_);
        std::vector<MetricFamily> out;
        for (const Row& row : rows) {
            MetricFamily family = named(row.name, row.help, row.type);
            family.metric.push_back(sample(row.type, row.read(sum_)));
            out.push_back(std::move(family));
        }
        MetricFamily wrong =
            named("violations_total", "Wrongs found so far, by counter; losses are known at the drain only",
                  MetricType::Counter);
        for (const Violation& violation : violations) {
            ClientMetric metric =
                sample(MetricType::Counter, static_cast<double>(sum_.live.*violation.counter));
            metric.label = {{"kind", violation.kind}};
            wrong.metric.push_back(std::move(metric));
        }
        out.push_back(std::move(wrong));
        return out;
    }

  private:
    static MetricFamily named(const char* name, const char* help, MetricType type) {
        MetricFamily out;
        out.name = std::string("hubbub_run_") + name;
        out.help = help;
        out.type = type;
        return out;
    }
    static ClientMetric sample(MetricType type, double value) {
        ClientMetric out;
        (type == MetricType::Counter ? out.counter.value : out.gauge.value) = value;
        return out;
    }

    mutable std::mutex mutex_;
    WorkerStatus sum_;
};

}  // namespace

void add(WorkerStatus& sum, const WorkerStatus& one) {
    sum.users += one.users;
    sum.online += one.online;
    sum.gave_up += one.gave_up;
    sum.waiting += one.waiting;
    sum.in_flight += one.in_flight;
    sum.owed += one.owed;
    sum.audits_pending += one.audits_pending;
    sum.links_open += one.links_open;
    sum.connects += one.connects;
    sum.connect_errors += one.connect_errors;
    sum.reconnects += one.reconnects;
    for (const auto counter : {&Checker::Live::sent, &Checker::Live::acked, &Checker::Live::rejected,
                               &Checker::Live::delivered, &Checker::Live::gap_healed})
        sum.live.*counter += one.live.*counter;
    for (const Violation& violation : violations) sum.live.*violation.counter += one.live.*violation.counter;
}

std::uint64_t live_violations(const Checker::Live& live) {
    std::uint64_t sum = 0;
    for (const Violation& violation : violations) sum += live.*violation.counter;
    return sum;
}

struct RunMetrics::Impl {
    RunCollectable figures;
    std::unique_ptr<MetricsServer> server;
};

RunMetrics::RunMetrics(const std::string& listen, Log& log) : impl_(std::make_unique<Impl>()) {
    if (listen.empty()) return;
    const auto colon = listen.rfind(':');
    std::uint16_t port = 0;
    if (colon == std::string::npos ||
        std::from_chars(listen.data() + colon + 1, listen.data() + listen.size(), port).ec != std::errc{}) {
        log.warn("report.prometheus.listen '" + listen + "': expected address:port; no metrics in this run");
        return;
    }
    MetricsOptions options;
    options.address = listen.substr(0, colon);
    options.port = port;
    auto started = MetricsServer::start(options, {{&impl_->figures}, {}});
    if (!started) {
        log.warn("no metrics in this run: " + started.error().message);
        return;
    }
    impl_->server = std::move(*started);
    log.info("metrics on http://" + listen.substr(0, colon) + ":" + std::to_string(impl_->server->port()) +
             "/metrics");
}

RunMetrics::~RunMetrics() = default;

void RunMetrics::update(const WorkerStatus& sum) {
    impl_->figures.update(sum);
}

std::uint16_t RunMetrics::port() const {
    return impl_->server ? impl_->server->port() : std::uint16_t{0};
}

}  // namespace hubbub
