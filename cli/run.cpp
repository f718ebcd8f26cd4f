#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "cli/authentication.hpp"
#include "cli/find.hpp"
#include "cli/live_terminal.hpp"
#include "cli/live_web.hpp"
#include "cli/load.hpp"
#include "cli/machine_limits.hpp"
#include "cli/quick_scenario.hpp"
#include "cli/serve_keys.hpp"
#include "cli/trace.hpp"
#include "loadgen/client/listed_tokens.hpp"
#include "loadgen/client/target_timeline.hpp"
#include "loadgen/runner/jwt_mint.hpp"
#include "loadgen/runner/runner.hpp"
#include "loadgen/runner/server_control.hpp"
#include "loadgen/runner/setup_command.hpp"
#include "loadgen/runner/started_command.hpp"
#include "loadgen/runner/worker_process.hpp"
#include "transport/shown_url.hpp"
#include "transport/system_wall_clock.hpp"

namespace hubbub::cli {
namespace {

std::atomic<bool> interrupted{false};

void on_signal(int) {
    if (interrupted.exchange(true)) _exit(130);  // the second Ctrl-C means it
}

void catch_signals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    signal(SIGPIPE, SIG_IGN);
}

/// Whether disk or clocks are to fail, which only a server made for it lets happen.
bool breaks_the_machine(const Plan& plan) {
    return std::any_of(plan.scenario->faults.begin(), plan.scenario->faults.end(), [](const TimedFault& f) {
        return f.deed.target && f.deed.target->kind->needs == TargetNeeds::machine;
    });
}

std::unique_ptr<ServerControl> control_of(const Plan& plan, const std::string& program) {
    const Target& target = plan.scenario->target;
    std::vector<std::string> arguments = {"serve", "--shards", std::to_string(target.shards), "--durability",
                                          target.durability};
    if (!target.data.empty()) arguments.insert(arguments.end(), {"--data", target.data});
    if (!target.sabotage.empty())
        arguments.insert(arguments.end(), {"--sabotage", target.sabotage, "--sabotage-truth",
                                           "sabotage-truth.jsonl", "--seed", std::to_string(plan.seed)});
    for (const ServerSetting& setting : target.settings)
        arguments.insert(arguments.end(), {flag_of(*find_serve_key(setting.name)), setting.value});
    const EmbeddedAuth auth = embedded_auth(target);
    arguments.insert(arguments.end(), auth.arguments.begin(), auth.arguments.end());
    const bool dies = TargetTimeline::wanted(plan) && target.data.empty();
    return std::make_unique<ServerControl>(program, std::move(arguments), auth.environment, dies,
                                           breaks_the_machine(plan));
}

/// What needs a server of our own; empty: nothing.
std::string impossible_fault(const Plan& plan, bool own_server) {
    for (std::size_t f = 0; f < plan.scenario->faults.size(); ++f) {
        const auto& target = plan.scenario->faults[f].deed.target;
        const std::string what =
            "faults." + std::to_string(f) + ".do: " + kind_of(plan.scenario->faults[f].deed);
        if (target && !own_server) return what + " needs start: {server: embedded}, and no --url";
    }
    return {};
}

std::map<std::string, std::string> facts_of(const ServerControl& server) {
    return {{"server_cpu_seconds", std::to_string(server.cpu_seconds())},
            {"server_peak_memory", std::to_string(server.peak_memory())}};
}

Played refused(const std::string& message) {
    return {std::nullopt, usage_error(message)};
}

Played not_reached(const Error& error) {
    std::fprintf(stderr, "hubbub: %s\n", error.message.c_str());
    return {std::nullopt, exit_code(Verdict::unreachable)};
}

/// Null where the scenario has none, or --url names another target.
Result<std::unique_ptr<StartedCommand>> start_command(const RunOptions& options, const Target& target) {
    if (!options.urls.empty() || target.start_command.empty()) return std::unique_ptr<StartedCommand>();
    const std::string& ready = target.start_ready.empty() ? target.endpoints.front() : target.start_ready;
    return StartedCommand::start({target.start_command, ready, target.start_within});
}

/// What the setup makes is written only where it can be read again.
Status ready_to_write(const std::string& folder, const Target& target) {
    if (folder.empty()) return {};
    if (target.adapter != "hubbub" && target.adapter != "hubbub-bin")
        return fail("--write-setup: conversations of adapter " + target.adapter + " cannot be reused");
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error || access(folder.c_str(), W_OK) != 0)
        return fail("--write-setup: " + folder + " is no folder that can be written to");
    return {};
}

