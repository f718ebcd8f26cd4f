#include "transport/metric_family.hpp"

#include <limits>
#include <utility>

namespace hubbub {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

double seconds(std::int64_t micros) {
    return static_cast<double>(micros) / 1e6;  // divided, not multiplied: 0.3 and not 0.30000000000000004
}

void close(MetricFamily& to, ClientMetric metric, std::uint64_t count, double sum) {
    metric.histogram.bucket.push_back({count, std::numeric_limits<double>::infinity()});
    metric.histogram.sample_count = count;
    metric.histogram.sample_sum = sum;
    to.metric.push_back(std::move(metric));
}

}  // namespace

MetricFamily metric_family(std::string name, std::string help, MetricType type) {
    MetricFamily out;
    out.name = std::move(name);
    out.help = std::move(help);
    out.type = type;
    return out;
}

void add_sample(MetricFamily& to, MetricLabels labels, double value) {
    ClientMetric metric;
    metric.label = std::move(labels);
    (to.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    to.metric.push_back(std::move(metric));
}

void add_histogram(MetricFamily& to, MetricLabels labels, const Histogram& histogram) {
    ClientMetric metric;
    metric.label = std::move(labels);
    const std::vector<std::uint64_t>& buckets = histogram.buckets();
    std::uint64_t below = 0;
    std::size_t next = 0;
    for (const std::int64_t bound : latency_bounds_us) {
        while (next < buckets.size() && Histogram::highest_equivalent(static_cast<int>(next)) <= bound)
            below += buckets[next++];
        metric.histogram.bucket.push_back({below, seconds(bound)});
    }
    const double sum =
        histogram.count() == 0 ? 0 : histogram.mean() * static_cast<double>(histogram.count()) * 1e-6;
    close(to, std::move(metric), histogram.count() + histogram.missing(), sum);
}

void add_histogram(MetricFamily& to, MetricLabels labels, const LengthCounters& lengths) {
    ClientMetric metric;
    metric.label = std::move(labels);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < latency_bounds_us.size(); ++i) {
        below += lengths.between[i].get();
        metric.histogram.bucket.push_back({below, seconds(latency_bounds_us[i])});
    }
    close(to, std::move(metric), below + lengths.between.back().get(),
          static_cast<double>(lengths.nanos.get()) * 1e-9);
}

}  // namespace hubbub
