// The whole system in virtual time: the server's shards, a store, the network, the workers and the conductor,
// in one thread. Owned by whoever asks for a simulated run. Same plan, options and seed: same trace, byte for
// byte.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "chaos/link_model.hpp"
#include "loadgen/client/worker.hpp"
#include "loadgen/report/run_result.hpp"
#include "refserver/core/shard.hpp"
#include "sim/net.hpp"

namespace hubbub::sim {

/// Something that goes wrong at a time, counted from the start of the first load phase.
struct Mishap {
    enum class Kind : std::uint8_t {
        cut_links,    ///< resets `share` of the connections
        kill_server,  ///< the process dies (as by SIGKILL) and comes back after `down`
        power_loss,   ///< the machine dies: what was not synced is gone
    };
    Duration at{};
    Kind kind{};
    double share = 1;
    Duration down = std::chrono::milliseconds{500};
};

struct WorldOptions {
    std::uint64_t seed = 1;  ///< of the network, the mail delays, the server's ids; the plan has its own
    std::uint32_t workers = 1;
    bool carried = false;  ///< what workers found goes through bytes, as if each had a process of its own
    ServerOptions server;
    Durability durability = Durability::wal_sync;
    LinkModel link;
    SlowReading slow_reading;
    Duration commit_latency = std::chrono::microseconds{500};
    Duration mail_delay_max =
        std::chrono::microseconds{50};  ///< drawn per mail; order between two shards is kept
    WorkerOptions worker;
    std::vector<Mishap> mishaps;
    std::vector<FaultSpec> faults;  ///< of the workers' connections; upstream is towards the server
    Duration give_up = std::chrono::hours{24};  ///< of virtual time: a run that does not end is a bug of ours
};

struct WorldResult {
    RunResult run;
    std::vector<SabotageRecord> truth;
    Trace trace;
    std::uint64_t turns = 0;
    Duration virtual_time{};
    struct FaultFigures {
        std::string name;
        std::uint64_t connections = 0, bites = 0;
    };
    std::vector<FaultFigures> faults;  ///< as in the options
};

/// Runs the plan to its end.
WorldResult simulate(std::shared_ptr<const Plan> plan, const WorldOptions& options);

}  // namespace hubbub::sim
