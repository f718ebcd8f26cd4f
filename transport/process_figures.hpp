// What Prometheus' own client libraries tell of a process, under the names that dashboards know: process_*.
// Stateless; any thread.
#pragma once

#include <prometheus/collectable.h>

#include <vector>

namespace hubbub {

/// Read from /proc at each scrape; empty where there is none.
class ProcessFigures final : public prometheus::Collectable {
  public:
    [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace hubbub
