#include <algorithm>
#include <cstdio>
#include <sstream>

#include "chaos/target_fault.hpp"
#include "cli/authentication.hpp"
#include "cli/embedded_settings.hpp"
#include "cli/fault_flag.hpp"
#include "cli/load.hpp"
#include "cli/trace.hpp"
#include "loadgen/runner/jwt_mint.hpp"
#include "sim/world.hpp"

namespace hubbub::cli {
namespace {

Duration milliseconds(double value) {
    return Duration(static_cast<Duration::rep>(value * 1e6));
}

}  // namespace

int sim(const SimOptions& options) {
    if (const Status known = check_results(options.results); !known)
        return usage_error(known.error().message);
    const auto plan = load_plan(options.scenario);
    if (!plan) return usage_error(plan.error().message);
    if (!(*plan)->scenario->find.vary.empty())
        return usage_error("find: in virtual time every machine is fast enough; search with `hubbub run`");
    const Target& target = (*plan)->scenario->target;
    if (target.adapter == "json-ws")
        return usage_error("the simulated server speaks hubbub only: run a scenario of adapter " +
                           target.adapter + " with `hubbub run`");
    if (target.reused || !target.setup_command.empty())
        return usage_error(
            std::string("target.setup.") + (target.reused ? "conversations: reuse" : "command") +
            ": the simulated server begins empty and nobody else reaches it; use `hubbub run`");

    for (std::size_t f = 0; f < (*plan)->scenario->faults.size(); ++f)
        if (const auto& deed = (*plan)->scenario->faults[f].deed; deed.target && deed.target->kind->only_live)
            return usage_error("faults." + std::to_string(f) + ".do: " + std::string(kind_of(deed)) +
                               " is for a real server: hubbub run");

    sim::WorldOptions world;
    world.seed = options.world_seed;
    world.workers = options.workers;
    world.server.shards = options.shards;
    world.durability = durability_from(target.durability).value_or(Durability::wal_sync);
    world.worker.endpoints = std::max(1U, static_cast<std::uint32_t>(target.endpoints.size()));
    world.link.latency = milliseconds(options.latency_ms);
    world.link.jitter = milliseconds(options.jitter_ms);
    for (const std::string& text : options.faults) {
        auto fault = parse_fault_flag("--fault", text);
        if (!fault) return usage_error(fault.error().message);
        for (const FaultSpec& other : world.faults)
            if (other.name == fault->name)
                return usage_error("--fault " + text + ": two are named '" + fault->name + "'; add name=...");
        world.faults.push_back(std::move(*fault));
    }
    const auto settings = embedded_settings(*(*plan)->scenario);
    if (Status simulated = simulate_settings(*(*plan)->scenario, *settings, world.server); !simulated)
        return usage_error(simulated.error().message);
    if (!target.sabotage.empty()) {
        auto parsed = parse_sabotage(target.sabotage, (*plan)->seed);
        if (!parsed.error.empty()) return usage_error("target.start.sabotage: " + parsed.error);
        world.server.sabotage = std::move(parsed.plan);
    }
    // The same date every time: a simulated run depends on its seeds alone.
    const auto clock = std::make_shared<CountedWallClock>(1'800'000'000);
    auto tokens = make_jwt_mint(target, clock);
    auto authenticator = make_authenticator(target, clock);
    if (!tokens || !authenticator) return usage_error(options.scenario.file + ": " + tokens.error().message);
    world.worker.tokens = std::move(*tokens);
    auto trace = trace_of(options.trace, **plan);
    if (!trace) return usage_error(trace.error().message);
    world.worker.trace = std::move(*trace);
    world.server.authenticator = std::move(*authenticator);
    sim::WorldResult result = sim::simulate(*plan, world);
    result.run.in.command = replay_command("sim", options.scenario, (*plan)->seed) + " --world-seed " +
                            std::to_string(options.world_seed);
    const SimOptions usual;
    const auto also = [&](const char* flag, const auto& value, const auto& by_default) {
        if (value == by_default) return;
        std::ostringstream text;
        text << value;
        result.run.in.command += std::string(" ") + flag + " " + text.str();
    };
    also("--workers", options.workers, usual.workers);
    also("--shards", options.shards, usual.shards);
    also("--latency", options.latency_ms, usual.latency_ms);
    also("--jitter", options.jitter_ms, usual.jitter_ms);
    for (const std::string& text : options.faults) result.run.in.command += " --fault " + text;

    const int exit = hand_out(options.results, result.run, false);
    std::fprintf(stderr, "virtual time %.1f s, %llu network events, trace %016llx\n",
                 to_seconds(result.virtual_time), static_cast<unsigned long long>(result.trace.events),
                 static_cast<unsigned long long>(result.trace.hash));
    for (const auto& fault : result.faults)
        std::fprintf(stderr, "fault %s: met by %llu connections, bit %llu times\n", fault.name.c_str(),
                     static_cast<unsigned long long>(fault.connections),
                     static_cast<unsigned long long>(fault.bites));
    return exit;
}

}  // namespace hubbub::cli
