#include "loadgen/runner/run_metrics.hpp"

#include <charconv>

#include "loadgen/runner/metrics_push.hpp"
#include "transport/metrics_server.hpp"
#include "transport/process_figures.hpp"

namespace hubbub {
namespace {

std::unique_ptr<MetricsServer> serve(const std::string& listen, MetricsSources sources, Log& log) {
    const auto colon = listen.rfind(':');
    MetricsOptions options;
    if (colon == std::string::npos ||
        std::from_chars(listen.data() + colon + 1, listen.data() + listen.size(), options.port).ec !=
            std::errc{}) {
        log.warn("report.prometheus.listen '" + listen + "': expected address:port; no metrics in this run");
        return nullptr;
    }
    options.address = listen.substr(0, colon);
    auto started = MetricsServer::start(options, std::move(sources));
    if (!started) {
        log.warn("no metrics in this run: " + started.error().message);
        return nullptr;
    }
    log.info("metrics on http://" + options.address + ":" + std::to_string((*started)->port()) + "/metrics");
    return std::move(*started);
}

}  // namespace

struct RunMetrics::Impl {
    explicit Impl(const Scenario& scenario) : figures(scenario) {}
    RunFigures figures;
    ProcessFigures process;
    std::unique_ptr<MetricsServer> server;
    std::unique_ptr<MetricsPush> push;  // last: it reads the figures until it is gone
};

RunMetrics::RunMetrics(const Scenario& scenario, Log& log) : impl_(std::make_unique<Impl>(scenario)) {
    const std::vector<const prometheus::Collectable*> all = {&impl_->figures, &impl_->process};
    if (!scenario.prometheus.listen.empty())
        impl_->server = serve(scenario.prometheus.listen, {all, {}}, log);
    if (scenario.prometheus.push.empty()) return;
    PushOptions options;
    options.url = scenario.prometheus.push;
    options.job = scenario.prometheus.job;
    options.instance = scenario.prometheus.instance.empty() ? scenario.name : scenario.prometheus.instance;
    impl_->push = std::make_unique<MetricsPush>(
        std::move(options), [all] { return metrics_text(all); }, log);
}

RunMetrics::~RunMetrics() = default;

bool RunMetrics::wanted() const {
    return impl_->server || impl_->push;
}

RunFigures& RunMetrics::figures() {
    return impl_->figures;
}

bool RunMetrics::listening() const {
    return impl_->server != nullptr;
}

}  // namespace hubbub
