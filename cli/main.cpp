// hubbub: parses the command line (the only file that knows CLI11) and calls one subcommand.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "cli/commands.hpp"

namespace {

using namespace hubbub::cli;

constexpr const char* exit_codes = R"(
Exit codes (the first that applies):
   70  a bug of hubbub            2  usage or bad scenario     3  target not reachable
    4  correctness violated     130  interrupted               5  inconclusive or unverified: never a pass
   99  an SLO missed              0  passed

Examples:
  hubbub run scenarios/demo.yaml                                  the embedded server under load, with a verdict
  hubbub run scenarios/smoke.yaml --url ws://127.0.0.1:8080/chat  the same against a server that runs already
  hubbub sim scenarios/smoke.yaml                                 the same users, server and checks in virtual time
  hubbub plan scenarios/channel-25k.yaml                          what it will do and need, before it does it
  hubbub serve --listen 127.0.0.1:8080 --data chat.db             the reference server alone)";

void add_scenario(CLI::App& command, ScenarioArguments& arguments) {
    command.add_option("scenario", arguments.file, "the scenario file (docs/SCENARIOS.md)")
        ->required()
        ->type_name("FILE");
    command.add_option("--set", arguments.sets, "override a key: --set population.users=1000 (repeatable)")
        ->type_name("PATH=VALUE")
        ->take_all()
        ->allow_extra_args(false);
    command.add_option("--seed", arguments.seed, "instead of the scenario's seed");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"hubbub: load tests and judges chat backends, and brings one along"};
    app.set_version_flag("--version", "hubbub " HUBBUB_VERSION);
    app.require_subcommand(1);
    app.footer(exit_codes);

    ServeOptions serve_options;
    auto* serve_command = app.add_subcommand("serve", "run the reference chat server");
    serve_command->add_option("--listen", serve_options.listen, "address and port; port 0 takes a free one")
        ->capture_default_str();
    serve_command
        ->add_option("--shards", serve_options.shards,
                     "threads, each with its connections and conversations; 0: one a core")
        ->capture_default_str();
    serve_command->add_option(
        "--data", serve_options.data,
        "folder of the database; without it a temporary one that is removed at the end");
    serve_command
        ->add_option("--durability", serve_options.durability,
                     "when a message is acknowledged (docs/STORAGE.md)")
        ->check(CLI::IsMember({"none", "memory", "wal", "wal-sync"}))
        ->capture_default_str();
    serve_command->add_option("--metrics", serve_options.metrics,
                              "address of the Prometheus endpoint, such as 127.0.0.1:9465");
    serve_command->add_option("--sabotage", serve_options.sabotage,
                              "wrongs to do on purpose: kind:rate[xmost],... (docs/SABOTAGE.md)");
    serve_command->add_option("--sabotage-truth", serve_options.sabotage_truth,
                              "file for the ground truth, one JSON object a line");
    serve_command
        ->add_option("--seed", serve_options.seed, "of conversation ids and sabotage; 0: from the system")
        ->capture_default_str();
    serve_command
        ->add_option("--drain-deadline", serve_options.drain_deadline,
                     "seconds that clients have to leave after SIGTERM; a second SIGTERM ends it at once")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    serve_command
        ->add_option("--drain-spread", serve_options.drain_spread,
                     "seconds over which they are told to come back")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    serve_command->add_option("--ready-fd", serve_options.ready_fd,
                              "descriptor that is told 'ready PORT' (for parents and scripts)");

    RunOptions run_options;
    auto* run_command = app.add_subcommand("run", "run a scenario against a server and judge every message");
    add_scenario(*run_command, run_options.scenario);
    run_command->add_option("--url", run_options.urls,
                            "ws://host:port/path instead of the scenario's target (repeatable)");
    run_command->add_option("--workers", run_options.workers, "worker threads; 0: one a core")
        ->capture_default_str();
    run_command->add_option("--out", run_options.outputs, "write the result: json=FILE (repeatable)");
    run_command->add_flag("--quiet", run_options.quiet, "no progress on stderr");
    run_command->add_flag("--json", run_options.json, "the result as JSON on stdout instead of the summary");

    SimOptions sim_options;
    auto* sim_command = app.add_subcommand("sim", "run a scenario in virtual time, server included");
    add_scenario(*sim_command, sim_options.scenario);
    sim_command->add_option("--workers", sim_options.workers, "simulated workers")->capture_default_str();
    sim_command->add_option("--shards", sim_options.shards, "simulated server shards")->capture_default_str();
    sim_command->add_option("--world-seed", sim_options.world_seed, "of the network and the server")
        ->capture_default_str();
    sim_command->add_option("--latency", sim_options.latency_ms, "one-way latency of every connection, ms")
        ->capture_default_str();
    sim_command->add_option("--jitter", sim_options.jitter_ms, "added to it, uniform, ms")
        ->capture_default_str();
    sim_command->add_option("--out", sim_options.outputs, "write the result: json=FILE (repeatable)");
    sim_command->add_flag("--json", sim_options.json, "the result as JSON on stdout instead of the summary");

    ScenarioArguments plan_arguments;
    auto* plan_command = app.add_subcommand("plan", "print what a scenario will do and need");
    add_scenario(*plan_command, plan_arguments);
    ScenarioArguments validate_arguments;
    auto* validate_command = app.add_subcommand("validate", "check a scenario file");
    add_scenario(*validate_command, validate_arguments);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_usage;  // CLI11's own codes (105, 109 ...) are not ours
    }
    try {
        if (*serve_command) return serve(serve_options);
        if (*run_command) return run(run_options);
        if (*sim_command) return sim(sim_options);
        if (*plan_command) return plan(plan_arguments);
        return validate(validate_arguments);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "hubbub: bug: %s\n", error.what());
        return exit_bug;
    }
}
