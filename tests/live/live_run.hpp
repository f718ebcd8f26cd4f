// A whole run over real sockets in one call: a server with RocksDB on a temporary folder, the load, the
// result, the truth. Any thread; several may run at once.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/assert.hpp"
#include "loadgen/runner/live_view.hpp"
#include "loadgen/runner/runner.hpp"
#include "loadgen/runner/worker_process.hpp"
#include "refserver/server/server.hpp"

namespace hubbub::test {

class SharedTruth final : public SabotageTruth {
  public:
    void about_to(const SabotageRecord& record) override {
        const std::lock_guard lock(mutex_);
        records.push_back(record);
    }
    std::vector<SabotageRecord> records;

  private:
    std::mutex mutex_;
};

class TemporaryFolder {
  public:
    TemporaryFolder() : path_((std::filesystem::temp_directory_path() / "hubbub-test-XXXXXX").string()) {
        HUBBUB_ASSERT(mkdtemp(path_.data()), "a temporary folder can be made");
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

struct LiveResult {
    RunResult run;
    std::vector<SabotageRecord> truth;
};

struct LiveSetup {
    SabotagePlan sabotage;
    std::uint32_t shards = 2, workers = 2;
    Durability durability =
        Durability::wal;  // the checks are the same; a sync a message group is tested elsewhere
    WorkerOptions worker;
    std::uint64_t seed = 1;
    std::uint32_t processes = 0;  ///< for the workers; 0: threads
    Duration beat = limits::beat_interval, silence = limits::silence_max;
    std::function<void(const LiveFigures&, WorkerProcesses*)> watch;
};

inline LiveResult run_over_sockets(const std::shared_ptr<const Plan>& plan, const LiveSetup& setup) {
    SilentLog log;
    std::unique_ptr<WorkerProcesses> processes;
    if (setup.processes > 0) {
        auto started = WorkerProcesses::start(plan, setup.processes, setup.worker);
        HUBBUB_ASSERT(started.has_value(), "worker processes can start");
        processes = std::move(*started);
    }
    SharedTruth truth;
    TemporaryFolder folder;
    ServerConfig config;
    config.shards = config.options.shards = setup.shards;
    config.data = folder.path();
    config.durability = setup.durability;
    config.seed = setup.seed;
    config.options.sabotage = setup.sabotage;
    config.options.beat = setup.beat;
    config.options.silence = setup.silence;
    config.truth = &truth;
    auto server = Server::start(config, log);
    HUBBUB_ASSERT(server.has_value(), "the server can start");
    LiveOptions options;
    options.endpoints = {"ws://127.0.0.1:" + std::to_string((*server)->port()) + "/chat"};
    options.workers = setup.workers;
    options.worker = setup.worker;
    options.processes = processes.get();
    LiveView view(plan, [&](const LiveFigures& figures) {
        if (setup.watch) setup.watch(figures, processes.get());
    });
    options.view = &view;
    RunResult run = run_live(plan, options, log);
    server->reset();
    return {std::move(run), std::move(truth.records)};
}

}  // namespace hubbub::test
