// A live run: setup, worker threads, the conductor, progress and metrics, and the result.
// Called once by main (hubbub run) or a test; blocks until the run is over.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "chaos/target_fault.hpp"
#include "loadgen/client/worker.hpp"
#include "loadgen/plan/plan.hpp"
#include "loadgen/report/run_result.hpp"

namespace hubbub {

class LiveView;
class WorkerProcesses;

struct LiveOptions {
    std::vector<std::string> endpoints;    ///< ws:// URLs, at least one
    std::uint32_t workers = 1;             ///< in all; at least one a process
    WorkerProcesses* processes = nullptr;  ///< the workers run there; null: threads of this process
    WorkerOptions worker;                  ///< timeouts and backoff
    std::uint64_t run_entropy = 0;         ///< tells runs apart in stamps and create keys; 0: from the system
    std::string program;                   ///< this binary, for the report's command and environment
    std::string command;
    std::string write_setup;  ///< folder for what the setup made (written_setup.hpp); empty: none
    LiveView* view = nullptr;  ///< is shown the run while it goes on; null: nobody looks
    const std::atomic<bool>* interrupted = nullptr;  ///< set by a signal handler
    /// What faults of the target act on; null: there is none. `look_at_target` is called often meanwhile.
    TargetControl* target = nullptr;
    std::function<void()> look_at_target;
    std::function<std::map<std::string, std::string>()>
        server_facts;  ///< of the embedded server, asked at the end; may be empty
};

RunResult run_live(const std::shared_ptr<const Plan>& plan, const LiveOptions& options, Log& log);

}  // namespace hubbub
