// The generator's Prometheus endpoint: one for all workers, fed by the runner at every step, so that
// violations move during the run. Owned by the runner; update() on the main thread, scrapes on the endpoint's
// own.
#pragma once

#include <memory>
#include <string>

#include "base/log.hpp"
#include "loadgen/client/worker.hpp"

namespace hubbub {

/// Adds one worker's figures to a sum.
void add(WorkerStatus& sum, const WorkerStatus& one);
/// Everything that is wrong already now; losses are known at the drain only.
std::uint64_t live_violations(const Checker::Live& live);

class RunMetrics {
  public:
    /// listen: "address:port"; empty: no endpoint. An address in use is a warning, not the end of the run.
    RunMetrics(const std::string& listen, Log& log);
    ~RunMetrics();
    void update(const WorkerStatus& sum);
    /// 0: none.
    [[nodiscard]] std::uint16_t port() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
