// hubbub: parses the command line (the only file that knows CLI11) and calls one subcommand.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "cli/commands.hpp"
#include "cli/serve_config.hpp"
#include "loadgen/report/output_formats.hpp"

namespace {

using namespace hubbub::cli;

constexpr const char* exit_codes = R"(
Exit codes (the first that applies):
   70  a bug of hubbub            2  usage or bad scenario     3  target not reachable
    4  correctness violated     130  interrupted               5  inconclusive or unverified: never a pass
   99  an SLO missed              0  passed; of a search (find): 0  bracketed, 5  not
    1  backup or restore failed

Examples:
  hubbub run scenarios/demo.yaml                                  the embedded server under load, with a verdict
  hubbub run scenarios/smoke.yaml --url ws://127.0.0.1:8080/chat  the same against a server that runs already
  hubbub run --url ws://127.0.0.1:8080/chat --users 100 --for 30s no scenario: everybody writes every ten seconds
  hubbub sim scenarios/smoke.yaml                                 the same users, server and checks in virtual time
  hubbub plan scenarios/channel-25k.yaml                          what it will do and need, before it does it
  hubbub serve --listen 127.0.0.1:8080 --data chat.db             the reference server alone
  hubbub proxy --listen 127.0.0.1:9000 --upstream 127.0.0.1:8080  faults between any client and any server
  hubbub config explain --config hubbub.yaml                      what it would be told, and by whom)";

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

void add_settings(CLI::App& command, ServeArguments& arguments) {
    command.add_option("--config", arguments.config, "file with settings (docs/OPERATIONS.md)")
        ->type_name("FILE");
    for (const ServeKey& key : serve_keys()) {
        std::string doc(key.doc);
        if (!key.fallback.empty()) doc += " [" + std::string(key.fallback) + "]";
        command
            .add_option_function<std::string>(
                flag_of(key),
                [&arguments, &key](const std::string& text) {
                    arguments.flags[std::string(key.name)] = text;
                },
                doc)
            ->type_name(key.kind == ServeKey::Kind::choice ? std::string(key.words) : "");
    }
}

