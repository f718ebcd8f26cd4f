// Where the generator's figures go: one endpoint for all workers, a Pushgateway, or both; fed by the runner
// at every step, so that violations move during the run. Owned by the runner; its thread calls, scrapes and
// pushes have their own.
#pragma once

#include <memory>
#include <string>

#include "base/log.hpp"
#include "loadgen/runner/run_figures.hpp"

namespace hubbub {

class RunMetrics {
  public:
    /// As the scenario's report.prometheus says. An address in use is a warning, not the end of the run.
    RunMetrics(const Scenario& scenario, Log& log);
    /// Hangs up and pushes a last time.
    ~RunMetrics();
    /// Whether somebody looks: latencies cost the workers a moment, so they are gathered only then.
    [[nodiscard]] bool wanted() const;
    [[nodiscard]] RunFigures& figures();
    /// Whether the endpoint is up; only then is there anything to linger for.
    [[nodiscard]] bool listening() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace hubbub