/// One run, with a server of its own where the scenario embeds one.
Played play(const RunOptions& options) {
    const auto plan = load_plan(options.scenario);
    if (!plan) return refused(plan.error().message);
    const MachineLimits limits = machine_limits();
    const Staging staging = staging_for(**plan, options);
    if (const auto reasons = refusals(**plan, limits, staging); !reasons.empty()) {
        std::string all = options.scenario.file + " cannot run here";
        for (const std::string& reason : reasons) all += "\n  " + reason;
        return refused(all);
    }

    LiveOptions live;
    live.program = own_program();
    live.command = replay_command("run", options.scenario, (*plan)->seed);
    for (const std::string& url : options.urls) live.command += " --url " + without_secrets(url);
    const WorkerLayout layout = *layout_of(**plan, staging.wish, limits.descriptors);
    live.workers = layout.workers;
    live.interrupted = &interrupted;
    live.endpoints = options.urls.empty() ? (*plan)->scenario->target.endpoints : options.urls;

    auto tokens = make_jwt_mint((*plan)->scenario->target, std::make_shared<SystemWallClock>());
    if (!tokens) return refused(options.scenario.file + ": " + tokens.error().message);
    live.worker.tokens = std::move(*tokens);
    const Target& target = (*plan)->scenario->target;
    if (target.reused && !target.reused->tokens.empty())
        live.worker.tokens = std::make_shared<ListedTokens>(target.reused);
    if (const Status ready = ready_to_write(options.write_setup, target); !ready)
        return refused(ready.error().message);
    live.write_setup = options.write_setup;
    auto trace = trace_of(options.trace, **plan);
    if (!trace) return refused(trace.error().message);
    live.worker.trace = std::move(*trace);

    const bool own_server = options.urls.empty() && (*plan)->scenario->target.embedded;
    if (const std::string why = impossible_fault(**plan, own_server); !why.empty())
        return refused(options.scenario.file + ": " + why);
    std::unique_ptr<WorkerProcesses> processes;  // before anything that has threads
    if (layout.processes > 0) {
        auto started = WorkerProcesses::start(*plan, layout.processes, live.worker);
        if (!started) return refused(started.error().message);
        processes = std::move(*started);
        live.processes = processes.get();
    }

    std::unique_ptr<ServerControl> server;
    if (own_server) {
        server = control_of(**plan, live.program);
        if (const Status started = server->start_first(); !started) return not_reached(started.error());
        live.endpoints = {"ws://127.0.0.1:" + std::to_string(server->port()) + "/chat"};
        live.server_facts = [&server] { return facts_of(*server); };
        live.target = server.get();
        live.look_at_target = [&server] { server->look(); };
    }
    const auto command = start_command(options, target);
    if (!command) return not_reached(command.error());
    if (live.endpoints.empty())
        return refused(
            "no target: give --url ws://host:port/path, target.endpoints or target.start in the scenario");

    if (!target.setup_command.empty())
        if (const Status prepared =
                run_setup_command(target.setup_command, live.endpoints.front(), &interrupted);
            !prepared)
            return not_reached(prepared.error());

    LiveTerminal terminal(options.quiet);
    LiveView view(*plan, [&terminal](const LiveFigures& figures) { terminal.show(figures); });
    std::unique_ptr<LivePage> page;
    if (!options.web.empty()) {
        auto opened = open_live_page(options.web, view, [] { interrupted = true; });
        if (!opened) return refused(opened.error().message);
        page = std::move(*opened);
        std::fprintf(stderr, "hubbub: live page on %s\n", page->url().c_str());
    }
    if (page || !options.quiet) live.view = &view;
    Played played{run_live(*plan, live, terminal), 0};
    terminal.clear();
    if (page) {
        view.finish(*played.result);
        page->linger(live_page_linger);
    }
    return played;
}

}  // namespace

int run(const RunOptions& given) {
    const auto complete = with_scenario(given);
    if (!complete) return usage_error(complete.error().message);
    const RunOptions& options = *complete;
    if (const Status known = check_results(options.results); !known)
        return usage_error(known.error().message);
    const auto scenario = load(options.scenario);
    if (!scenario) return usage_error(scenario.error().message);
    catch_signals();
    if (!(*scenario)->find.vary.empty()) {
        if (!options.results.outputs.empty())
            return usage_error("find prints a capacity (as an object with --json): --out is for single runs");
        if (!options.web.empty()) return usage_error("find plays many runs: --web shows a single one");
        return find_capacity((*scenario)->find, options, play);
    }
    Played played = play(options);
    if (!played.result) return played.exit;
    return hand_out(options.results, *played.result, isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR"));
}

}  // namespace hubbub::cli