void add_proxy(CLI::App& command, ProxyOptions& options) {
    command.add_option("--api", options.api, "address of the HTTP interface and of /metrics")
        ->capture_default_str();
    command.add_option("--config", options.config, "JSON file: a list of proxies, with their toxics")
        ->type_name("FILE");
    command.add_option("--listen", options.listen,
                       "of one proxy, such as 127.0.0.1:9000; without it a free port");
    command.add_option("--upstream", options.upstream, "of one proxy: whom it dials, HOST:PORT");
    command.add_option("--name", options.name, "of one proxy")->capture_default_str();
    command
        .add_option("--toxic", options.toxics,
                    "of one proxy: latency:latency=100,jitter=20,stream=upstream,toxicity=0.5 (repeatable)")
        ->take_all()
        ->allow_extra_args(false);
    command.add_option("--window", options.window, "bytes inside of one direction of a connection; 0: 65536")
        ->capture_default_str();
    command.add_option("--connections", options.connections, "at a time; 0: what descriptors allow")
        ->capture_default_str();
    command.add_option("--seed", options.seed, "of toxicities and jitters")->capture_default_str();
    command.add_option("--ready-fd", options.ready_fd,
                       "descriptor that is told 'ready PORT', the interface's");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"hubbub: load tests and judges chat backends, and brings one along"};
    app.set_version_flag("--version", "hubbub " HUBBUB_VERSION);
    app.require_subcommand(1);
    app.footer(exit_codes);

    ServeArguments serve_arguments;
    auto* serve_command = app.add_subcommand("serve", "run the reference chat server");
    add_settings(*serve_command, serve_arguments);
    serve_command->add_option("--ready-fd", serve_arguments.ready_fd,
                              "descriptor that is told 'ready PORT' (for parents and scripts)");
    serve_command->add_option(
        "--control-fd", serve_arguments.control_fd,
        "socket by which a parent makes the disk and the clocks fail (docs/FAULTS.md, for tests only)");

    ServeArguments explain_arguments;
    auto* config_command = app.add_subcommand("config", "the settings of serve: where each comes from");
    config_command->require_subcommand(1);
    auto* explain_command = config_command->add_subcommand(
        "explain", "print each setting, its value and who set it: flag > environment > file > default");
    add_settings(*explain_command, explain_arguments);
    auto* keys_command = config_command->add_subcommand("keys", "the table of all settings as Markdown");

    TokenOptions token_options;
    auto* token_command = app.add_subcommand("token", "print a signed token, for trying out");
    token_command->add_option("--user", token_options.user, "whose: the token's sub")->required();
    token_command
        ->add_option("--key", token_options.key,
                     "[ID:]HS256|RS256|ES256:env=NAME or ...:file=PATH; private keys in PEM")
        ->capture_default_str();
    token_command->add_option("--ttl", token_options.ttl_seconds, "its life")
        ->transform(CLI::AsNumberWithUnit(
            std::map<std::string, double>{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}))
        ->default_str("1h")
        ->type_name("TIME");
    token_command->add_option("--audience", token_options.audience, "the token's aud (repeatable)")
        ->take_all()
        ->allow_extra_args(false);
    token_command->add_option("--issuer", token_options.issuer, "the token's iss");
    token_command->add_option("--id", token_options.id, "the token's jti; without it a random one");

    BackupOptions backup_options;
    auto* backup_command =
        app.add_subcommand("backup", "have a running server make a backup (docs/STORAGE.md)");
    backup_command->add_option("name", backup_options.name, "of the backup, in the server's `backups` folder")
        ->required();
    backup_command
        ->add_option("--api", backup_options.api,
                     "the server's REST interface; its admin token is taken from HUBBUB_ADMIN_TOKEN")
        ->capture_default_str();
    std::string restore_from, restore_to;
    auto* restore_command = app.add_subcommand("restore", "make a database out of a backup");
    restore_command->add_option("from", restore_from, "the backup's folder")->required();
    restore_command->add_option("to", restore_to, "the database's folder; absent or empty")->required();

    RunOptions run_options;
    auto* run_command = app.add_subcommand("run", "run a scenario against a server and judge every message");
    add_scenario(*run_command, run_options.scenario);
    run_command->get_option("scenario")->required(false);
    run_command->add_option("--users", run_options.users, "without a scenario: so many users, --for so long");
    run_command->add_option("--for", run_options.duration,
                            "without a scenario: how long they talk, such as 30s");
    run_command->add_option("--url", run_options.urls,
                            "ws://host:port/path instead of the scenario's target (repeatable)");
    run_command->add_option("--workers", run_options.workers, "worker threads; 0: one a core")
        ->capture_default_str();
    run_command->add_option("--out", run_options.outputs,
                            "write the result (repeatable): " + hubbub::output_format_names());
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
    sim_command
        ->add_option("--fault", sim_options.faults,
                     "of the clients' connections: reset_peer:after=2000,toxicity=0.3,stream=upstream "
                     "(docs/FAULTS.md; repeatable)")
        ->take_all()
        ->allow_extra_args(false);
    sim_command->add_option("--out", sim_options.outputs,
                            "write the result (repeatable): " + hubbub::output_format_names());
    sim_command->add_flag("--json", sim_options.json, "the result as JSON on stdout instead of the summary");

    ProxyOptions proxy_options;
    auto* proxy_command = app.add_subcommand(
        "proxy", "a TCP proxy with faults, for any backend and Toxiproxy's clients (docs/FAULTS.md)");
    add_proxy(*proxy_command, proxy_options);

    ReportOptions report_options;
    auto* report_command = app.add_subcommand("report", "make the HTML report of a result file again");
    report_command->add_option("result", report_options.result, "the result file (--out json=...)")
        ->required()
        ->type_name("FILE");
    report_command->add_option("-o,--output", report_options.output, "the page; - for stdout")
        ->required()
        ->type_name("FILE");

    ScenarioArguments plan_arguments;
    auto* plan_command = app.add_subcommand("plan", "print what a scenario will do and need");
    add_scenario(*plan_command, plan_arguments);
    ScenarioArguments validate_arguments;
    auto* validate_command = app.add_subcommand("validate", "check a scenario file");
    add_scenario(*validate_command, validate_arguments);
    auto* schema_command =
        app.add_subcommand("schema", "print the JSON Schema of scenario files, for editors");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : exit_usage;  // CLI11's own codes (105, 109 ...) are not ours
    }
    try {
        if (*serve_command) return serve(serve_arguments);
        if (*backup_command) return backup(backup_options);
        if (*restore_command) return restore(restore_from, restore_to);
        if (*explain_command) return explain_config(explain_arguments);
        if (*keys_command) return print_config_keys();
        if (*token_command) return token(token_options);
        if (*run_command) return run(run_options);
        if (*sim_command) return sim(sim_options);
        if (*proxy_command) return proxy(proxy_options);
        if (*report_command) return report(report_options);
        if (*plan_command) return plan(plan_arguments);
        if (*schema_command) return schema();
        return validate(validate_arguments);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "hubbub: bug: %s\n", error.what());
        return exit_bug;
    }
}
