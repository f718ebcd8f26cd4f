// Families and samples as prometheus-cpp serializes them: what the server's and the generator's figures are
// made with. Pure functions; any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "base/histogram.hpp"
#include "base/latency_bounds.hpp"

namespace hubbub {

using MetricLabels = std::vector<prometheus::ClientMetric::Label>;

prometheus::MetricFamily metric_family(std::string name, std::string help, prometheus::MetricType type);
/// Of a counter or a gauge, whichever the family is.
void add_sample(prometheus::MetricFamily& to, MetricLabels labels, double value);
/// A classic histogram in seconds over latency_bounds_us. A bucket of `histogram` that reaches beyond a bound
/// counts as above it, so that no figure flatters; what is missing stands in +Inf alone. The sum is over what
/// was received.
void add_histogram(prometheus::MetricFamily& to, MetricLabels labels, const Histogram& histogram);
void add_histogram(prometheus::MetricFamily& to, MetricLabels labels, const LengthCounters& lengths);

}  // namespace hubbub
