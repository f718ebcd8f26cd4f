// The inside of a worker process: hosts its share of the workers on threads and does as the runner says.
// Called once, by the process that worker_process.cpp forked; its main thread.
#pragma once

#include "loadgen/client/worker.hpp"
#include "loadgen/runner/message_pipe.hpp"

namespace hubbub {

/// Until the workers' findings are handed over. False: the runner is gone, or said what nobody understands.
bool serve_worker(const Plan& plan, const WorkerOptions& options, MessagePipe& pipe);

}  // namespace hubbub
