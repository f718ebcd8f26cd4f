// Where workers run: threads of this process, or a process of their own. The runner leads both alike.
// The runner's main thread owns and calls seats; what a seat runs lives on threads of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "loadgen/client/findings.hpp"
#include "loadgen/plan/layout.hpp"
#include "loadgen/runner/run_figures.hpp"

namespace hubbub {

/// Why a seat has nothing more to say.
struct SeatFailure {
    std::string message;
    bool our_bug = false;  ///< else: somebody or the machine ended it
};
[[noreturn]] inline void throw_exception_from_error(const SeatFailure& failure,
                                                    const boost::source_location&) {
    throw std::runtime_error(failure.message);
}
using SeatStatus = Result<void, SeatFailure>;

/// What the workers of a seat found and cost.
struct SeatFindings {
    std::vector<WorkerFindings> workers;
    Histogram loop_lag;  ///< lengths of turns, us
    std::uint64_t system_calls = 0;
    double own_cpu_seconds = 0;  ///< of a process of its own; threads count with the runner's process
};

class WorkerSeat {
  public:
    virtual ~WorkerSeat() = default;
    virtual SeatStatus order(const WorkerCommand& command) = 0;
    /// Adds each worker's state after every order given so far; waits for it.
    virtual SeatStatus add_statuses(std::vector<WorkerStatus>& out) = 0;
    /// Raises each conversation's head to what own sends were acknowledged under.
    virtual SeatStatus raise_heads(std::vector<Sequence>& heads) = 0;
    virtual SeatStatus add_latencies(RunLatencies& sum) = 0;
    /// Stops the workers. Their evidence lives as long as the seat.
    virtual SeatStatus finish(SeatFindings& sum) = 0;
};

}  // namespace hubbub
