// Commands that play scenarios, and those that look at them.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/command_line.hpp"
#include "loadgen/report/output_formats.hpp"

namespace hubbub::cli {
namespace {

void add_scenario(CLI::App& command, ScenarioArguments& arguments) {
    command.add_option("scenario", arguments.file, "the scenario file (docs/SCENARIOS.md)")
        ->required()
        ->type_name("FILE");
    repeatable(
        command
            .add_option("--set", arguments.sets, "override a key: --set population.users=1000 (repeatable)")
            ->type_name("PATH=VALUE"));
    command.add_option("--seed", arguments.seed, "instead of the scenario's seed");
}

void add_results(CLI::App& command, ResultArguments& arguments) {
    repeatable(
        command
            .add_option("--out", arguments.outputs, "write the result (repeatable): " + output_format_names())
            ->type_name("FORMAT=PATH"));
    command.add_flag("--json", arguments.json, "the result as JSON on stdout instead of the summary");
    repeatable(command
                   .add_option("--label", arguments.labels,
                               "kept in the result, for `compare --by NAME`: --label build=7f3a (repeatable)")
                   ->type_name("NAME=VALUE"));
}

void add_workers(CLI::App& command, RunOptions& options) {
    command.add_option("--workers", options.workers, "workers, each a thread; 0: one a core")
        ->capture_default_str();
    command
        .add_option("--processes", options.processes,
                    "processes for the workers; 0: none besides, or as many as descriptors ask for")
        ->capture_default_str();
}

void add_trace(CLI::App& command, TraceArguments& trace) {
    command
        .add_option("--trace", trace.user,
                    "every frame of one user, without tokens and secrets: --trace user=17")
        ->type_name("user=N");
    command.add_option("--trace-file", trace.file, "where to; without it: stderr")->type_name("FILE");
}

void add_run(CommandLine& line) {
    const auto options = std::make_shared<RunOptions>();
    CLI::App& command =
        *line.add("run", "run a scenario against a server and judge every message",
                  "  hubbub run scenarios/demo.yaml --out html=report.html\n"
                  "  hubbub run scenarios/smoke.yaml --url ws://127.0.0.1:8080/chat --seed 7\n"
                  "  hubbub run scenarios/smoke.yaml --set population.users=500 --json\n"
                  "  hubbub run scenarios/demo.yaml --web\n"
                  "  hubbub run --url ws://127.0.0.1:8080/chat --users 100 --for 30s",
                  [options] { return run(*options); });
    add_scenario(command, options->scenario);
    command.get_option("scenario")->required(false);
    command.add_option("--users", options->users, "without a scenario: so many users, --for so long");
    command.add_option("--for", options->duration, "without a scenario: how long they talk, such as 30s");
    repeatable(command.add_option("--url", options->urls,
                                  "ws://host:port/path instead of the scenario's target (repeatable)"));
    add_workers(command, *options);
    add_results(command, options->results);
    command.add_flag("--quiet", options->quiet, "no live screen, no progress on stderr");
    command.add_flag(
        "--web{127.0.0.1:0}", options->web,
        "a live page for browsers, on loopback behind a random token; --web=ADDRESS:PORT for another place");
    command
        .add_option("--write-setup", options->write_setup,
                    "write users.csv and conversations.csv there, for `conversations: reuse`")
        ->type_name("FOLDER");
    add_trace(command, options->trace);
}

void add_sim(CommandLine& line) {
    const auto options = std::make_shared<SimOptions>();
    CLI::App& command =
        *line.add("sim", "run a scenario in virtual time, server included",
                  "  hubbub sim scenarios/smoke.yaml\n"
                  "  hubbub sim scenarios/smoke.yaml --world-seed 7 --latency 50 --jitter 5\n"
                  "  hubbub sim scenarios/smoke.yaml --fault reset_peer:after=2000,toxicity=0.3",
                  [options] { return sim(*options); });
    add_scenario(command, options->scenario);
    command.add_option("--workers", options->workers, "simulated workers")->capture_default_str();
    command.add_option("--shards", options->shards, "simulated server shards")->capture_default_str();
    command.add_option("--world-seed", options->world_seed, "of the network and the server")
        ->capture_default_str();
    command.add_option("--latency", options->latency_ms, "one-way latency of every connection, ms")
        ->capture_default_str();
    command.add_option("--jitter", options->jitter_ms, "added to it, uniform, ms")->capture_default_str();
    repeatable(
        command.add_option("--fault", options->faults,
                           "of the clients' connections: reset_peer:after=2000,toxicity=0.3,stream=upstream "
                           "(docs/FAULTS.md; repeatable)"));
    add_trace(command, options->trace);
    add_results(command, options->results);
}

void add_repeat(CommandLine& line) {
    const auto options = std::make_shared<RepeatOptions>();
    CLI::App& command = *line.add(
        "repeat", "run a scenario many times, side by side, for `hubbub compare`",
        "  hubbub repeat scenarios/smoke.yaml --into results --runs 5\n"
        "  hubbub repeat scenarios/smoke.yaml --into results --vary target.start.durability=wal-sync,memory\n"
        "  hubbub repeat scenarios/smoke.yaml --into results --vary "
        "url=ws://127.0.0.1:8080/chat,ws://127.0.0.1:8081/chat",
        [options] { return repeat(*options); });
    add_scenario(command, options->scenario);
    command.add_option("--into", options->into, "folder of the result files")
        ->required()
        ->type_name("FOLDER");
    command.add_option("--runs", options->runs, "of each side")->capture_default_str();
    repeatable(
        command
            .add_option(
                "--vary", options->varied,
                "a side for each value, interleaved; `url` stands for --url (repeatable: every combination)")
            ->type_name("PATH=VALUE,VALUE..."));
    command.add_flag("--more", options->more, "add runs to those that the folder holds already");
    repeatable(command.add_option("--url", options->urls, "as of `hubbub run` (repeatable)"));
    command.add_option("--workers", options->workers, "worker threads; 0: one a core")->capture_default_str();
}

void add_readers(CommandLine& line) {
    const auto planned = std::make_shared<RunOptions>();
    CLI::App& planning = *line.add("plan", "print what a scenario will do and need",
                                   "  hubbub plan scenarios/channel-25k.yaml\n"
                                   "  hubbub plan scenarios/demo.yaml --set population.users=100000",
                                   [planned] { return plan(*planned); });
    add_scenario(planning, planned->scenario);
    repeatable(planning.add_option("--url", planned->urls, "as of `hubbub run` (repeatable)"));
    add_workers(planning, *planned);
    const auto checked = std::make_shared<ScenarioArguments>();
    add_scenario(*line.add("validate", "check a scenario file", "  hubbub validate my-scenario.yaml",
                           [checked] { return validate(*checked); }),
                 *checked);
    const auto started = std::make_shared<InitOptions>();
    CLI::App& init_command =
        *line.add("init", "write a commented scenario to start from, and its schema for editors",
                  "  hubbub init\n  hubbub init load/my-chat.yaml", [started] { return init(*started); });
    init_command.add_option("file", started->file, "the scenario file")
        ->capture_default_str()
        ->type_name("FILE");
    init_command.add_flag("--force", started->force, "also over a file that is there");
    line.add("schema", "print the JSON Schema of scenario files, for editors",
             "  hubbub schema > scenario.schema.json", schema);
}

}  // namespace

void add_run_commands(CommandLine& line) {
    add_run(line);
    add_sim(line);
    add_repeat(line);
    add_readers(line);
}

}  // namespace hubbub::cli
